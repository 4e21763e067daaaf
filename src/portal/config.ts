// What a user may set of the portal, and what is wrong with it.

import { PortalError } from '../errors.js';
import { parseWhole } from '../input/decimal.js';
import { checkFields, FieldFault, type FieldOptions } from './fields.js';
import { accentFault } from './pages/accent.js';
import { LANGUAGES, type Language } from './pages/languages.js';
import { logoFault } from './pages/logo.js';
import { staticAddressFault } from './static-address.js';

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
   * Of the station: `192.168.1.50/24,192.168.1.1`, see static-address.ts; `ask` for one that the form asks for. From the
   * network without it.
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

/** A static address for which the form asks: it is a field. */
export const ASKED = 'ask';
const MAX_TITLE_CHARACTERS = 60;

type Check = (value: string) => string | undefined;

/** Options that are whole numbers. */
type NumberKey = 'timeout_s' | 'button';

/** Control characters; halves of a character; and what Node.js puts where an argument or file is not UTF-8. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\ufffd]/u;

/** For each option what is wrong with a value, if anything. */
export const CHECKS: Readonly<Record<Exclude<keyof PortalConfig, NumberKey | 'fields'>, Check>> = {
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

export const RANGES: Readonly<Record<NumberKey, Range>> = {
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

export function isLanguage(text: string): text is Language {
  return LANGUAGES.some((language) => language === text);
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
