// Whether a shell runs this process in the background, where a change of the terminal's mode would stop it.

import { readFileSync } from 'node:fs';

/** On Linux; elsewhere, and without a terminal, false. */
export function isInBackground(): boolean {
  try {
    // After the name in brackets: state, parent, process group, session, terminal, group in its foreground (proc(5)).
    const [, , group, , , foreground = ''] =
      readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(foreground) > 0 && foreground !== group;
  } catch {
    return false;
  }
}
