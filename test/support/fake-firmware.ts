// Stands for the interpreter at the seam where the board starts what is flashed: a banner and an echo.
import type { Firmware, FirmwareContext } from '../../src/virtual-board/chip-program.js';

export interface FakeFirmware extends Firmware {
  /** Every start so far. */
  readonly starts: FirmwareContext[];
  /** How often each was told. */
  readonly erased: { filesystem: number; sdkParameters: number };
  stops: number;
}

export function fakeFirmware(): FakeFirmware {
  const fake: FakeFirmware = {
    starts: [],
    erased: { filesystem: 0, sdkParameters: 0 },
    stops: 0,
    start(context) {
      fake.starts.push(context);
      context.uart.transmit(new TextEncoder().encode(`MicroPython v${context.version}\r\n>>> `));
      return {
        receive: (bytes) => context.uart.transmit(bytes),
        stop: async () => {
          fake.stops++;
          context.uart.transmit(new TextEncoder().encode('from the grave'));
        },
      };
    },
    onFilesystemErased: () => {
      fake.erased.filesystem++;
    },
    onSdkParametersErased: () => {
      fake.erased.sdkParameters++;
    },
  };
  return fake;
}
