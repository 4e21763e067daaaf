// Opens a virtual board the way programs open a port: a SerialPortStream with lines, bytes and a rate.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SerialPortStream } from '@serialport/stream';
import { onTestFinished } from 'vitest';
import { virtualBinding } from '../../src/virtual-board/binding.js';
import type { Firmware } from '../../src/virtual-board/chip-program.js';
import type { ChipName } from '../../src/virtual-board/chips/chips.js';
import type { BoardFaults } from '../../src/virtual-board/options/faults.js';
import type { UnknownCommandReaction } from '../../src/virtual-board/rom/chips/chip-definition.js';
import { fakeFirmware } from './fake-firmware.js';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'esp-portal-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function flashPath(stateRoot: string, name = 'test'): string {
  return join(stateRoot, 'virtual', name, 'flash.bin');
}

interface OpenOptions {
  readonly stateRoot: string;
  readonly firmware?: Firmware;
  readonly chip?: ChipName;
  readonly security?: UnknownCommandReaction;
  readonly flashSizeBytes?: number;
  readonly speed?: 'real' | 'max';
  readonly baudRate?: number;
  readonly unplugAfterBytes?: number;
  readonly faults?: BoardFaults;
  readonly hupcl?: boolean;
}

/** @throws what opening the port fails with */
export async function openStream(options: OpenOptions): Promise<SerialPortStream> {
  const binding = virtualBinding({
    board: {
      name: 'test',
      chip: options.chip ?? 'esp8266',
      security: options.security ?? 'error',
      preset: undefined,
      flashSizeBytes: options.flashSizeBytes ?? 4 * 1024 * 1024,
      speed: options.speed ?? 'max',
      unplugAfterBytes: options.unplugAfterBytes,
      ...(options.faults && { faults: options.faults }),
    },
    stateRoot: options.stateRoot,
    firmware: options.firmware ?? fakeFirmware(),
  });
  const stream = new SerialPortStream({
    binding,
    path: 'virtual:test',
    baudRate: options.baudRate ?? 115200,
    hupcl: options.hupcl ?? false,
    autoOpen: false,
  });
  stream.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    stream.open((error) => (error ? reject(error) : resolve()));
  });
  onTestFinished(() => closeStream(stream));
  return stream;
}

export async function closeStream(stream: SerialPortStream): Promise<void> {
  if (!stream.isOpen) return;
  const closed = once(stream, 'close');
  stream.close();
  await closed;
}

export function setLines(stream: SerialPortStream, dtr: boolean, rts: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.set({ dtr, rts }, (error) => (error ? reject(error) : resolve()));
  });
}

export function setBaudRate(stream: SerialPortStream, baudRate: number): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.drain(() => stream.update({ baudRate }, (error) => (error ? reject(error) : resolve())));
  });
}

/** Reads until `text` has come, and returns everything up to then. */
export function readUntil(stream: SerialPortStream, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const onData = (bytes: Buffer): void => {
      seen += bytes.toString('latin1');
      if (seen.includes(text)) finish(() => resolve(seen));
    };
    const onClose = (): void => finish(() => reject(new Error(`closed after: ${seen}`)));
    const finish = (action: () => void): void => {
      stream.off('data', onData);
      stream.off('close', onClose);
      stream.pause();
      action();
    };
    stream.on('data', onData);
    stream.on('close', onClose);
    stream.resume();
  });
}

/** The classic sequence, with what the ROM prints as the sign that it is done. */
export async function enterDownloadMode(stream: SerialPortStream): Promise<void> {
  const rate = stream.baudRate;
  await setBaudRate(stream, 74880);
  const booted = readUntil(stream, 'boot mode:(1,6)\r\n\r\n');
  await setLines(stream, false, true);
  await setLines(stream, true, false);
  await booted;
  await setLines(stream, false, false);
  await setBaudRate(stream, rate);
}
