// What a plan calls the portal's settings: as the options of the command line.

import type { PortalConfig } from '../../../portal/config.js';

export const PORTAL_NAMES: Readonly<Record<keyof PortalConfig, string>> = {
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
