import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { stateRoot } from '../../../../src/virtual-board/state/board-folder.js';

it.each([
  ['linux', { ESP_PORTAL_STATE_DIR: '/x' }, '/x'],
  ['linux', { ESP_PORTAL_STATE_DIR: 'here' }, resolve('here')],
  ['linux', { XDG_STATE_HOME: 'here' }, resolve('here', 'esp-portal')],
  ['linux', { XDG_STATE_HOME: '/state' }, join('/state', 'esp-portal')],
  ['linux', {}, join('/home/me', '.local', 'state', 'esp-portal')],
  ['darwin', {}, join('/home/me', 'Library', 'Application Support', 'esp-portal')],
  ['win32', { LOCALAPPDATA: '/local' }, join('/local', 'esp-portal')],
])('keeps state on %s with %o in %s', (platform, env, folder) => {
  expect(stateRoot({ platform, env, home: '/home/me' })).toBe(folder);
});
