// A label as SVG: placeholders in its text, and a QR code that joins a phone to the board's WiFi. Pure but for the encoder.

import { PortalError } from '../../../errors.js';
import { joinCode } from '../../../log/join-code.js';
import { type BoardValues, fillPlaceholders } from './placeholders.js';

/** Of ISO/IEC 18004, in modules. */
const QUIET_ZONE = 4;

/** What draws nothing. One that is not closed reaches to the end. */
const NOT_DRAWN = /<!--(?:(?!-->)[\s\S])*(?:-->)?|<!\[CDATA\[(?:(?!\]\]>)[\s\S])*(?:\]\]>)?/g;
const TAG = /<((?:[\w-]+:)?[a-z][\w.-]*)(?=[\s/>])((?:[^"'<>]|"[^"<]*"|'[^'<]*')*)>/gi;
const PLACE = ['x', 'y', 'width', 'height', 'transform'] as const;
const SIDES = ['width', 'height'] as const;

/** The network that the board opens. */
export interface LabelNetwork {
  readonly essid: string | undefined;
  readonly password: string | undefined;
}

/** The rectangle whose place the code takes: `<rect id="qr" x="2" y="2" width="20" height="20"/>`. */
interface QrTag {
  readonly element: string;
  readonly attributes: string;
  readonly start: number;
  readonly end: number;
}

/** @param drawn without comments */
function qrTags(drawn: string): QrTag[] {
  return Array.from(drawn.matchAll(TAG), ({ 0: tag, 1: element = '', 2: attributes = '', index }) => {
    return { element, attributes, start: index, end: index + tag.length };
  }).filter(({ attributes }) => attributeOf(attributes, 'id') === 'qr');
}

/** Where an element ends: with its tag, or behind what is in it. */
function endOf({ element, attributes, end }: QrTag, drawn: string): number {
  const close = attributes.endsWith('/') ? -1 : drawn.indexOf(`</${element}`, end);
  return close === -1 ? end : drawn.indexOf('>', close) + 1;
}

/** With spaces in the place of what draws nothing. */
function withoutComments(svg: string): string {
  return svg.replace(NOT_DRAWN, (text) => ' '.repeat(text.length));
}

export function hasQrCode(svg: string): boolean {
  return qrTags(withoutComments(svg)).length > 0;
}

/** @returns what is wrong with a label, if anything; without a full stop */
export function labelFault(svg: string): string | undefined {
  const drawn = withoutComments(svg);
  if (!/^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<(?:\w+:)?svg\b/.test(drawn))
    return 'it is not an SVG: it does not begin with <svg';
  if (!/<\/(?:\w+:)?svg\s*>\s*$/.test(drawn)) return 'it is incomplete: it does not end with </svg>';
  const [rect, other] = qrTags(drawn);
  if (!rect) return undefined;
  if (other) return 'id="qr" is there twice: it has room for one QR code';
  const { element, attributes } = rect;
  if (element !== 'rect') return `id="qr" belongs to <${element}>: give it to a <rect>`;
  const missing = PLACE.slice(0, 4).find((name) => attributeOf(attributes, name) === undefined);
  if (missing !== undefined) return `the rectangle with id="qr" has no ${missing}`;
  const flat = SIDES.find((name) => !isLength(attributeOf(attributes, name) ?? ''));
  return flat === undefined ? undefined : `the ${flat} of the rectangle with id="qr" is not a length above 0`;
}

/** @throws PortalError `usage` for a network that no QR code can name */
export async function fillLabel(svg: string, values: BoardValues, network: LabelNetwork): Promise<string> {
  const filled = fillPlaceholders(svg, values, escapeXml);
  const drawn = withoutComments(filled);
  const [rect] = qrTags(drawn);
  if (!rect) return filled;
  const text = network.essid === undefined ? undefined : joinCode(network.essid, network.password);
  if (text === undefined)
    throw new PortalError('usage', 'The QR code of the label needs "essid" in "portal".');
  return (
    filled.slice(0, rect.start) + (await qrCode(text, rect.attributes)) + filled.slice(endOf(rect, drawn))
  );
}

async function qrCode(text: string, rect: string): Promise<string> {
  const { encode } = await import('uqr');
  const { data } = encode(text, { border: QUIET_ZONE });
  const size = data.length;
  const path = data
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  const [x, y, width, height, transform] = PLACE.map((name) => attributeOf(rect, name));
  const drawing = `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}h-${size}z"/><path fill="#000" d="${path}"/></svg>`;
  return transform === undefined ? drawing : `<g transform="${transform}">${drawing}</g>`;
}

/** Of SVG, in any unit. */
function isLength(text: string): boolean {
  const number = /^\s*(\+?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?:[a-z]{1,4}|%)?\s*$/i.exec(text)?.[1];
  return Number(number) > 0;
}

function attributeOf(tag: string, name: string): string | undefined {
  return new RegExp(String.raw`(?<![\w:-])${name}\s*=\s*(?:"([^"<]*)"|'([^'<"]*)')`)
    .exec(tag)
    ?.slice(1)
    .find((value) => value !== undefined);
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
