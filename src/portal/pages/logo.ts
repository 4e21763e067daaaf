// The logo of the pages: an SVG that can only draw. What is not on these lists is refused, so that no script, no event handler
// and nothing from elsewhere gets onto a page.

/** On the wire and on the board it comes with every page. */
const MAX_LOGO_BYTES = 2048;

const ELEMENTS: ReadonlySet<string> = new Set(
  `svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan linearGradient
  radialGradient stop clipPath mask`.split(/\s+/),
);

const ATTRIBUTES: ReadonlySet<string> = new Set(
  `xmlns version viewBox width height preserveAspectRatio id class transform opacity role aria-label aria-hidden d points
  x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy fill fill-opacity fill-rule clip-path clip-rule mask stroke stroke-width
  stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset stroke-opacity color offset stop-color
  stop-opacity gradientUnits gradientTransform spreadMethod clipPathUnits maskUnits font-family font-size font-weight
  text-anchor dominant-baseline letter-spacing href`.split(/\s+/),
);

const SVG_NAMESPACE = 'http://www.w3.org/2000/svg';

const TAG = /<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** Without `&`, which could hide a character. */
const TEXT = /[^<&]+/y;

/** @returns the drawing as it goes into pages: without what comes before it, comments and line breaks */
export function cleanLogo(svg: string): string {
  return svg
    .replace(/^\ufeff?\s*<\?xml[^<>]*\?>/, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\s+/g, ' ')
    .replace(/> </g, '><')
    .trim();
}

/**
 * @param svg as cleanLogo returns it
 * @returns what is wrong with it, if anything
 */
export function logoFault(svg: string): string | undefined {
  const bytes = Buffer.byteLength(svg);
  if (bytes > MAX_LOGO_BYTES)
    return `it has ${bytes} bytes without comments; ${MAX_LOGO_BYTES} are the limit`;
  if (!svg.startsWith('<svg')) return 'it is not an SVG: it does not begin with <svg';
  if (/[\p{Cc}\ufffd]/u.test(svg)) return 'it has control characters or is not UTF-8';
  const open: string[] = [];
  for (let at = 0; at < svg.length; ) {
    TEXT.lastIndex = TAG.lastIndex = at;
    const tag = TAG.exec(svg);
    const text = tag ? undefined : TEXT.exec(svg)?.[0];
    if (!tag && text === undefined) return `"${svg.slice(at, at + 30)}" is not allowed in it`;
    if (open.length === 0 && at > 0) return 'something follows its end';
    if (tag) {
      const fault = tagFault(tag, open);
      if (fault !== undefined) return fault;
    }
    at += tag?.[0].length ?? text?.length ?? 0;
  }
  return open.length > 0 ? `<${open.at(-1)}> is not closed` : undefined;
}

/** @param open names of the elements around it, which it changes */
function tagFault([, end, name = '', attributes = '', isEmpty]: RegExpExecArray, open: string[]) {
  if (!ELEMENTS.has(name)) return `<${name}> is not allowed in it`;
  if (end !== '') return open.pop() === name && attributes === '' ? undefined : `</${name}> closes nothing`;
  if (isEmpty === '') open.push(name);
  for (const [, attribute = '', double, single] of attributes.matchAll(ATTRIBUTE)) {
    const fault = attributeFault(attribute, double ?? single ?? '');
    if (fault) return fault;
  }
  return undefined;
}

function attributeFault(name: string, value: string): string | undefined {
  if (!ATTRIBUTES.has(name)) return `the attribute ${name} is not allowed in it`;
  if (name === 'xmlns') return value === SVG_NAMESPACE ? undefined : `its namespace is not ${SVG_NAMESPACE}`;
  if (name === 'href') return value.startsWith('#') ? undefined : 'it refers to something outside';
  // A reference within the drawing is all that a value may have in brackets, besides numbers and colours.
  const rest = value.replace(/url\(#[\w-]+\)/g, '');
  return /url|[\\@:;&]/i.test(rest) ? `the value of ${name} is not allowed in it` : undefined;
}
