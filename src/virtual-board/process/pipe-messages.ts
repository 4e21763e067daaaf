// Messages between the port of a virtual board and the board's process. Types only.

import type { PortNotice } from '../../port/port.js';
import type { InstalledRuntime } from '../interpreter/runtime/runtimes.js';
import type { AirNetwork } from '../radio/air.js';
import type { UsbDevice } from '../usb/bus-presence.js';

/** Calls on an open port; bytes to write follow the message. */
export type BoardCall =
  | {
      readonly kind: 'open';
      /** `virtual:[name][?option=value&…]` */
      readonly address: string;
      readonly air: readonly AirNetwork[];
      readonly stateRoot: string;
      /** Found by the opener, because the board's process has no access. */
      readonly runtimes: readonly InstalledRuntime[];
      /** The process for which it is opened, named as the owner to a second opener. */
      readonly openedBy: number;
      readonly baudRate: number;
      readonly hupcl: boolean;
    }
  | { readonly kind: 'update'; readonly baudRate: number }
  | { readonly kind: 'set'; readonly dtr: boolean; readonly rts: boolean }
  | { readonly kind: 'write' | 'flush' | 'drain' | 'close' };

export type ToBoard = BoardCall & { readonly id: number };

/** An error of the binding, with the properties that programs read. */
export interface BoardError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly processId?: number | undefined;
}

/** Received bytes follow the message. */
export type FromBoard =
  | { readonly kind: 'received' }
  /** What is on the bus of a board that is attached by the chip's own USB port. */
  | { readonly kind: 'usb'; readonly device?: UsbDevice | undefined }
  | { readonly kind: 'notice'; readonly notice: PortNotice }
  | { readonly kind: 'lost'; readonly error: BoardError }
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'failed'; readonly id: number; readonly error: BoardError };
