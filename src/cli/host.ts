// What a command line needs of the process that it runs in. Imports nothing.

/** `process`, or its replacement where several command lines run in one process. */
export type Host = Pick<NodeJS.Process, 'argv' | 'env' | 'cwd' | 'stdin' | 'stdout' | 'stderr' | 'exitCode'>;
