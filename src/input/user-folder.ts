// The user's folders by the conventions of each system. Always absolute: a relative one would lie in the current folder,
// which may be a checkout of another author.

import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

interface System {
  readonly platform: string;
  readonly home: string;
}

/** Per kind: XDG's variable and folder; macOS's folder; Windows's variable, folder and last part. */
const PLACES = {
  config: {
    linux: ['XDG_CONFIG_HOME', '.config'],
    darwin: ['', join('Library', 'Preferences')],
    win32: ['APPDATA', join('AppData', 'Roaming'), 'Config'],
  },
  cache: {
    linux: ['XDG_CACHE_HOME', '.cache'],
    darwin: ['', join('Library', 'Caches')],
    win32: ['LOCALAPPDATA', join('AppData', 'Local'), 'Cache'],
  },
} as const;

/** @returns the user's folder for files of esp-portal; it need not exist */
export function userFolder(
  kind: keyof typeof PLACES,
  env: Readonly<Record<string, string | undefined>>,
  { platform, home }: System = { platform: process.platform, home: userHome() },
): string {
  const places = PLACES[kind];
  const [variable, folder, last = ''] =
    platform === 'win32' || platform === 'darwin' ? places[platform] : places.linux;
  const named = env[variable] ?? '';
  return join(isAbsolute(named) ? named : join(home, folder), 'esp-portal', last);
}

/** @returns the account's folder if `$HOME` gives none, the root if the account has none, as in some containers */
export function userHome(): string {
  return [homedir, () => userInfo().homedir].map(orEmpty).find(isAbsolute) ?? resolve('/');
}

/** Node.js throws for an account without an entry. */
function orEmpty(find: () => string): string {
  try {
    return find();
  } catch {
    return '';
  }
}
