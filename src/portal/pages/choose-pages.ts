// Puts what the user chose into the pages of the portal: a title, a colour, a logo, fields. The rest of the portal is as packed.

import type { BundleFile } from '../bundle.js';
import type { PortalField } from '../fields.js';
import { escapeHtml, escapeTemplate } from './escape.js';
import { fieldsHtml } from './field-html.js';

export interface PageChoices {
  readonly title?: string | undefined;
  /** `#rrggbb`. */
  readonly accent?: string | undefined;
  /** An SVG, as cleanLogo returns it. */
  readonly logo?: string | undefined;
  readonly fields?: readonly PortalField[] | undefined;
  /** Of the board on its network. */
  readonly mdnsName?: string | undefined;
}

/** Begins every page, and is sent unchanged. */
const HEAD = 'head.html';
/** A template for str.format, with the heading. */
const FORM = 'index.html';
/** A template with the address that the board has. */
const CONNECTED = 'connected.html';

const DEFAULT_ACCENT = '#0b62d6';
const FIELDS_STYLE =
  'select{font:inherit;background:Field;color:FieldText}label[for^=f],small{display:block}label[for^=f],summary{margin-top:.5rem}';
const LOGO_STYLE = 'header{text-align:center;padding:1rem 1rem 0}header svg{max-width:80%;max-height:5rem}';

/** @throws Error where the pages of this package have another form than is known here */
export function choosePages(files: readonly BundleFile[], choices: PageChoices): readonly BundleFile[] {
  if (Object.values(choices).every((choice) => choice === undefined)) return files;
  return files.map((file) => {
    const choose = CHOSEN.get(file.path);
    if (!choose) return file;
    return { ...file, bytes: Buffer.from(choose(Buffer.from(file.bytes).toString('utf8'), choices)) };
  });
}

const CHOSEN: ReadonlyMap<string, (page: string, choices: PageChoices) => string> = new Map([
  [HEAD, chooseHead],
  [FORM, chooseForm],
  [CONNECTED, chooseConnected],
]);

function chooseConnected(page: string, { mdnsName }: PageChoices): string {
  return mdnsName === undefined ? page : replaced(page, '</p>', `<br><b>${mdnsName}</b></p>`);
}

function chooseForm(form: string, { title, fields }: PageChoices): string {
  let page = form;
  if (title !== undefined) page = replaced(page, /<h1>[^<]*<\/h1>/, `<h1>${escapeTemplate(title)}</h1>`);
  if (fields !== undefined) {
    page = replaced(page, /^<button>/m, `${fieldsHtml(fields)}<button>`);
    // A network is forgotten whatever the fields contain.
    page = replaced(page, ' formaction=/forget', ' formnovalidate formaction=/forget');
  }
  return page;
}

function chooseHead(head: string, { title, accent, logo, fields }: PageChoices): string {
  let page = head;
  if (title !== undefined)
    page = replaced(page, /<title>[^<]*<\/title>/, `<title>${escapeHtml(title)}</title>`);
  if (accent !== undefined) page = replaced(page, DEFAULT_ACCENT, accent);
  if (fields !== undefined) page = replaced(page, '</style>\n', `${FIELDS_STYLE}\n</style>\n`);
  if (logo !== undefined)
    page = replaced(page, '</style>\n', `${LOGO_STYLE}\n</style><header>${logo}</header>\n`);
  return page;
}

function replaced(page: string, what: string | RegExp, by: string): string {
  const result = page.replace(what, () => by);
  if (result === page && !page.includes(by)) throw new Error(`a page of the portal has no ${what}`);
  return result;
}
