// The portal's options and what they can be, without what installs them: the command line checks them as it is parsed.

export { checkConfig, type PortalConfig } from '../../portal/settings.js';
