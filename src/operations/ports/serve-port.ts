// Serves an open port to other programs, as `simulate` does.

export { type ServeOptions, servePort } from '../../port/rfc2217/server.js';
