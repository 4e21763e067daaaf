// A Port to a virtual board in this process, for operations on many boards without a process for each.

import type { OpenPortOptions } from '../../src/port/open.js';
import type { Port } from '../../src/port/port.js';
import { openStreamPort } from '../../src/port/stream-port.js';
import { virtualBinding } from '../../src/virtual-board/binding.js';
import { fakeFirmware } from './fake-firmware.js';

interface BoardOptions extends Pick<OpenPortOptions, 'onTraffic'> {
  readonly stateRoot: string;
  /** The cable is unplugged after that many bytes from the host. */
  readonly unplugAfterBytes?: number | undefined;
}

/** Gives power to an ESP8266 with 4 MB whose firmware prints a banner. */
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
    firmware: fakeFirmware(' on 2025-12-09; ESP module with ESP8266'),
  });
  return openStreamPort({
    ...{ name: 'test', path: 'test', baudRate: 115200, binding, onNotice: () => {} },
    ...options,
  });
}
