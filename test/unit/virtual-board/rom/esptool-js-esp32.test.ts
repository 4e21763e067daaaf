// The independent reference: esptool-js finds a chip that behaves like an ESP32.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { CHIPS } from '../../../../src/virtual-board/chips/chips.js';
import { boardMac } from '../../../../src/virtual-board/chips/mac.js';
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

const IMAGE = CHIPS.esp32.generateFirmware({ version: '1.27.0', date: '2025-12-09' });
const md5 = (data: Uint8Array): string => createHash('md5').update(data).digest('hex');

it('identifies chip, revision, MAC and crystal, loads its stub and finds its flash', async () => {
  const stream = await openStream({ stateRoot: temporaryFolder(), chip: 'esp32', flashSizeBytes: 8 << 20 });
  const { loader } = await connectLoader(stream);

  expect(loader.chip.CHIP_NAME).toBe('ESP32');
  expect(await loader.chip.getChipDescription(loader)).toBe('ESP32-D0WD-V3 (revision 3)');
  expect(await loader.chip.readMac(loader)).toBe(
    Buffer.from(boardMac('test', CHIPS.esp32.macVendor))
      .toString('hex')
      .replace(/..(?=.)/g, '$&:'),
  );
  expect(await loader.chip.getCrystalFreq(loader)).toBe(40);
  await loader.runStub();
  expect(loader.IS_STUB).toBe(true);
  expect(await loader.readFlashId()).toBe(0x1740ef);
  expect(await loader.detectFlashSize()).toBe('8MB');
});

it('is flashed with the whole of a main program of esptool-js, and boots', async () => {
  const stateRoot = temporaryFolder();
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot, firmware, chip: 'esp32' });
  const { loader } = await connectLoader(stream, 460800);
  await loader.runStub();
  await loader.changeBaud();
  await loader.writeFlash({
    fileArray: [{ data: IMAGE, address: 0x1000 }],
    flashMode: 'keep',
    flashFreq: 'keep',
    flashSize: 'keep',
    eraseAll: true,
    compress: true,
    calculateMD5Hash: md5,
  });
  expect(await loader.flashMd5sum(0x1000, IMAGE.length)).toBe(md5(IMAGE));
  expect(readFileSync(flashPath(stateRoot)).subarray(0x1000).equals(IMAGE)).toBe(true);

  await setBaudRate(stream, 115200);
  const prompt = readUntil(stream, '>>> ');
  await setLines(stream, false, true);
  await setLines(stream, false, false);
  expect(await prompt).toContain('MicroPython v1.27.0');
  expect(firmware.starts[0]).toMatchObject({ chip: 'esp32', version: '1.27.0' });
});

it('writes through its ROM loader alone: plain, compressed, at another rate, with digests in hex', async () => {
  const stateRoot = temporaryFolder();
  const stream = await openStream({ stateRoot, chip: 'esp32' });
  const { loader, transport } = await connectLoader(stream, 230400);
  const data = randomBytes(2 * loader.FLASH_WRITE_SIZE);

  await expect(loader.flashBegin(data.length, 0x20000), 'its flash is not attached').rejects.toThrow(
    'enter Flash download mode failed',
  );
  await loader.flashSpiAttach(0);
  await loader.flashBegin(data.length, 0x20000);
  await loader.flashBlock(data.subarray(0, loader.FLASH_WRITE_SIZE), 0, 3000);
  await loader.flashBlock(data.subarray(loader.FLASH_WRITE_SIZE), 1, 3000);

  await loader.changeBaud();
  expect(transport.baudrate).toBe(230400);
  const compressed = deflateSync(data);
  await loader.flashDeflBegin(data.length, compressed.length, 0x31000);
  for (let seq = 0; seq * 0x400 < compressed.length; seq++) {
    await loader.flashDeflBlock(compressed.subarray(seq * 0x400, (seq + 1) * 0x400), seq, 3000);
  }

  const flash = readFileSync(flashPath(stateRoot));
  expect(flash.subarray(0x20000, 0x20000 + data.length).equals(data)).toBe(true);
  expect(flash.subarray(0x31000).equals(data)).toBe(true);
  const digest = await loader.checkCommand('md5', 0x13, words(0x31000, data.length, 0, 0), 0, 32);
  expect(Buffer.from(digest as Uint8Array).toString('latin1')).toBe(md5(data));
});

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
