// The portal's options, checked here and put on the board as a module that CaptivePortal reads.

import { quote } from '../board-scripts/python-literal.js';
import { PortalError } from '../errors.js';
import { parseWhole } from '../input/decimal.js';
import {
  addressField,
  checkFields,
  FieldFault,
  type FieldOptions,
  type PortalField,
  parseFields,
} from './fields.js';
import { accentFault } from './pages/accent.js';
import type { PageChoices } from './pages/choose-pages.js';
import { ADDRESS_LABEL, LANGUAGES, type Language } from './pages/languages.js';
import { logoFault } from './pages/logo.js';
import { staticAddressFault, staticAddressLiteral } from './static-address.js';

/** The module on the board; device-py/captive_portal.py reads it. */
export const CONFIG_FILE = 'portal_config.py';

/** What a user may set; what is left out stays as it is on the board, `null` is the portal's default again. */
export interface PortalConfig {
  /** Name of the access point, 1 to 32 bytes of UTF-8. */
  readonly essid?: string | null | undefined;
  /** Of the access point: WPA2, 8 to 63 ASCII characters. */
  readonly password?: string | null | undefined;
  /** IPv4 address of the portal. */
  readonly ap_ip?: string | null | undefined;
  /** Name of the board on the network that it joins, a DNS label. */
  readonly hostname?: string | null | undefined;
  /** Two letters of ISO 3166, which WiFi channels depend on. */
  readonly country?: string | null | undefined;
  /** Seconds without a client after which the portal gives up. */
  readonly timeout_s?: number | null | undefined;
  /** GPIO whose button opens the portal when it is held at the start. */
  readonly button?: number | null | undefined;
  /**
   * Of the station: `192.168.1.50/24,192.168.1.1`, see static-address.ts; `ask` for one that the form asks for. From the network
   * without it.
   */
  readonly static_ip?: string | null | undefined;
  /** Of the pages; the log stays English. */
  readonly language?: Language | null | undefined;
  /** Heading of the form and title of all pages. */
  readonly title?: string | null | undefined;
  /** Colour of the buttons, `#rrggbb`. */
  readonly accent?: string | null | undefined;
  /** An SVG for the top of all pages, as cleanLogo returns it. */
  readonly logo?: string | null | undefined;
  /** Of the form, after the network; none by default. */
  readonly fields?: readonly FieldOptions[] | null | undefined;
}

/** What the pages on the board already show: the board need not know it, and has it as comments. */
const PAGE_SETTINGS: readonly string[] = [
  'language',
  'title',
  'accent',
  'logo',
  'fields',
] satisfies (keyof PortalConfig)[];
/** A static address for which the form asks: it is a field. */
const ASKED = 'ask';
/** Begins such a comment; the name and the value follow as JSON. */
const PAGE_COMMENT = '#page ';
const MAX_TITLE_CHARACTERS = 60;

type Check = (value: string) => string | undefined;

/** Options that are whole numbers. */
type NumberKey = 'timeout_s' | 'button';

/** Control characters; halves of a character; and what Node.js puts where an argument or file is not UTF-8. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\ufffd]/u;

/** For each option what is wrong with a value, if anything. */
const CHECKS: Readonly<Record<Exclude<keyof PortalConfig, NumberKey | 'fields'>, Check>> = {
  essid: (value) => {
    if (NOT_TEXT.test(value)) return 'an SSID here is UTF-8 text without control characters';
    const bytes = Buffer.byteLength(value);
    return bytes >= 1 && bytes <= 32 ? undefined : `an SSID has 1 to 32 bytes, not ${bytes}`;
  },
  password: (value) =>
    /^[ -~]{8,63}$/.test(value)
      ? undefined
      : `WPA2 needs 8 to 63 ASCII characters, not ${value.length}${/^[ -~]*$/.test(value) ? '' : ', not all of them ASCII'}`,
  ap_ip: checkAddress,
  hostname: (value) =>
    /^[a-z\d]([a-z\d-]{0,30}[a-z\d])?$/i.test(value)
      ? undefined
      : 'a host name has up to 32 letters, digits and hyphens, without a hyphen at its ends',
  static_ip: (value) => (value === ASKED ? undefined : staticAddressFault(value)),
  language: (value) =>
    isLanguage(value) ? undefined : `the pages have the languages ${LANGUAGES.join(', ')}`,
  title: (value) => {
    if (NOT_TEXT.test(value)) return 'a title is text without control characters';
    const { length } = Array.from(value);
    if (value.trim() === '') return 'a title is not blank';
    return length <= MAX_TITLE_CHARACTERS
      ? undefined
      : `a title has up to ${MAX_TITLE_CHARACTERS} characters, not ${length}`;
  },
  accent: accentFault,
  logo: logoFault,
  country: (value) =>
    /^[A-Z]{2}$/.test(value) ? undefined : 'a country is two capital letters, such as DE or US',
};

interface Range {
  readonly min: number;
  readonly max: number;
  readonly what: string;
}

const RANGES: Readonly<Record<NumberKey, Range>> = {
  /** Time to find a phone, and what ticks can count. */
  timeout_s: { min: 10, max: 86_400, what: 'whole seconds' },
  /** An ESP32-P4 has the most GPIOs. */
  button: { min: 0, max: 54, what: 'the number of a GPIO' },
};

/**
 * @param nameOf what the user calls an option, for messages
 * @throws PortalError `usage` for a value that cannot work
 */
export function checkConfig(
  config: PortalConfig,
  nameOf: (key: keyof PortalConfig) => string = (key) => key,
): void {
  for (const [key, check] of Object.entries(CHECKS) as [keyof typeof CHECKS, Check][]) {
    const wrong = config[key] == null ? undefined : check(config[key]);
    // A password is never repeated, not even an invalid one; and `password: …` would be masked.
    const shown =
      key === 'password' || key === 'logo' ? ' cannot be used' : ` ${JSON.stringify(config[key])}`;
    if (wrong) throw new PortalError('usage', `${nameOf(key)}${shown}: ${wrong}.`);
  }
  checkFieldOptions(config.fields ?? [], nameOf('fields'));
  for (const [key, { min, max, what }] of Object.entries(RANGES) as [NumberKey, Range][]) {
    const value = config[key];
    if (value == null || (Number.isInteger(value) && value >= min && value <= max)) continue;
    throw new PortalError('usage', `${nameOf(key)} ${value}: give ${what} from ${min} to ${max}.`);
  }
}

function checkFieldOptions(fields: readonly FieldOptions[], name: string): void {
  try {
    checkFields(fields);
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    throw new PortalError('usage', `${name}: ${error.message}.`, { cause: error });
  }
}

/**
 * An ESP8266 has its console at GPIO 1 and 3, its flash at 6 to 11, a pull-down at 15, and no pull-up at 16. ESP32s differ: their portal checks the
 * GPIO at the start.
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

function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text);
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

/** An address that an access point can have: private, or public (some phones need that), but a host's. */
function checkAddress(value: string): string | undefined {
  const parts = value.split('.').map(parseWhole);
  const [first, , , last] = parts;
  // Leading zeros mean octal to some programs, and nothing to others.
  const isAddress = parts.length === 4 && parts.every((part) => part !== undefined && part <= 255);
  if (!isAddress || first === undefined)
    return 'give an IPv4 address such as 192.168.4.1, without leading zeros';
  if (first === 0 || first === 127 || first >= 224) return 'this address cannot be assigned to a host';
  // The portal's network is a /24.
  return last === 0 || last === 255 ? 'the last number of a host in its /24 network is 1 to 254' : undefined;
}
