// USB adapters of ESP8266 and ESP32 boards. Pure data: the vendors' own ids and drivers.

/** What sits between the USB cable and the chip. */
export interface Adapter {
  readonly name: string;
  /** The chips that boards with it carry. */
  readonly chips: string;
  /** Where its driver comes from, by operating system; those that are not here bring it along. */
  readonly driver: Partial<Readonly<Record<NodeJS.Platform, string>>>;
}

const ANY_CHIP = 'ESP8266 or ESP32';

const WCH_DRIVER = {
  win32: 'Windows Update installs the driver; otherwise install CH341SER from wch-ic.com.',
  linux: 'If the port disappears as soon as it appears, the braille service uses it: sudo apt remove brltty.',
};

const SILABS_DRIVER = { win32: 'Windows needs the "CP210x VCP" driver from silabs.com.' };

const FTDI_DRIVER = {
  win32: 'Windows Update installs the driver; otherwise see ftdichip.com.',
};

const ADAPTERS: Readonly<Record<string, Adapter>> = {
  '10c4:ea60': { name: 'CP210x', chips: ANY_CHIP, driver: SILABS_DRIVER },
  '1a86:7523': { name: 'CH340', chips: ANY_CHIP, driver: WCH_DRIVER },
  '1a86:5523': { name: 'CH341', chips: ANY_CHIP, driver: WCH_DRIVER },
  '1a86:55d4': { name: 'CH9102', chips: ANY_CHIP, driver: WCH_DRIVER },
  '0403:6001': { name: 'FTDI', chips: ANY_CHIP, driver: FTDI_DRIVER },
  '0403:6010': { name: 'FTDI', chips: ANY_CHIP, driver: FTDI_DRIVER },
  '0403:6011': { name: 'FTDI', chips: ANY_CHIP, driver: FTDI_DRIVER },
  '0403:6014': { name: 'FTDI', chips: ANY_CHIP, driver: FTDI_DRIVER },
  '0403:6015': { name: 'FTDI', chips: ANY_CHIP, driver: FTDI_DRIVER },
  '303a:1001': { name: 'USB-Serial/JTAG', chips: 'ESP32-C3, C6 or S3', driver: {} },
  '303a:0002': { name: 'USB of the chip', chips: 'ESP32-S2', driver: {} },
  '303a:1002': { name: 'Espressif bridge', chips: 'ESP32', driver: {} },
};

/** @param usbId vendor and product in hex, e.g. `1a86:7523`, in any case */
export function adapterOf(usbId: string): Adapter | undefined {
  return ADAPTERS[usbId.toLowerCase()];
}
