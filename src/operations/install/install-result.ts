// What an installation reports: how the board came up, and what was done to it before. Types alone.

import type { BundleForm } from '../../portal/bundle.js';
import type { PortalStart } from './start-portal.js';

/** A main.py that does not start the portal was kept: these lines would. */
export interface WithoutPortal {
  readonly state: 'without-portal';
  readonly ssid?: undefined;
  readonly url?: undefined;
  readonly mainLines: readonly string[];
}

/** It was only to be found out. */
export interface Untouched {
  readonly state: 'untouched';
  readonly ssid?: undefined;
  readonly url?: undefined;
  /** Where the installation would end `without-portal`. */
  readonly mainLines?: readonly string[];
}

/** It was not to be started. */
export interface AtPrompt {
  readonly state: 'at-prompt';
  readonly ssid?: undefined;
  readonly url?: undefined;
  /** Where the installation would end `without-portal`. */
  readonly mainLines?: readonly string[];
}

export interface Installed {
  /** How the portal's modules were sent. */
  readonly form: BundleForm;
  /** MicroPython on the board. */
  readonly version: string;
  /** Files whose content was sent, and their size. */
  readonly filesSent: number;
  readonly bytes: number;
  /** Bytes sent for them, after compression. */
  readonly sentBytes: number;
  /** Paths that were sent and removed, and existing files that were renamed. */
  readonly sent: readonly string[];
  readonly removed: readonly string[];
  readonly kept: Readonly<Record<string, string>>;
  /**
   * The portal's options that are in force, by their names on the board; the password is only shown as `set`. `undefined`
   * when nothing was given and the board has none of esp-portal's.
   */
  readonly settings?: Readonly<Record<string, string | number>> | undefined;
  /** The board's name on its network, where a host name is set and the firmware answers it. */
  readonly mdnsName?: string | undefined;
}

/** How the board came up, and what was done to it before. */
export type InstallResult = (PortalStart | WithoutPortal | Untouched | AtPrompt) & Installed;
