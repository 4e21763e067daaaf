// The portal's options by their names on the command line.

import type { PortalConfig } from './settings.js';

/** In settings files and plans, too. */
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
