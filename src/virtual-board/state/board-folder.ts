// Paths of the files in which virtual boards keep their state between processes.

import { join, resolve } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { makeFolder } from '../../input/make-folder.js';
import { userHome } from '../../input/user-folder.js';

/** Contents of the flash, from address 0. */
export const FLASH_FILE = 'flash.bin';
/** The board's files, from the start of MicroPython on: see files-in-flash.ts. */
export const FILES_FOLDER = 'files';
/** What the SDK remembers: networks, access point. */
export const SDK_FILE = 'sdk.json';

/** What decides where the user's state lies. */
export interface StateEnvironment {
  readonly env: {
    readonly ESP_PORTAL_STATE_DIR?: string | undefined;
    readonly LOCALAPPDATA?: string | undefined;
    readonly XDG_STATE_HOME?: string | undefined;
  };
  readonly platform: string;
  readonly home: string;
}

/**
 * @returns `$ESP_PORTAL_STATE_DIR`, or the folder for programs' state that the operating system's
 *   conventions give to `esp-portal`; it need not exist
 */
export function stateRoot(
  from: StateEnvironment = { env: process.env, platform: process.platform, home: userHome() },
): string {
  const { env, platform, home } = from;
  // Absolute: the board's process has another working directory.
  if (env.ESP_PORTAL_STATE_DIR) return resolve(env.ESP_PORTAL_STATE_DIR);
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'esp-portal');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'esp-portal');
  return resolve(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'esp-portal');
}

/** @returns `$ESP_PORTAL_USB_DEVICES`: where boards with native USB list their device, for tests */
export function usbDevicesFolder(): string | undefined {
  return process.env.ESP_PORTAL_USB_DEVICES;
}

/** It need not exist. */
export function folderOf(root: string, name: string): string {
  return join(root, 'virtual', name);
}

/**
 * Creates the folder of one board when it is not there, and returns its path.
 * @throws PortalError `usage` where it cannot be made
 */
export function boardFolder(root: string, name: string): string {
  const folder = folderOf(root, name);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new PortalError(
      'usage',
      `The folder of this virtual board, ${folder}, cannot be made: ${fileErrorWords(error)}.`,
      { cause: error, next: 'Set ESP_PORTAL_STATE_DIR to a folder that can be written.' },
    );
  }
  return folder;
}
