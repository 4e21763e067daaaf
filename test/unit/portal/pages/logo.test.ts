import { expect, test } from 'vitest';
import { cleanLogo, logoFault } from '../../../../src/portal/pages/logo.js';

const svg = (inside: string, attributes = '') =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"${attributes}>${inside}</svg>`;

test.each([
  [
    'a drawing of an editor',
    `<?xml version="1.0"?>\n<!-- made by hand -->\n${svg('\n  <path d="M0 0h9v9z" fill="#0b62d6"/>\n')}\n`,
  ],
  [
    'a gradient',
    svg(
      '<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient></defs><rect width="9" height="9" fill="url(#a)"/>',
    ),
  ],
  ['a text', svg('<text x="1" y="2">Pump 3</text>')],
  ['a copy of a part', svg("<g id='p'><circle r='1'/></g><use href='#p' x='2'/>")],
])('%s is taken', (_what, text) => {
  expect(logoFault(cleanLogo(text))).toBeUndefined();
});

test('what is not drawn is left out', () => {
  expect(cleanLogo(`<?xml version="1.0"?><!-- x -->\n${svg('\n <g/>\n')}\n`)).toBe(svg('<g/>'));
});

test.each([
  ['a script', svg('<script>alert(1)</script>'), '<script> is not allowed'],
  ['an event handler', svg('', ' onload="alert(1)"'), 'onload is not allowed'],
  ['an event handler in capitals', svg('<g oNcLiCk="x"/>'), 'oNcLiCk is not allowed'],
  ['HTML in the drawing', svg('<foreignObject><body/></foreignObject>'), '<foreignObject> is not allowed'],
  ['a picture from elsewhere', svg('<image href="http://x/y.png"/>'), '<image> is not allowed'],
  ['a reference outside', svg('<use href="http://x/#y"/>'), 'refers to something outside'],
  ['xlink:href', svg('<use xlink:href="#a"/>'), 'xlink:href is not allowed'],
  ['a link', svg('<a href="#x">x</a>'), '<a> is not allowed'],
  ['an animation of a reference', svg('<set attributeName="href" to="x"/>'), '<set> is not allowed'],
  ['a style sheet', svg('<style>@import "x";</style>'), '<style> is not allowed'],
  ['a style', svg('<g style="fill:url(http://x)"/>'), 'style is not allowed'],
  ['a colour from elsewhere', svg('<g fill="url(http://x/#a)"/>'), 'value of fill is not allowed'],
  ['an escaped value', svg('<g fill="&#117;rl(x)"/>'), 'value of fill is not allowed'],
  ['an entity', svg('&lt;script>'), 'is not allowed'],
  ['a document type', `<!DOCTYPE svg>${svg('')}`, 'does not begin with <svg'],
  ['an attribute without quotes', svg('<g onload=alert(1)>'), 'is not allowed'],
  ['a page', '<html></html>', 'does not begin with <svg'],
  ['another namespace', '<svg xmlns="http://www.w3.org/1999/xhtml"></svg>', 'namespace'],
  ['an open element', svg('<g>').replace('</svg>', ''), '<g> is not closed'],
  ['something behind its end', `${svg('')}<svg></svg>`, 'follows its end'],
  ['an end that closes another', svg('<g></svg>'), 'closes nothing'],
  ['3 KB', svg(`<path d="${'M0 0'.repeat(800)}"/>`), '2048 are the limit'],
])('%s is refused', (_what, text, fault) => {
  expect(logoFault(cleanLogo(text))).toContain(fault);
});
