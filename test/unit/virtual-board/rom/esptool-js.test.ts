// The independent reference: esptool-js finds a chip that behaves like an ESP8266.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import type { ESPLoader } from 'esptool-js';
import { expect, it } from 'vitest';
import { CHIPS } from '../../../../src/virtual-board/chips/chips.js';
import { generateFirmware } from '../../../../src/virtual-board/chips/esp8266-image.js';
import { boardMac } from '../../../../src/virtual-board/chips/mac.js';
import { NO_FAULTS } from '../../../../src/virtual-board/options/faults.js';
import { fakeFirmware } from '../../../support/fake-firmware.js';
import { connectLoader } from '../../../support/loader-transport.js';
import {
  flashPath,
  openStream,
  readUntil,
  setBaudRate,
  setLines,
  temporaryFolder,
} from '../../../support/virtual-port.js';

const IMAGE = generateFirmware({ version: '1.27.0', date: '2025-12-09' });

async function writeCompressed(loader: ESPLoader, data: Uint8Array, address: number): Promise<void> {
  const compressed = deflateSync(data, { level: 9 });
  await loader.flashDeflBegin(data.length, compressed.length, address);
  for (let seq = 0; seq * loader.FLASH_WRITE_SIZE < compressed.length; seq++) {
    const block = compressed.subarray(seq * loader.FLASH_WRITE_SIZE, (seq + 1) * loader.FLASH_WRITE_SIZE);
    await loader.flashDeflBlock(block, seq, 3000);
  }
  await loader.flashDeflFinish(false, 3000);
}

const md5 = (data: Uint8Array): string => createHash('md5').update(data).digest('hex');

it('connects by the reset lines, identifies chip, MAC and crystal, loads its stub and finds 4 MB of flash', async () => {
  const stream = await openStream({ stateRoot: temporaryFolder() });
  const { loader } = await connectLoader(stream);

  expect(loader.chip.CHIP_NAME).toBe('ESP8266');
  expect(await loader.chip.getChipDescription(loader)).toBe('ESP8266EX');
  expect(await loader.chip.readMac(loader)).toBe(
    Array.from(boardMac('test', CHIPS.esp8266.macVendor), (byte) => byte.toString(16).padStart(2, '0')).join(
      ':',
    ),
  );
  expect(await loader.chip.getCrystalFreq(loader)).toBe(26);
  await loader.runStub();
  expect(loader.IS_STUB).toBe(true);
  expect(await loader.readFlashId()).toBe(0x1640ef);
  expect(await loader.detectFlashSize()).toBe('4MB');
});

it('reads both status registers of the flash, and lifts its protection', async () => {
  const faults = { ...NO_FAULTS, flashFault: 'protected' as const };
  const stateRoot = temporaryFolder();
  const { loader } = await connectLoader(await openStream({ stateRoot, faults }));
  await loader.runStub();
  const NOTHING = new Uint8Array(0);
  const status = async () => [
    await loader.runSpiflashCommand(0x05, NOTHING, 8),
    await loader.runSpiflashCommand(0x35, NOTHING, 8),
  ];
  expect(await status()).toEqual([0b11100, 0b10]);
  await loader.runSpiflashCommand(0x01, Uint8Array.of(0, 2), 0); // without leave: nothing happens
  expect(await status()).toEqual([0b11100, 0b10]);
  await loader.runSpiflashCommand(0x06, NOTHING, 0);
  await loader.runSpiflashCommand(0x01, Uint8Array.of(0, 2), 0);
  expect(await status()).toEqual([0, 0b10]);
  await writeCompressed(loader, IMAGE, 0);
  expect(readFileSync(flashPath(stateRoot)).subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);
});

it('writes an image at 460800 baud that the board then boots', async () => {
  const stateRoot = temporaryFolder();
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot, firmware });
  const { loader } = await connectLoader(stream, 460800);
  await loader.runStub();
  await loader.changeBaud();
  expect(stream.baudRate).toBe(460800);

  await writeCompressed(loader, IMAGE, 0);
  expect(await loader.flashMd5sum(0, IMAGE.length)).toBe(md5(IMAGE));
  expect(readFileSync(flashPath(stateRoot)).subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);
  expect(firmware.starts).toHaveLength(0);

  await setBaudRate(stream, 115200);
  const prompt = readUntil(stream, '>>> ');
  await setLines(stream, false, true);
  await setLines(stream, false, false);
  expect(await prompt).toContain('MicroPython v1.27.0');
  expect(firmware.starts.map(({ version, resetCause }) => ({ version, resetCause }))).toEqual([
    { version: '1.27.0', resetCause: 6 },
  ]);
});

it('reads back, erases a region and erases the chip', async () => {
  const stateRoot = temporaryFolder();
  const { loader } = await connectLoader(await openStream({ stateRoot }));
  await loader.runStub();
  const data = randomBytes(20_000);
  await writeCompressed(loader, data, 0x10000);

  expect(Buffer.from(await loader.readFlash(0x10000, data.length)).equals(data)).toBe(true);
  await loader.checkCommand('erase region', 0xd1, words(0x11000, 0x1000));
  const expected = Buffer.from(data);
  expected.fill(0xff, 0x1000, 0x2000);
  expect(Buffer.from(await loader.readFlash(0x10000, data.length)).equals(expected)).toBe(true);
  await loader.eraseFlash();
  expect(readFileSync(flashPath(stateRoot))).toHaveLength(0);
  expect(await loader.flashMd5sum(0, 4 * 1024 * 1024)).toBe(md5(new Uint8Array(4 * 1024 * 1024).fill(0xff)));
});

it('writes through the ROM loader alone', async () => {
  const stateRoot = temporaryFolder();
  const { loader } = await connectLoader(await openStream({ stateRoot }));
  const data = randomBytes(loader.FLASH_WRITE_SIZE);
  await loader.flashBegin(data.length, 0x20000);
  await loader.flashBlock(data, 0, 3000);
  expect(readFileSync(flashPath(stateRoot)).subarray(0x20000).equals(data)).toBe(true);
});

it('boots the flash when a flasher leaves the stub for user code', async () => {
  const stateRoot = temporaryFolder();
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot, firmware });
  const { loader } = await connectLoader(stream);
  await loader.runStub();
  await writeCompressed(loader, IMAGE, 0);
  const prompt = readUntil(stream, '>>> ');
  await loader.after('soft_reset');
  expect(await prompt).toContain('MicroPython v1.27.0');
});

it('comes back as the ROM loader when the stub restarts a chip that is strapped for download', async () => {
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot: temporaryFolder(), firmware });
  const { loader } = await connectLoader(stream);
  await loader.runStub();
  await loader.softReset(true);
  await loader.connect('no_reset', 2, false);
  const [value] = await loader.sync();
  expect(value, 'the stub answers 0').toBe(0x20120707);
  expect(firmware.starts).toHaveLength(0);
});

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
