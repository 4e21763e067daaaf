// serialport's types for bindings. @serialport/bindings-interface does not show its types to ES modules, so they are
// read off the stream that takes a binding.

import type { SerialPortStream } from '@serialport/stream';

export type BindingPort = NonNullable<SerialPortStream['port']>;
export type AllOpenOptions = BindingPort['openOptions'];
export type OpenOptions = Pick<AllOpenOptions, 'path' | 'baudRate'> & Partial<AllOpenOptions>;
export type SetOptions = Parameters<BindingPort['set']>[0];
export type UpdateOptions = Parameters<BindingPort['update']>[0];
export type PortStatus = Awaited<ReturnType<BindingPort['get']>>;

/** What carries the bytes of a `SerialPortStream`. */
export interface Binding {
  /** Of the network to an open port; absent without one. */
  readonly roundTripMs?: number;
  list(): Promise<PortInfo[]>;
  open(options: OpenOptions): Promise<BindingPort>;
}

interface PortInfo {
  path: string;
  manufacturer: string | undefined;
  serialNumber: string | undefined;
  pnpId: string | undefined;
  locationId: string | undefined;
  productId: string | undefined;
  vendorId: string | undefined;
}

/** Eight data bits, no parity, no flow control, as on every board. */
export const OPEN_DEFAULTS: AllOpenOptions = {
  path: '',
  baudRate: 0,
  dataBits: 8,
  lock: true,
  stopBits: 1,
  parity: 'none',
  rtscts: false,
  xon: false,
  xoff: false,
  xany: false,
  hupcl: true,
};
