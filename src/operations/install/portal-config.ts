// The portal's options and what they can be, without what installs them: the command line checks them as it is parsed.

import type { PortalConfig } from '../../portal/settings.js';

export { FieldFault, parseFields } from '../../portal/fields.js';
export { LANGUAGES } from '../../portal/pages/languages.js';
export { cleanLogo } from '../../portal/pages/logo.js';
export { checkConfig, type PortalConfig } from '../../portal/settings.js';

/** What they are called on the command line and in files. */
export const PORTAL_OPTION_NAMES: Readonly<Record<keyof PortalConfig, string>> = {
  essid: 'essid',
  password: 'ap-password',
  ap_ip: 'ap-ip',
  hostname: 'hostname',
  country: 'country',
  timeout_s: 'portal-timeout',
  button: 'portal-button',
  static_ip: 'static-ip',
  language: 'language',
  title: 'title',
  accent: 'accent',
  logo: 'logo',
  fields: 'field',
};
