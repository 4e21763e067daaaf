// The portal's options on the board: a module that CaptivePortal reads, with comments for what only its pages show.

import { quote } from '../board-scripts/python-literal.js';
import { PortalError } from '../errors.js';
import { ASKED, CHECKS, isLanguage, type PortalConfig, RANGES } from './config.js';
import { addressField, checkFields, FieldFault, type PortalField, parseFields } from './fields.js';
import type { PageChoices } from './pages/choose-pages.js';
import { ADDRESS_LABEL, type Language } from './pages/languages.js';
import { staticAddressLiteral } from './static-address.js';

/** The module on the board; device-py/captive_portal.py reads it. */
export const CONFIG_FILE = 'portal_config.py';

/** What the pages on the board already show: the board need not know it, and has it as comments. */
const PAGE_SETTINGS: readonly string[] = [
  'language',
  'title',
  'accent',
  'logo',
  'fields',
] satisfies (keyof PortalConfig)[];
/** Begins such a comment; the name and the value follow as JSON. */
const PAGE_COMMENT = '#page ';
/**
 * An ESP8266 has its console at GPIO 1 and 3, its flash at 6 to 11, a pull-down at 15, and no pull-up at 16. ESP32s
 * differ: their portal checks the GPIO at the start.
 */
const ESP8266_BUTTONS: readonly unknown[] = [0, 2, 4, 5, 12, 13, 14];

/**
 * @param platform of the board, `sys.platform`
 * @throws PortalError `usage` for a GPIO that cannot have a button
 */
export function checkButton(settings: Settings | undefined, platform: string): void {
  const button = settings?.get('button')?.value;
  if (button === undefined || platform !== 'esp8266' || ESP8266_BUTTONS.includes(button)) return;
  throw new PortalError('usage', `GPIO${button} of an ESP8266 cannot have a button.`, {
    next: `Use one of ${ESP8266_BUTTONS.join(', ')} with --portal-button, or '' for none.`,
  });
}

interface Setting {
  /** In Python. */
  readonly literal: string;
  /** For people: itself, the literal where it is neither text nor a number. */
  readonly value: string | number;
}

/** Options by their names on the board, which may have others than those of this tool. */
export type Settings = ReadonlyMap<string, Setting>;

/** The order of the file: a dict on a board has none. */
const ORDER: readonly string[] = [...Object.keys(CHECKS), 'fields', ...Object.keys(RANGES)];

/** What is on the board, with what is given in its place. */
export function mergeSettings(onBoard: Settings, given: PortalConfig): Settings {
  const merged = new Map(onBoard);
  const { fields, ...others } = given;
  if (fields === null || fields?.length === 0) merged.delete('fields');
  else if (fields !== undefined) merged.set('fields', settingOf(JSON.stringify(checkFields(fields))));
  for (const [key, value] of Object.entries(others)) {
    if (value === null) merged.delete(key);
    else if (key === 'static_ip' && typeof value === 'string' && value !== ASKED)
      merged.set(key, staticSetting(value));
    else if (value !== undefined) merged.set(key, settingOf(value));
  }
  return merged;
}

/** As a board prints it, which is how it is read back. */
function staticSetting(text: string): Setting {
  const literal = staticAddressLiteral(text);
  return { literal, value: literal };
}

/** The module's text. */
export function settingsFile(settings: Settings): Uint8Array {
  const names = [...settings.keys()].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const lines = names
    .filter((name) => !isOfPages(name, settings))
    .map((name) => `    "${name}": ${settings.get(name)?.literal},\n`);
  const comments = names
    .filter((name) => isOfPages(name, settings))
    .map((name) => `${PAGE_COMMENT}${asciiJson([name, settings.get(name)?.value])}\n`);
  return Buffer.from(`OPTIONS = {\n${lines.join('')}}\n${comments.join('')}`);
}

function isOfPages(name: string, settings: Settings): boolean {
  return PAGE_SETTINGS.includes(name) || (name === 'static_ip' && asksAddress(settings));
}

function asksAddress(settings: Settings): boolean {
  return settings.get('static_ip')?.value === ASKED;
}

/** What a form needs to know. */
interface PageSettings extends PageChoices {
  readonly language: Language;
  readonly asksAddress: boolean;
}

/** What is set for the pages, as far as it is valid: a person may have edited the file. */
export function pageSettings(settings: Settings): PageSettings {
  const validValue = (key: 'language' | 'title' | 'accent' | 'logo') => {
    const value = settings.get(key)?.value;
    return typeof value === 'string' && CHECKS[key](value) === undefined ? value : undefined;
  };
  const named = validValue('language') ?? 'en';
  const language = isLanguage(named) ? named : 'en';
  const asked = asksAddress(settings) ? [addressField(ADDRESS_LABEL[language])] : [];
  const fields = [...(fieldsOf(settings) ?? []), ...asked];
  return {
    language,
    asksAddress: asked.length > 0,
    title: validValue('title'),
    accent: validValue('accent'),
    logo: validValue('logo'),
    fields: fields.length > 0 ? fields : undefined,
  };
}

/**
 * The board's name on its network, where it is set and the firmware answers it: that of an ESP32 does.
 * @param platform of the board, `sys.platform`
 */
export function mdnsNameOf(settings: Settings | undefined, platform: string): string | undefined {
  const name = settings?.get('hostname')?.value;
  const isAnswered = platform === 'esp32' && typeof name === 'string' && CHECKS.hostname(name) === undefined;
  return isAnswered ? `${name}.local` : undefined;
}

/** The fields that are set, as far as they are valid. */
export function fieldsOf(settings: Settings): readonly PortalField[] | undefined {
  const value = settings.get('fields')?.value;
  if (typeof value !== 'string' || !value.startsWith('[')) return undefined;
  try {
    return parseFields(value);
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    return undefined;
  }
}

/** A board reads it in whatever encoding. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function rank(name: string): number {
  const index = ORDER.indexOf(name);
  return index < 0 ? ORDER.length : index;
}

/** A value with its Python literal in normal form. */
export function settingOf(value: string | number): Setting {
  return { literal: typeof value === 'string' ? quote(value) : String(value), value };
}
