import jsQR from 'jsqr';
import { expect, test } from 'vitest';
import { fillLabel, hasQrCode, labelFault } from '../../../../../src/operations/factory/plan/label.js';

const values = {
  mac: '5c:cf:7f:e4:ab:4e',
  serial: 'A<1> & "B"',
  columns: new Map([['name', "$& ]]> 'x'"]]),
  random: new Map([[12, 'abcdefghjkmn']]),
};
const network = { essid: 'Lamp;A,"1"', password: 'pass:word\\1' };

/** Draws the modules of the code, each as 4 × 4 pixels, and reads them with another library. */
function readCode(svg: string): string | undefined {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const dark = new Set(Array.from(svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g), ([, x, y]) => `${x} ${y}`));
  const scale = 4;
  const pixels = new Uint8ClampedArray(4 * (size * scale) ** 2).fill(255);
  for (let y = 0; y < size * scale; y++)
    for (let x = 0; x < size * scale; x++)
      if (dark.has(`${Math.floor(x / scale)} ${Math.floor(y / scale)}`))
        pixels.fill(0, 4 * (y * size * scale + x), 4 * (y * size * scale + x) + 3);
  return (jsQR as unknown as typeof jsQR.default)(pixels, size * scale, size * scale)?.data;
}

test('puts a code in the place of the rectangle that joins a phone to the WiFi of the board', async () => {
  const svg = `<?xml version="1.0"?>\n<!-- label -->\n<svg xmlns="http://www.w3.org/2000/svg"><rect height="9" width="9"
    id="qr" y="2" x="1.5" transform="rotate(90)" style="fill:none"></rect></svg>\n`;
  expect(labelFault(svg)).toBeUndefined();
  const filled = await fillLabel(svg, values, network);
  expect(filled).toContain('<g transform="rotate(90)"><svg x="1.5" y="2" width="9" height="9"');
  expect(filled).not.toContain('<rect');
  expect(readCode(filled)).toBe('WIFI:T:WPA;S:Lamp\\;A\\,\\"1\\";P:pass\\:word\\\\1;;');
  const modules = Array.from(filled.matchAll(/M(\d+) (\d+)h1/g), ([, x, y]) => [Number(x), Number(y)]);
  expect(Math.min(...modules.flat())).toBe(4); // the quiet zone
});

test('finds the rectangle of the code past comments and style sheets, with whatever is in it', async () => {
  const other = '<rect id="qr" x="1" y="2" width="9" height="9"/>';
  const hidden = `<!-- ${other} --><style><![CDATA[ ${other} ]]></style>`;
  const svg = `<svg>${hidden}<rect aria-label="a>b" id="qr" x="3" y="4" width="5" height="6"><title>QR</title></rect></svg>`;
  expect(labelFault(svg)).toBeUndefined();
  const filled = await fillLabel(svg, values, network);
  expect(filled.startsWith(`<svg>${hidden}<svg x="3" y="4" width="5" height="6"`)).toBe(true);
  expect(filled.endsWith('</svg></svg>')).toBe(true);
  expect(filled).not.toContain('<title>');
  expect(hasQrCode(svg)).toBe(true);
  expect(hasQrCode(`<svg>${hidden}</svg>`)).toBe(false);
});

test('makes the code of an open WiFi without a password', async () => {
  const svg = '<svg><rect id="qr" x="1" y="2" width="9" height="9"/></svg>';
  expect(readCode(await fillLabel(svg, values, { ...network, password: undefined }))).toBe(
    'WIFI:T:nopass;S:Lamp\\;A\\,\\"1\\";;',
  );
});

test('a code needs the name of the WiFi', async () => {
  const svg = '<svg><rect id="qr" x="1" y="2" width="9" height="9"/></svg>';
  const filling = fillLabel(svg, values, { essid: undefined, password: undefined });
  await expect(filling).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('"essid"') });
});

test('fills in placeholders as text of XML, and leaves style sheets as they are', async () => {
  const svg =
    '<svg><style>.a{fill:red} .b{x}</style><text class="{mac:4}">{serial} {name} {random:12}</text></svg>';
  expect(
    await fillLabel(svg, { ...values, columns: new Map([...values.columns, ['x', '{x}']]) }, network),
  ).toBe(
    '<svg><style>.a{fill:red} .b{x}</style><text class="ab4e">A&#60;1&#62; &#38; &#34;B&#34; $&#38; ]]&#62; &#39;x&#39; abcdefghjkmn</text></svg>',
  );
});

test.each([
  ['<html/>', 'it is not an SVG: it does not begin with <svg'],
  ['<svg><text>', 'it is incomplete: it does not end with </svg>'],
  ['<svg><rect id="qr" x="0" y="0" width="9"/></svg>', 'the rectangle with id="qr" has no height'],
  [
    '<svg><rect id="qr" x="0" y="0" width="-9" height="9"/></svg>',
    'the width of the rectangle with id="qr" is not a length above 0',
  ],
  [
    '<svg><rect id="qr" x="0" y="0" width="0" height="9"/></svg>',
    'the width of the rectangle with id="qr" is not a length above 0',
  ],
  [
    '<svg><rect id="qr" x="0" y="0" width="2.5mm" height="{side}"/></svg>',
    'the height of the rectangle with id="qr" is not a length above 0',
  ],
  [
    '<svg><rect id="qr" x="0" y="0" width="9" height="9"/><path id="qr"/></svg>',
    'id="qr" is there twice: it has room for one QR code',
  ],
  ['<svg><g id="qr"></g></svg>', 'id="qr" belongs to <g>: give it to a <rect>'],
  [`${'<!-- a -->'.repeat(40)}<html>`, 'it is not an SVG: it does not begin with <svg'],
])('names the fault of %s', (svg, fault) => {
  expect(labelFault(svg)).toBe(fault);
});
