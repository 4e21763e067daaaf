// What loaders answer to flashers that misbehave. Raw frames over the port, so that nothing is corrected on the way.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { esp8266ErasedSectors } from '../../../../src/virtual-board/rom/rom-loader.js';
import { fakeFirmware } from '../../../support/fake-firmware.js';
import { connectLoader } from '../../../support/loader-transport.js';
import {
  ESP32_OK,
  esp32Rom,
  OK,
  RawFlasher,
  rom,
  SYNC,
  stub,
  words,
  xor,
} from '../../../support/raw-flasher.js';
import { enterDownloadMode, flashPath, openStream, temporaryFolder } from '../../../support/virtual-port.js';

describe('ROM loader', () => {
  it('answers a command that it does not know with error 5 in the answer of the one before', async () => {
    const flasher = await rom();
    expect(await flasher.ask(0x0a, words(0x40001000))).toEqual({ op: 0x0a, value: 0xfff0c101, data: OK });
    expect(await flasher.ask(0x14, words())).toEqual({ op: 0x0a, value: 0xfff0c101, data: [1, 5] });
    expect((await flasher.ask(0x0a, words(0x3ff00050))).data).toEqual(OK);
  });

  it.each([
    ['GET_SECURITY_INFO', 0x14],
    ['READ_FLASH, which only stubs know', 0xd2],
  ])('ignores %s with security=silence, and continues', async (_, op) => {
    const flasher = await rom({ security: 'silence' });
    flasher.send(op, words());
    expect(await flasher.ask(0x0a, words(0x40001000))).toMatchObject({ op: 0x0a, value: 0xfff0c101 });
  });

  it('restarts on GET_SECURITY_INFO where it is built to, and is found again', async () => {
    const stream = await openStream({ stateRoot: temporaryFolder(), security: 'reset' });
    await enterDownloadMode(stream);
    const flasher = new RawFlasher(stream);
    await flasher.ask(0x0a, words(0x40001000));
    const bootText = once(stream, 'data'); // as garbage: the ROM speaks at 74880 baud again
    flasher.send(0x14, words());
    await bootText;
    flasher.send(0x08, SYNC);
    expect(await flasher.reply()).toEqual({ op: 0x08, value: 0x20120707, data: OK });
  });

  it('writes blocks as they come, so that a repeated one shifts the rest, and none before a BEGIN', async () => {
    const stateRoot = temporaryFolder();
    const flasher = await rom({ stateRoot });
    const [first, second] = [randomBytes(64), randomBytes(64)];
    expect((await flasher.askBlock(0x03, first, 0)).data).toEqual([1, 6]);
    await flasher.ask(0x02, words(0x1000, 3, 64, 0x5000));
    expect((await flasher.askBlock(0x03, first, 1)).data).toEqual(OK);
    expect((await flasher.askBlock(0x03, first, 1, 0)).data, 'wrong checksum').toEqual([1, 7]);
    expect((await flasher.askBlock(0x03, first, 1)).data).toEqual(OK);
    expect((await flasher.askBlock(0x03, second, 0)).data).toEqual(OK);
    const flash = readFileSync(flashPath(stateRoot)).subarray(0x5000);
    expect(flash.equals(Buffer.concat([first, first, second]))).toBe(true);
  });

  it('refuses a block with a wrong checksum and takes the right one after it', async () => {
    const flasher = await rom();
    const block = randomBytes(64);
    await flasher.ask(0x05, words(64, 1, 64, 0x40100000));
    expect((await flasher.askBlock(0x07, block, 0, xor(block) ^ 1)).data).toEqual([1, 7]);
    expect((await flasher.askBlock(0x07, block, 0)).data).toEqual(OK);
    expect((await flasher.ask(0x0a, words(0x40100004))).value).toBe(block.readUInt32LE(4));
  });

  it('stops when it has to run a program that was not uploaded', async () => {
    const stream = await openStream({ stateRoot: temporaryFolder() });
    await enterDownloadMode(stream);
    const flasher = new RawFlasher(stream);
    expect((await flasher.ask(0x06, words(0, 0x4010e004))).data).toEqual(OK);
    flasher.send(0x08, SYNC);
    const answered = await Promise.race([
      flasher.frame().then(() => true),
      new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(false)))),
    ]);
    expect(answered).toBe(false);
  });

  it('erases the sectors up to the next 64 KB boundary twice, as flashers allow for', () => {
    expect(esp8266ErasedSectors(0, 134)).toBe(150); // esptool asks for 134 to have 150
    expect(esp8266ErasedSectors(0, 3)).toBe(6);
    expect(esp8266ErasedSectors(20, 40)).toBe(52);
  });

  it('ignores frames that are no requests', async () => {
    const flasher = await rom();
    flasher.sendFrame(Uint8Array.of(1, 2, 3));
    flasher.sendFrame(Uint8Array.of(0, 0x0a, 9, 0, 0, 0, 0, 0, 1, 2, 3, 4)); // says 9 bytes, has 4
    expect(await flasher.ask(0x0a, words(0x40001000))).toMatchObject({ op: 0x0a, value: 0xfff0c101 });
  });
});

describe('ROM loader of the ESP32', () => {
  it('closes every answer with four bytes of status, that to an unknown command too', async () => {
    const flasher = await esp32Rom();
    expect(await flasher.ask(0x0a, words(0x40001000))).toEqual({
      op: 0x0a,
      value: 0x00f01d83,
      data: ESP32_OK,
    });
    expect(await flasher.ask(0x14, words())).toEqual({ op: 0x0a, value: 0x00f01d83, data: [1, 5, 0, 0] });
  });

  it('has counted its crystal, from which flashers compute what rate they must ask for', async () => {
    const flasher = await esp32Rom();
    const count = (await flasher.ask(0x0a, words(0x3ff5f06c))).value >>> 7;
    const ck8m = (await flasher.ask(0x0a, words(0x3ff5a010))).value & 0xff;
    expect((count * 15625 * ck8m) / 40).toBe(40_000_000);
  });

  it('of an ESP32-C2 computes baud rates for a crystal of 40 MHz, though it has one of 26', async () => {
    const flasher = await esp32Rom('esp32c2', 74880);
    await flasher.ask(0x0f, words(Math.floor((460800 * 40) / 26), 0));
    await flasher.setBaudRate(460800);
    expect(await flasher.ask(0x0a, words(0x40001000))).toMatchObject({ op: 0x0a, value: 0x6f51306f });
  });

  it('erases the requested area only', async () => {
    const flasher = await esp32Rom();
    const flash = randomBytes(0x1000);
    await flasher.ask(0x02, words(0x1000, 1, 0x1000, 0x13000));
    expect((await flasher.askBlock(0x03, flash, 0)).data).toEqual(ESP32_OK);
    await flasher.ask(0x02, words(0x3000, 1, 0x1000, 0x10000));
    const digest = createHash('md5').update(flash).digest('hex');
    const answer = await flasher.ask(0x13, words(0x13000, 0x1000, 0, 0));
    expect(Buffer.from(answer.data.slice(0, 32)).toString()).toBe(digest);
    expect(answer.data.slice(32)).toEqual(ESP32_OK);
  });

  it('refuses compressed blocks that are damaged, out of order or uncalled for', async () => {
    const flasher = await esp32Rom();
    const data = randomBytes(3000);
    const compressed = deflateSync(data);
    const [first, second] = [compressed.subarray(0, 1500), compressed.subarray(1500)];
    expect((await flasher.askBlock(0x11, first, 0)).data).toEqual([1, 6, 0, 0]);
    await flasher.ask(0x10, words(3000, 2, 1500, 0));
    expect((await flasher.askBlock(0x11, first, 0, 0)).data).toEqual([1, 7, 0, 0]);
    expect((await flasher.askBlock(0x11, second, 1)).data, 'the second first').toEqual([1, 0x0b, 0, 0]);
    await flasher.ask(0x10, words(3000, 2, 1500, 0));
    for (const block of [first, second]) {
      expect((await flasher.askBlock(0x11, block, 0)).data).toEqual(ESP32_OK);
    }
    const digest = (await flasher.ask(0x13, words(0, 3000, 0, 0))).data.slice(0, 32);
    expect(Buffer.from(digest).toString()).toBe(createHash('md5').update(data).digest('hex'));
  });

  it.each([
    ['a write behind the end of the flash', 0x10, words(0x2000, 1, 0x400, 0x3ff000)],
    ['an MD5 behind the end', 0x13, words(0x3ff000, 0x2000, 0, 0)],
    ['a slow read of more than 64 bytes', 0x0e, words(0, 65)],
  ])('refuses %s', async (_, op, data) => {
    const flasher = await esp32Rom();
    expect((await flasher.ask(op, data)).data).toEqual([1, 6, 0, 0]);
  });
});

describe('stub', () => {
  it('answers SYNC with value 0, by which flashers know it, and unknown commands with ff', async () => {
    const flasher = await stub();
    expect(await flasher.ask(0x08, SYNC)).toEqual({ op: 0x08, value: 0, data: OK });
    for (let count = 0; count < 7; count++) await flasher.reply();
    expect(await flasher.ask(0x14, words())).toEqual({ op: 0x14, value: 0, data: [0xff, 0] });
  });

  it.each([
    ['esp32s2', 12],
    ['esp32c3', 20],
  ] as const)('of an %s answers GET_SECURITY_INFO with %i bytes', async (chip, size) => {
    const flasher = await stub(temporaryFolder(), chip);
    const { data } = await flasher.ask(0x14, words());
    expect(data).toHaveLength(size + OK.length);
    expect(data.slice(size)).toEqual(OK);
  });

  it.each([
    ['a block outside of a write', 0x03, Buffer.concat([words(1, 0, 0, 0), Uint8Array.of(7)]), 0xc6],
    ['an end outside of a write', 0x12, words(1), 0xc6],
    ['blocks that are too large', 0x10, words(1, 1, 0x8000, 0), 0xc2],
    ['a BEGIN of another length', 0x02, words(1, 2), 0xc0],
    ['a region that is not whole sectors', 0xd1, words(0x1000, 0x800), 0x01],
    ['an MD5 behind the end', 0x13, words(0, 0xffffffff, 0, 0), 0x01],
  ])('refuses %s', async (_, op, data, error) => {
    const flasher = await stub();
    expect((await flasher.ask(op, data)).data).toEqual([error, 0]);
  });

  it('refuses a block with a wrong checksum and continues with the right one', async () => {
    const stateRoot = temporaryFolder();
    const flasher = await stub(stateRoot);
    const block = randomBytes(100);
    await flasher.ask(0x02, words(100, 1, 0x4000, 0x1000));
    expect((await flasher.askBlock(0x03, block, 0, xor(block) ^ 0x10)).data).toEqual([0xc1, 0]);
    expect((await flasher.askBlock(0x03, block, 0)).data).toEqual(OK);
    expect((await flasher.ask(0x04, words(1))).data).toEqual(OK);
    expect(readFileSync(flashPath(stateRoot)).subarray(0x1000).equals(block)).toBe(true);
  });

  it('takes blocks as they come, whatever their numbers: a repeated one shifts the rest', async () => {
    const flasher = await stub();
    const [first, second] = [randomBytes(100), randomBytes(100)];
    await flasher.ask(0x02, words(300, 3, 0x4000, 0));
    for (const block of [first, first, second])
      expect((await flasher.askBlock(0x03, block, 0)).data).toEqual(OK);
    expect((await flasher.ask(0x04, words(1))).data).toEqual(OK);
    const md5 = createHash('md5')
      .update(Buffer.concat([first, first, second]))
      .digest();
    expect((await flasher.ask(0x13, words(0, 300, 0, 0))).data).toEqual([...md5, 0, 0]);
  });

  it('detects compressed blocks out of order when it inflates them, and reports it with the next command', async () => {
    const flasher = await stub();
    const compressed = deflateSync(randomBytes(2000));
    await flasher.ask(0x10, words(2000, 2, 0x4000, 0));
    expect((await flasher.askBlock(0x11, compressed.subarray(1000), 1)).data).toEqual(OK);
    expect((await flasher.askBlock(0x11, compressed.subarray(0, 1000), 0)).data).toEqual([0xc7, 0]);
  });

  it('accepts a repeated compressed block as the next one, which only a digest detects', async () => {
    const flasher = await stub();
    const data = randomBytes(2000);
    const stored = deflateSync(data, { level: 0 });
    await flasher.ask(0x10, words(2000, 2, 0x4000, 0));
    for (const block of [stored.subarray(0, 1000), stored.subarray(0, 1000), stored.subarray(1000)]) {
      expect((await flasher.askBlock(0x11, block, 0)).data[1]).toBe(0);
    }
    await flasher.ask(0x12, words(1));
    const digest = (await flasher.ask(0x13, words(0, 2000, 0, 0))).data.slice(0, 16);
    expect(Buffer.from(digest).equals(createHash('md5').update(data).digest())).toBe(false);
  });

  it('acknowledges damaged compressed data and reports it with the next command', async () => {
    const flasher = await stub();
    const compressed = deflateSync(randomBytes(2000));
    compressed.fill(0xff, 0, 20);
    await flasher.ask(0x10, words(2000, 2, 0x4000, 0));
    expect((await flasher.askBlock(0x11, compressed.subarray(0, 1000), 0)).data).toEqual(OK);
    expect((await flasher.askBlock(0x11, compressed.subarray(1000), 1)).data).toEqual([0xc7, 0]);
    expect((await flasher.ask(0x12, words(1))).data).toEqual([0xc8, 0]);
  });

  it('reports with the next command that a write went beyond the declared flash', async () => {
    const flasher = await stub();
    await flasher.ask(0x0b, words(0, 0x80000, 0x10000, 0x1000, 0x100, 0xffff));
    await flasher.ask(0x02, words(0x2000, 2, 0x1000, 0x7f000));
    expect((await flasher.askBlock(0x03, new Uint8Array(0x1000), 0)).data).toEqual(OK);
    expect((await flasher.askBlock(0x03, new Uint8Array(0x1000), 1)).data).toEqual(OK);
    expect((await flasher.ask(0x04, words(1))).data).toEqual([0xc4, 0]);
  });

  it('misses data when a write is ended early', async () => {
    const flasher = await stub();
    await flasher.ask(0x02, words(200, 1, 0x4000, 0));
    await flasher.askBlock(0x03, randomBytes(100), 0);
    expect((await flasher.ask(0x04, words(1))).data).toEqual([0xc8, 0]);
  });

  it('sends no more flash than is in flight, and closes with the digest of what it sent', async () => {
    const flasher = await stub();
    await flasher.ask(0xd2, words(0, 0x300, 0x100, 0x200));
    const blocks = [await flasher.frame(), await flasher.frame()];
    flasher.sendFrame(words(0x100));
    blocks.push(await flasher.frame());
    flasher.sendFrame(words(0x300));
    const data = Buffer.concat(blocks);
    expect(data.equals(Buffer.alloc(0x300, 0xff))).toBe(true);
    expect([...(await flasher.frame())]).toEqual([...createHash('md5').update(data).digest()]);
  });

  it('reports lost files to the firmware when their sectors are erased, and not before', async () => {
    const firmware = fakeFirmware();
    const stream = await openStream({ stateRoot: temporaryFolder(), firmware });
    const { loader } = await connectLoader(stream);
    await loader.runStub();
    const flasher = new RawFlasher(stream);
    await flasher.ask(0xd1, words(0, 0x100000));
    expect(firmware.erased).toEqual({ filesystem: 0, sdkParameters: 0 });
    await flasher.ask(0xd1, words(0x100000, 0x1000));
    expect(firmware.erased).toEqual({ filesystem: 1, sdkParameters: 0 });
    await flasher.ask(0xd1, words(0x3fb000, 0x1000));
    expect(firmware.erased).toEqual({ filesystem: 1, sdkParameters: 1 });
  });
});
