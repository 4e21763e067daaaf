// The portal in other languages: its pages and modules with the texts of src/portal/pages/languages.ts in place of the English
// ones. At build time, so that a board has one language and no table.
import { build } from 'rolldown';

/** Modules whose texts are shown on pages. The log stays English: what reads it knows these words. */
const MODULES = ['forms.py', 'index.py', 'pages.py', 'provisioning.py', 'templates.py', 'wifi_join.py'];
/** In wifi_join.py, why a join failed. In other languages a module has the words, and is loaded when it is needed. */
const REASON = /"(Could not connect: %s\.)" % (reason)/;

/** @returns {Promise<typeof import('../src/portal/pages/languages.ts')>} Node.js 20 runs no TypeScript */
export async function readLanguages() {
  const { output } = await build({ input: 'src/portal/pages/languages.ts', platform: 'node', write: false });
  return import(`data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`);
}

/**
 * @param {readonly { path: string, bytes: Uint8Array }[]} files the portal's sources
 * @returns {{ path: string, bytes: Uint8Array }[]} those that differ in this language
 */
export function translate(files, { TEXTS, REASONS }, language) {
  const texts = new Map(Object.entries(TEXTS).map(([english, others]) => [english, others[language]]));
  const translated = files.flatMap(({ path, bytes }) => {
    const source = Buffer.from(bytes).toString('utf8');
    const text = textIn(path, source, texts, language);
    return text === source ? [] : [{ path, bytes: Buffer.from(text) }];
  });
  return [...translated, { path: 'reasons.py', bytes: Buffer.from(reasonsModule(texts, REASONS, language)) }];
}

function textIn(path, source, texts, language) {
  if (path.endsWith('.html'))
    return translatePage(source, texts).replace('<html lang=en>', `<html lang=${language}>`);
  if (!MODULES.includes(path)) return source;
  if (path !== 'wifi_join.py') return translateLiterals(source, texts);
  if (!REASON.test(source))
    throw new Error('wifi_join.py does not say why a join failed as it is known here');
  return source.replace(REASON, 'load("reasons").sentence($2)');
}

/** Texts between tags, and values of attributes. */
function translatePage(page, texts) {
  return replaceAll(page, texts, (english) => `(?<=[>"=\n ])${english}(?=[<"\n>]|$)`);
}

/** Whole literals, and texts between the tags of a page in a literal. */
function translateLiterals(source, texts) {
  return replaceAll(source, texts, (english) => `(?<=")${english}(?=")|(?<=>)${english}(?=</a>)`);
}

/** The longest first: a short one may be a part of it. */
function replaceAll(source, texts, patternOf) {
  const longestFirst = [...texts.keys()].sort((one, other) => other.length - one.length);
  const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = new RegExp(longestFirst.map((text) => patternOf(escaped(text))).join('|'), 'g');
  return source.replace(pattern, (english) => texts.get(english));
}

function reasonsModule(texts, reasons, language) {
  const sentence = texts.get('Could not connect: %s.');
  const words = Object.entries(reasons).map(
    ([english, others]) => `        "${english}": "${others[language]}",\n`,
  );
  return `"""Says why a join failed, in the language of the pages; loaded only meanwhile."""


def sentence(reason):
    reasons = {
${words.join('')}    }
    return "${sentence}" % reasons.get(reason, reason)
`;
}
