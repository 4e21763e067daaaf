// A Port to a virtual board in this process, for operations on many boards without a process for each.

import type { OpenPortOptions } from '../../src/port/open.js';
import type { Port } from '../../src/port/port.js';
import { openStreamPort } from '../../src/port/stream-port.js';
import { virtualBinding } from '../../src/virtual-board/binding.js';
import type { Firmware } from '../../src/virtual-board/chip-program.js';
import { ScriptedBoard } from './scripted-board.js';

/** What the firmware of these boards reports as its build. */
export const BUILD = 'ESP8266_GENERIC';

interface BoardOptions extends Pick<OpenPortOptions, 'onTraffic'> {
  readonly stateRoot: string;
  /** The cable is unplugged after that many bytes from the host. */
  readonly unplugAfterBytes?: number | undefined;
}

/** As much of MicroPython as flash needs: its banner, and a REPL that answers the question for its build. */
const MICROPYTHON: Firmware = {
  start({ version, uart }) {
    const repl = new ScriptedBoard(() => `${BUILD}\r\n\x04`, 'R\x01', 128);
    repl.port.send = (bytes) => uart.transmit(Buffer.from(bytes));
    uart.transmit(Buffer.from(`MicroPython v${version} on 2025-12-09; ESP module with ESP8266\r\n>>> `));
    return { receive: (bytes) => void repl.port.write(bytes), stop: async () => {} };
  },
};

/** Gives power to an ESP8266 with 4 MB. */
export function openBoard({ stateRoot, unplugAfterBytes, ...options }: BoardOptions): Promise<Port> {
  const binding = virtualBinding({
    board: {
      name: 'test',
      chip: 'esp8266',
      security: 'error',
      preset: undefined,
      flashSizeBytes: 4 * 1024 * 1024,
      speed: 'max',
      unplugAfterBytes,
    },
    stateRoot,
    firmware: MICROPYTHON,
  });
  return openStreamPort({
    ...{ name: 'test', path: 'test', baudRate: 115200, binding, onNotice: () => {} },
    ...options,
  });
}
