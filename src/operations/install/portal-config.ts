// The portal's options and what they can be, without what installs them: the command line checks them as it is parsed.

export { checkConfig, type PortalConfig } from '../../portal/config.js';
export { FieldFault, parseFields } from '../../portal/fields.js';
export { LANGUAGES } from '../../portal/pages/languages.js';
export { cleanLogo } from '../../portal/pages/logo.js';
