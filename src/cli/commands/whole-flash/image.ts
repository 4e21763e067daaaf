// esp-portal image

import { PortalError } from '../../../errors.js';
import { shellWord } from '../../../input/shell-word.js';
import type { MergedImage } from '../../../operations/image.js';
import { defineCommand } from '../../command.js';
import { FLASH_OPTIONS } from '../../options/flash.js';
import { PORTAL_OPTIONS, portalOptions } from '../../options/portal.js';

const { main: _, ...OWN_PORTAL_OPTIONS } = PORTAL_OPTIONS;

const DEFAULT_FLASH_BYTES = 4 * 1024 * 1024;
/** The password of the portal's WiFi is in the file. */
const PRIVATE_MODE = 0o600;
const USUAL_MODE = 0o666;

export const imageCommand = defineCommand({
  name: 'image',
  isWithoutBoard: true,
  summary: 'Merge MicroPython, the portal and your program into one file for any flasher',
  details: [
    'The file has the firmware and, where it looks for its files, a filesystem with the portal, its settings and `--app`; between them is erased flash (0xff). It ends after the last block in use: the rest of the filesystem need not be erased. The same input gives the same bytes.',
    'The address to write it at, and the command for esptool, are printed. `flash --firmware FILE` writes it too, and verifies it.',
    'It is for boards with one size of flash, 4 MB unless `--flash-size` says otherwise: MicroPython finds the files on no other size. Builds and releases are chosen as by `flash`, for the chip that `--chip` names. With a virtual board in `--port` its firmware is used.',
    'An existing file is replaced once the new one is complete. With `--ap-password` only you can read it, because the password is in it.',
  ],
  options: {
    output: {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      complete: 'files',
      describe: 'The file to write',
    },
    chip: {
      type: 'string',
      requiresArg: true,
      defaultDescription: 'that of the firmware',
      describe: 'The chip, if --firmware names no file: esp8266, esp32, esp32s3, esp32c3 …',
    },
    firmware: FLASH_OPTIONS.firmware,
    'flash-size': {
      ...FLASH_OPTIONS['flash-size'],
      defaultDescription: '4M',
      describe: 'Size of the flash of the boards: 512K, 1M, 2M, 4M, 8M or 16M',
    },
    'allow-http': FLASH_OPTIONS['allow-http'],
    ...OWN_PORTAL_OPTIONS,
  },
  examples: [
    ['image -o lamp.bin --chip esp32 --app ./my-program --essid Lamp', 'for an ESP32 with 4 MB of flash'],
    ['image -o lamp.bin --chip esp32s3 --flash-size 16M --firmware 1.29.0', 'another chip, size and release'],
    ['image -o lamp.bin --port virtual:lamp', 'for a virtual board'],
  ],
  async run(args, context) {
    const { host, reporter, signal } = context;
    const { output } = args;
    if (output === undefined) {
      throw new PortalError('usage', 'image needs a file to write.', {
        next: 'esp-portal image --output lamp.bin --chip esp32',
      });
    }
    const { checkChipName, firmwareWithoutBoard } = await import(
      '../../../operations/firmware/firmware-without-board.js'
    );
    const { mergeImage, esptoolCommand } = await import('../../../operations/image.js');
    const { refuseSpecialFile, writeWholeFile } = await import('../../../input/write-whole-file.js');
    const { userFirmwareFolder } = await import('../../options/firmware-store.js');
    const { config, app } = await portalOptions({ ...args, main: 'keep' }, context);
    await refuseSpecialFile(output);
    const flashSizeBytes = args['flash-size'] ?? DEFAULT_FLASH_BYTES;
    const firmware = await firmwareWithoutBoard(args.firmware, {
      ...userFirmwareFolder(host),
      chip: checkChipName(args.chip),
      flashSizeBytes,
      portAddress: args.port,
      allowHttp: args['allow-http'],
      signal,
      onProgress: reporter.progress.bind(reporter),
    });
    const { bytes, ...image } = await mergeImage(firmware, { flashSizeBytes, config, app });
    const isPrivate = Boolean(config?.password);
    await writeWholeFile(output, [bytes], { mode: isPrivate ? PRIVATE_MODE : USUAL_MODE });
    const esptool = esptoolCommand(image, shellWord(output));
    return {
      fields: { file: output, fileBytes: bytes.length, ...image, esptool },
      lines: describeFile(output, { ...image, bytes, esptool, isPrivate }),
    };
  },
});

function describeFile(
  output: string,
  {
    version,
    chip,
    files,
    bytes,
    flashSizeBytes,
    address,
    esptool,
    isPrivate,
  }: MergedImage & { readonly esptool: string; readonly isPrivate: boolean },
): string[] {
  const size = (bytes.length / 1024 / 1024).toFixed(2);
  return [
    `${output} (${size} MB): MicroPython ${version} for an ${chip} with ${flashSizeBytes / 1024} KB of flash, and ${files.length} files. On another size of flash MicroPython would not find them.`,
    ...(isPrivate ? ['The password of its WiFi is in it: keep it private.'] : []),
    `Write it at address 0x${address.toString(16)}, after erasing the flash:`,
    `    ${esptool}`,
    'or, verified and started:',
    `    esp-portal flash --firmware ${shellWord(output)}`,
  ];
}
