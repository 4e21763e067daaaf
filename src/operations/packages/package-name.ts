// For src/cli: what a command line loads at its start is in src/portal.

export { LOCK_FILE, type PackageName, parsePackageName } from '../../portal/package-name.js';
