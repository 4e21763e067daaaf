// For src/cli: what a command line loads at its start is in src/portal.

export { type PackageName, parsePackageName } from '../../portal/package-name.js';
