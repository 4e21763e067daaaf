// USB devices of ESP8266 and ESP32 boards. Pure data: the vendors' own ids and drivers.

/**
 * What is at the other end of the USB cable. `uart-bridge`: an adapter chip with lines to EN and GPIO0.
 * `usb-serial-jtag`: a serial port in the chip itself, which resets it. `usb-cdc`: the port of the running program, which
 * goes when the program does. `usb-rom`: the ROM's own port, which waits for a flasher.
 */
export type UsbKind = 'uart-bridge' | 'usb-serial-jtag' | 'usb-cdc' | 'usb-rom';

/** A USB port of the chip itself, which may leave the bus when the chip restarts. */
export type NativeUsbKind = Exclude<UsbKind, 'uart-bridge'>;

/** What sits between the USB cable and the chip. */
export interface Adapter {
  readonly name: string;
  readonly kind: UsbKind;
  /** The chips that boards with it carry. */
  readonly chips: string;
  /** Where to get its driver, by operating system; others include it. */
  readonly driver: Partial<Readonly<Record<NodeJS.Platform, string>>>;
}

const ANY_CHIP = 'ESP8266 or ESP32';
const OTG_CHIPS = 'ESP32-S2, S3 or P4';

const WCH_DRIVER = {
  win32: 'Windows Update installs the driver; otherwise install CH341SER from wch-ic.com.',
  linux: 'If the port disappears as soon as it appears, the braille service uses it: sudo apt remove brltty.',
};

const SILABS_DRIVER = { win32: 'Windows needs the "CP210x VCP" driver from silabs.com.' };

const FTDI_DRIVER = {
  win32: 'Windows Update installs the driver; otherwise see ftdichip.com.',
};

const bridge = (name: string, driver: Adapter['driver']): Adapter => ({
  name,
  kind: 'uart-bridge',
  chips: ANY_CHIP,
  driver,
});
const FTDI = bridge('FTDI', FTDI_DRIVER);
const rom = (chips: string): Adapter => ({ name: 'USB of the ROM', kind: 'usb-rom', chips, driver: {} });
const cdc = (name: string, chips: string): Adapter => ({ name, kind: 'usb-cdc', chips, driver: {} });

/** The ids of native USB: https://github.com/espressif/usb-pids and the boards' own files in MicroPython. */
const ADAPTERS: Readonly<Record<string, Adapter>> = {
  '10c4:ea60': bridge('CP210x', SILABS_DRIVER),
  '1a86:7523': bridge('CH340', WCH_DRIVER),
  '1a86:5523': bridge('CH341', WCH_DRIVER),
  '1a86:55d4': bridge('CH9102', WCH_DRIVER),
  '0403:6001': FTDI,
  '0403:6010': FTDI,
  '0403:6011': FTDI,
  '0403:6014': FTDI,
  '0403:6015': FTDI,
  '303a:1002': bridge('Espressif bridge', {}),
  '303a:1001': {
    name: 'USB-Serial/JTAG',
    kind: 'usb-serial-jtag',
    chips: 'ESP32-C3, C5, C6, C61, H2, P4 or S3',
    driver: {},
  },
  '303a:0002': rom('ESP32-S2'),
  '303a:0009': rom('ESP32-S3'),
  '303a:0012': rom('ESP32-P4'),
  '303a:4001': cdc('USB of MicroPython', OTG_CHIPS),
  '2341:056b': cdc('Arduino Nano ESP32', 'ESP32-S3'),
};

/** Vendors whose devices are all ESP boards: Espressif, and makers with their own ids. */
const VENDORS: Readonly<Record<string, Adapter>> = {
  '303a': cdc('USB of the program', OTG_CHIPS),
  '239a': cdc('Adafruit board', 'ESP32-S2 or S3, if it has an ESP chip'),
};

/** @param usbId vendor and product in hex, e.g. `1a86:7523`, in any case */
export function adapterOf(usbId: string): Adapter | undefined {
  const id = usbId.toLowerCase();
  return ADAPTERS[id] ?? VENDORS[id.slice(0, 4)];
}
