// A virtual board's address → the binding behind which it sits.

import type { BindingInterface } from '@serialport/bindings-interface';
import type { PortNotice } from '../serial/port.js';

export function virtualBoard(
  _address: string,
  _onNotice: (notice: PortNotice) => void,
): { binding: BindingInterface; ownFirmware: Uint8Array } {
  throw new Error('not wired yet');
}
