// What the tests of the documentation read from Markdown pages: files, headings, links and code.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every page that people read, relative to the root of the project. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export function readPage(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

export interface CodeBlock {
  readonly language: string;
  readonly lines: readonly string[];
}

export function codeBlocks(page: string): CodeBlock[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = '', text = '']) => ({
    language,
    lines: text.trimEnd().split('\n'),
  }));
}

/** The page without its code blocks. */
function prose(page: string): string {
  return page.replace(/^```[\s\S]*?^```/gm, '');
}

/** Targets of links and images. */
export function linkTargets(page: string): string[] {
  const inline = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)];
  const images = [...prose(page).matchAll(/\b(?:src|href)="([^"]+)"/g)];
  return [...inline, ...images].map(([, target = '']) => target);
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchors(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
  return new Set(
    headings.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** Commands in `sh` and `console` blocks and in code spans, such as `esp-portal flash --erase`. */
export function shownCommands(page: string): string[] {
  const blocks = codeBlocks(page).flatMap(({ language, lines }) => {
    if (language === 'sh') return lines;
    return lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
  });
  const spans = [...prose(page).matchAll(/`((?:esp-portal|npm run) [^`]+)`/g)].map(([, text = '']) => text);
  return [...blocks, ...spans].flatMap((line) => line.split(' && ')).map((line) => line.trim());
}
