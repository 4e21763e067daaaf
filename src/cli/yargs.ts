// yargs, for the two modules that need it. The build puts all of it into this one file: see scripts/bundle-yargs.js.

export { default as yargs } from 'yargs';
