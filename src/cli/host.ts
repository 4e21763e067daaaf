// What a command line needs of the process that it runs in, and what is read from it. Imports nothing.

/** `process`, or its replacement where several command lines run in one process. */
export type Host = Pick<NodeJS.Process, 'argv' | 'env' | 'cwd' | 'stdin' | 'stdout' | 'stderr' | 'exitCode'>;

/** Own addresses in the networks that are searched for ports; for tests, which search loopback only. */
export function networksOf({ env }: Pick<Host, 'env'>): string[] | undefined {
  return env.ESP_PORTAL_NETWORKS?.split(',');
}
