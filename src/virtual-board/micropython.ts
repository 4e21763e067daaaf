// MicroPython as the firmware of a virtual board: joins the chip with the interpreter, the radio and the files.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PortNotice } from '../port/port.js';
import type { Firmware, FirmwareContext } from './chip-program.js';
import { complainOfFilesystem } from './corrupt-filesystem.js';
import { Interpreter } from './interpreter/interpreter.js';
import type { VirtualBoardOptions } from './options/address.js';
import type { AirNetwork } from './radio/air.js';
import { Radio } from './radio/radio.js';
import { FILES_FOLDER, SDK_FILE } from './state/board-folder.js';
import { mountFiles, storeFiles } from './state/files-in-flash.js';

/** A join takes about this long: scan of one channel, handshake, address. */
const REAL_JOIN_MS = 1000;

/** A phone that lost the access point scans for it and joins again. */
const REAL_REJOIN_MS = 1000;

function runInterpreter(
  { stateFolder, mac, filesystem, flash: _, ...context }: FirmwareContext,
  options: VirtualBoardOptions,
  air: readonly AirNetwork[],
  onNotice: (notice: PortNotice) => void,
): Interpreter {
  const { speed, flashSizeBytes, httpPort, dnsPort } = options;
  return new Interpreter({
    ...context,
    mac: [...mac],
    files: filesystem && {
      folder: join(stateFolder, FILES_FOLDER),
      capacityBytes: options.filesystemBytes ?? filesystem.sizeBytes,
      powerCutAtChange: options.powerCutAtChange,
    },
    radio: new Radio({
      chip: context.chip,
      air,
      mac: [...mac],
      sdkFile: join(stateFolder, SDK_FILE),
      joinMs: speed === 'max' ? 0 : REAL_JOIN_MS,
      rejoinMs: speed === 'max' ? 0 : REAL_REJOIN_MS,
    }),
    ...{ flashSizeBytes, httpPort, dnsPort, speed, onNotice },
  });
}

/**
 * @param air the networks around the board
 * @param onNotice called with the addresses of the board's servers
 */
export function microPython(
  options: VirtualBoardOptions,
  air: readonly AirNetwork[],
  onNotice: (notice: PortNotice) => void,
): Firmware {
  const run = (context: FirmwareContext): Interpreter => runInterpreter(context, options, air, onNotice);
  return {
    start: (context) => {
      const { filesystem, flash, stateFolder } = context;
      if (filesystem === undefined || mountFiles(flash, filesystem, join(stateFolder, FILES_FOLDER)))
        return run(context);
      return complainOfFilesystem({
        ...context,
        filesystem,
        startPrompt: () => run({ ...context, filesystem: undefined }),
      });
    },
    storeFiles: (flash, filesystem, stateFolder) =>
      storeFiles(flash, filesystem, join(stateFolder, FILES_FOLDER)),
    onFilesystemErased: (stateFolder) =>
      rmSync(join(stateFolder, FILES_FOLDER), { recursive: true, force: true }),
    onSdkParametersErased: (stateFolder) => rmSync(join(stateFolder, SDK_FILE), { force: true }),
  };
}
