import { join } from 'node:path';
import { expect, test } from 'vitest';
import { userFolder } from '../../../src/input/user-folder.js';

const HOME = '/home/me';

test.each([
  ['config', 'linux', {}, [HOME, '.config', 'esp-portal']],
  ['config', 'linux', { XDG_CONFIG_HOME: '/conf' }, ['/conf', 'esp-portal']],
  ['config', 'linux', { XDG_CONFIG_HOME: 'conf' }, [HOME, '.config', 'esp-portal']],
  ['cache', 'freebsd', { XDG_CACHE_HOME: '' }, [HOME, '.cache', 'esp-portal']],
  ['config', 'darwin', { XDG_CONFIG_HOME: '/conf' }, [HOME, 'Library', 'Preferences', 'esp-portal']],
  ['cache', 'darwin', {}, [HOME, 'Library', 'Caches', 'esp-portal']],
  ['config', 'win32', { APPDATA: '/roaming' }, ['/roaming', 'esp-portal', 'Config']],
  ['cache', 'win32', {}, [HOME, 'AppData', 'Local', 'esp-portal', 'Cache']],
] as const)('%s on %s with %o is absolute and by the conventions', (kind, platform, env, parts) => {
  expect(userFolder(kind, env, { platform, home: HOME })).toBe(join(...parts));
});
