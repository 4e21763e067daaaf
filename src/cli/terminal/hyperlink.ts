// Links to files of this computer in a terminal's text, by OSC 8 where the terminal is known to have it.
// https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda lists the terminals.

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PROGRAMS = /^(?:iTerm\.app|WezTerm|vscode|ghostty|Hyper|WarpTerminal|rio|Tabby)$/;
const TERMS = /^(?:xterm-kitty|xterm-ghostty|alacritty|foot)/;
/** The first release of the library behind GNOME's terminals that opens links without crashing. */
const VTE_SINCE = 5002;

type Stream = Pick<NodeJS.WriteStream, 'isTTY'>;

/** Elsewhere the sequence would be ignored at best. */
export function hasLinks({ isTTY }: Stream, env: NodeJS.ProcessEnv): boolean {
  if (env.FORCE_HYPERLINK !== undefined) return env.FORCE_HYPERLINK !== '0';
  if (!isTTY || env.NO_COLOR || env.TERM === 'dumb') return false;
  const { TERM_PROGRAM = '', TERM = '', VTE_VERSION, WT_SESSION, KITTY_WINDOW_ID, KONSOLE_VERSION } = env;
  if (WT_SESSION !== undefined || KITTY_WINDOW_ID !== undefined || KONSOLE_VERSION !== undefined) return true;
  return PROGRAMS.test(TERM_PROGRAM) || TERMS.test(TERM) || Number(VTE_VERSION) >= VTE_SINCE;
}

/** @param text already safe for a terminal @param file on this computer */
export function linked(text: string, file: string, isLinked: boolean): string {
  return isLinked ? `\x1b]8;;${pathToFileURL(resolve(file)).href}\x1b\\${text}\x1b]8;;\x1b\\` : text;
}
