// Puts what the user chose into the pages of the portal: a title, a colour, a logo. The rest of the portal is as packed.

import type { BundleFile } from '../bundle.js';

export interface PageChoices {
  readonly title?: string | undefined;
  /** `#rrggbb`. */
  readonly accent?: string | undefined;
  /** An SVG, as cleanLogo returns it. */
  readonly logo?: string | undefined;
}

/** Begins every page, and is sent unchanged. */
const HEAD = 'head.html';
/** A template for str.format, with the heading. */
const FORM = 'index.html';

const DEFAULT_ACCENT = '#0b62d6';
const LOGO_STYLE = 'header{text-align:center;padding:1rem 1rem 0}header svg{max-width:80%;max-height:5rem}';

/** @throws Error where the pages of this package have another form than is known here */
export function choosePages(
  files: readonly BundleFile[],
  { title, accent, logo }: PageChoices,
): readonly BundleFile[] {
  if (title === undefined && accent === undefined && logo === undefined) return files;
  return files.map((file) => {
    if (file.path !== HEAD && file.path !== FORM) return file;
    let page = Buffer.from(file.bytes).toString('utf8');
    if (title !== undefined && file.path === FORM)
      page = replaced(page, /<h1>[^<]*<\/h1>/, `<h1>${escapeHtml(title).replace(/[{}]/g, '$&$&')}</h1>`);
    if (file.path === HEAD) {
      if (title !== undefined)
        page = replaced(page, /<title>[^<]*<\/title>/, `<title>${escapeHtml(title)}</title>`);
      if (accent !== undefined) page = replaced(page, DEFAULT_ACCENT, accent);
      if (logo !== undefined)
        page = replaced(page, '</style>\n', `${LOGO_STYLE}\n</style><header>${logo}</header>\n`);
    }
    return { ...file, bytes: Buffer.from(page) };
  });
}

function replaced(page: string, what: string | RegExp, by: string): string {
  const result = page.replace(what, () => by);
  if (result === page && !page.includes(by)) throw new Error(`a page of the portal has no ${what}`);
  return result;
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}
