// The settings to install: those that are given, merged into those that the board has.

import type { RawRepl } from '../../micropython/raw-repl.js';
import type { BundleFile } from '../../portal/bundle.js';
import type { PortalConfig } from '../../portal/config.js';
import { CONFIG_FILE, fieldsOf, mergeSettings, type Settings, settingsFile } from '../../portal/settings.js';
import { readPortalSettings } from './read-portal-settings.js';

/** The module of settings, and whether the board has equal settings already. */
export interface Configured {
  readonly settings: Settings;
  readonly file: BundleFile;
  readonly isThere: boolean;
}

/** One setting that is given leaves the others as they are. */
export async function configure(repl: RawRepl, given: PortalConfig): Promise<Configured> {
  const onBoard = await readPortalSettings(repl);
  const settings = mergeSettings(onBoard, given);
  const isThere =
    settings.size === onBoard.size &&
    [...settings].every(([name, value]) => onBoard.get(name)?.literal === value.literal);
  return { settings, file: { path: CONFIG_FILE, bytes: settingsFile(settings) }, isThere };
}

export function isGiven(config: PortalConfig | undefined): config is PortalConfig {
  return Object.values(config ?? {}).some((value) => value !== undefined);
}

/** A password is not repeated; a default may be one. */
export function shownSettings(settings: Settings): Record<string, string | number> {
  const shown = (name: string, value: string | number) => {
    if (name === 'fields') return (fieldsOf(settings) ?? []).map((field) => field.name).join(', ');
    return name === 'password' || name === 'logo' ? 'set' : value;
  };
  return Object.fromEntries([...settings].map(([name, { value }]) => [name, shown(name, value)]));
}
