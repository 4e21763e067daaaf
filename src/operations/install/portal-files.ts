// The files of the portal for one board, as its settings choose them. Uses no port.

import {
  type BundleForm,
  inLanguage,
  neededFiles,
  type PortalBundle,
  withFields,
} from '../../portal/bundle.js';
import { FIELDS_FILE, fieldsFile } from '../../portal/fields.js';
import { choosePages } from '../../portal/pages/choose-pages.js';
import { mdnsNameOf, pageSettings, type Settings } from '../../portal/settings.js';

/**
 * The portal in the language and with the pages that are set.
 * @param platform of the board, `sys.platform`
 */
export async function portalFor(
  files: PortalBundle[BundleForm],
  form: BundleForm,
  settings: Settings = new Map(),
  platform = '',
): Promise<PortalBundle[BundleForm]> {
  const { language, asksAddress, ...pages } = pageSettings(settings);
  const choices = { ...pages, mdnsName: mdnsNameOf(settings, platform) };
  const chosen = choosePages(await inLanguage(neededFiles(files, settings), form, language), choices);
  if (!pages.fields) return chosen;
  const description = { path: FIELDS_FILE, bytes: fieldsFile(pages.fields) };
  return [...(await withFields(chosen, form, { language, asksAddress })), description];
}
