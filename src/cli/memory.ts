// How much memory V8 takes for a command.

import { setFlagsFromString } from 'node:v8';

/**
 * For commands that wait for the board most of the time and end soon. Optimized code would take 6 MB, and objects
 * that live shortly as much. To be called before the modules of the operations are loaded, and after those of Node.js:
 * with other flags V8 does not take these from its cache.
 */
export function takeLittleMemory(): void {
  for (const flag of ['--no-opt', '--semi-space-growth-factor=1']) setFlagsFromString(flag);
}
