import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generateFirmware } from '../../../src/virtual-board/chips/esp8266-image.js';
import { fakeFirmware } from '../../support/fake-firmware.js';
import {
  closeStream,
  flashPath,
  openStream,
  readUntil,
  setBaudRate,
  setLines,
  temporaryFolder,
} from '../../support/virtual-port.js';

const IMAGE = generateFirmware({ version: '1.27.0', date: '2025-12-09' });

/** A state folder with a board that holds this image. */
function flashed(image: Uint8Array = IMAGE): string {
  const stateRoot = temporaryFolder();
  mkdirSync(join(stateRoot, 'virtual', 'test'), { recursive: true });
  writeFileSync(flashPath(stateRoot), image);
  return stateRoot;
}

it('boots the board when it is opened, and stops it when it is closed', async () => {
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot: flashed(), firmware });
  expect(await readUntil(stream, '>>> ')).toContain('MicroPython v1.27.0');
  await closeStream(stream);
  expect(firmware.stops).toBe(1);
});

it('is left running by a client that releases both lines after opening', async () => {
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot: flashed(), firmware });
  await setLines(stream, false, false);
  const echo = readUntil(stream, 'hello');
  stream.write('hello');
  await echo;
  expect(firmware.starts).toHaveLength(1);
});

it('asserts a line that is left out, as serialport does', async () => {
  const firmware = fakeFirmware();
  const stream = await openStream({ stateRoot: flashed(), firmware });
  const rebooted = readUntil(stream, '>>> ').then(() => readUntil(stream, '>>> '));
  await stream.port?.set({ dtr: false }); // RTS alone: reset. The stream itself would fill in the other
  await setLines(stream, false, false);
  await rebooted;
  expect(firmware.starts.map(({ resetCause }) => resetCause)).toEqual([0, 6]);
});

it('refuses a second opener with the text of the real driver, until the first has closed', async () => {
  const stateRoot = temporaryFolder();
  const stream = await openStream({ stateRoot });
  await expect(openStream({ stateRoot })).rejects.toThrow(
    'Error: Resource temporarily unavailable Cannot lock port',
  );
  await closeStream(stream);
  await closeStream(await openStream({ stateRoot }));
});

it('is free again when the process that had it open was killed', async () => {
  const stateRoot = flashed();
  const dead = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(stateRoot, 'virtual', 'test', 'lock'), String(dead.pid));
  const stream = await openStream({ stateRoot });
  expect(stream.isOpen).toBe(true);
});

it('reports a pulled cable as a disconnection, and fails the write that was under way', async () => {
  const stream = await openStream({ stateRoot: flashed(), unplugAfterBytes: 10 });
  await readUntil(stream, '>>> ');
  stream.resume();
  const closed = once(stream, 'close');
  await new Promise<void>((resolve, reject) => {
    stream.write('12345', (error) => (error ? reject(error) : resolve()));
  });
  const failure = await new Promise((resolve) => stream.write('67890 and more', resolve));
  expect(failure).toMatchObject({ code: 'EIO' });
  const [reason] = await closed;
  expect(reason).toMatchObject({ disconnected: true });
});

it('leaves in the flash what had arrived when the cable was pulled, and opens again', async () => {
  const stateRoot = flashed();
  const stream = await openStream({ stateRoot, unplugAfterBytes: 1 });
  const closed = once(stream, 'close');
  stream.resume();
  stream.write('x', () => {});
  await closed;
  expect(readFileSync(flashPath(stateRoot)).equals(IMAGE)).toBe(true);
  expect(await readUntil(await openStream({ stateRoot }), '>>> ')).toContain('MicroPython');
});

it('cancels a read and a write in progress when it is closed', async () => {
  const stream = await openStream({ stateRoot: temporaryFolder(), speed: 'real', baudRate: 1200 });
  const { port } = stream;
  if (!port) throw new Error('not open');
  await port.flush();
  const read = readForever(port);
  const write = port.write(Buffer.alloc(10_000));
  await Promise.all([
    expect(read).rejects.toMatchObject({ canceled: true }),
    expect(write).rejects.toMatchObject({ canceled: true }),
    port.close(),
  ]);
  await expect(port.write(Buffer.alloc(1))).rejects.toThrow('Port is not open');
});

it('returns and changes its baud rate, and refuses an invalid one', async () => {
  const stream = await openStream({ stateRoot: flashed() });
  await readUntil(stream, '>>> ');
  await setBaudRate(stream, 9600);
  expect(await stream.port?.getBaudRate()).toEqual({ baudRate: 9600 });
  const garbage = once(stream, 'data');
  stream.resume();
  stream.write('hello');
  expect(String((await garbage)[0])).not.toContain('hello');
  await expect(setBaudRate(stream, 0)).rejects.toThrow(TypeError);
});

/** Reads until reading fails. */
async function readForever(port: {
  read(buffer: Buffer, offset: number, length: number): Promise<unknown>;
}): Promise<never> {
  for (;;) await port.read(Buffer.alloc(64), 0, 64);
}
