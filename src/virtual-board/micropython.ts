// MicroPython as the firmware of a virtual board: joins the chip with the interpreter, the radio and the files.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PortNotice } from '../serial/port.js';
import { filesystemBytes } from './flash-watch.js';
import { Interpreter } from './interpreter/interpreter.js';
import type { VirtualBoardOptions } from './options.js';
import type { Firmware } from './program.js';
import { DEFAULT_AIR, readAir } from './radio/air.js';
import { Radio } from './radio/radio.js';

/** A join takes about this long: scan of one channel, handshake, address. */
const REAL_JOIN_MS = 1000;

/** In a board's state folder. */
const FILES = 'files';
const SDK_MEMORY = 'sdk.json';

/**
 * @param onNotice told where the board's servers can be reached
 * @throws PortalError `usage` when the file with the networks makes no sense
 */
export function microPython(options: VirtualBoardOptions, onNotice: (notice: PortNotice) => void): Firmware {
  const { speed, flashSizeBytes, httpPort, dnsPort } = options;
  const air = options.airFile === undefined ? DEFAULT_AIR : readAir(options.airFile);
  const roomForFiles = filesystemBytes(flashSizeBytes);
  return {
    start: ({ stateFolder, mac, ...context }) =>
      new Interpreter({
        ...context,
        mac: [...mac],
        files:
          roomForFiles === undefined
            ? undefined
            : { folder: join(stateFolder, FILES), capacityBytes: options.filesystemBytes ?? roomForFiles },
        flashSizeBytes,
        radio: new Radio({
          air,
          mac: [...mac],
          sdkFile: join(stateFolder, SDK_MEMORY),
          joinMs: speed === 'real' ? REAL_JOIN_MS : 0,
        }),
        httpPort,
        dnsPort,
        speed,
        onNotice,
      }),
    onFilesystemErased: (stateFolder) => rmSync(join(stateFolder, FILES), { recursive: true, force: true }),
    onSdkParametersErased: (stateFolder) => rmSync(join(stateFolder, SDK_MEMORY), { force: true }),
  };
}
