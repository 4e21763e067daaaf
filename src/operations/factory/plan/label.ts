// A label as SVG: placeholders in its text, and a QR code that joins a phone to the board's WiFi. Pure but for the encoder.

import { PortalError } from '../../../errors.js';
import { joinCode } from '../../../log/join-code.js';
import { type BoardValues, fillPlaceholders } from './placeholders.js';

/** Of ISO/IEC 18004, in modules. */
const QUIET_ZONE = 4;

/** The rectangle whose place the code takes: `<rect id="qr" x="2" y="2" width="20" height="20"/>`. */
const QR_RECT = /<rect\b(?=[^>]*\bid\s*=\s*["']qr["'])([^>]*?)(?:\/>|>\s*<\/rect\s*>)/;
const PLACE = ['x', 'y', 'width', 'height', 'transform'] as const;
const SIDES = ['width', 'height'] as const;

/** The network that the board opens. */
export interface LabelNetwork {
  readonly essid: string | undefined;
  readonly password: string | undefined;
}

export function hasQrCode(svg: string): boolean {
  return QR_RECT.test(svg);
}

/** @returns what is wrong with a label, if anything; without a full stop */
export function labelFault(svg: string): string | undefined {
  if (!/^\ufeff?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!(?:--[\s\S]*?--|DOCTYPE[^>]*)>\s*)*<(?:\w+:)?svg\b/.test(svg))
    return 'it is not an SVG: it does not begin with <svg';
  if (!/<\/(?:\w+:)?svg\s*>\s*$/.test(svg)) return 'it is incomplete: it does not end with </svg>';
  const rect = QR_RECT.exec(svg)?.[1];
  const missing =
    rect === undefined ? undefined : PLACE.slice(0, 4).find((name) => attributeOf(rect, name) === undefined);
  if (missing !== undefined) return `the rectangle with id="qr" has no ${missing}`;
  const flat =
    rect === undefined ? undefined : SIDES.find((name) => !isLength(attributeOf(rect, name) ?? ''));
  return flat === undefined ? undefined : `the ${flat} of the rectangle with id="qr" is not a length above 0`;
}

/** @throws PortalError `usage` for a network that no QR code can name */
export async function fillLabel(svg: string, values: BoardValues, network: LabelNetwork): Promise<string> {
  const filled = fillPlaceholders(svg, values, escapeXml);
  const rect = QR_RECT.exec(filled);
  if (!rect) return filled;
  const text = network.essid === undefined ? undefined : joinCode(network.essid, network.password);
  if (text === undefined)
    throw new PortalError('usage', 'The QR code of the label needs "essid" in "portal".');
  return filled.replace(rect[0], await qrCode(text, rect[1] ?? ''));
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
