// A virtual board on a clock that a test moves, with all that its host receives.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { VirtualBoard } from '../../src/virtual-board/board.js';
import { CHIPS, type ChipName } from '../../src/virtual-board/chips/chips.js';
import { boardMac } from '../../src/virtual-board/chips/mac.js';
import { NO_FAULTS } from '../../src/virtual-board/options/faults.js';
import { UartBridge } from '../../src/virtual-board/uart/uart-bridge.js';
import { type FakeFirmware, fakeFirmware } from './fake-firmware.js';
import { ManualClock } from './manual-clock.js';
import { temporaryFolder } from './virtual-port.js';

export const RELEASED = { dtr: false, rts: false };

interface Bench {
  readonly board: VirtualBoard;
  readonly clock: ManualClock;
  readonly firmware: FakeFirmware;
  /** What the host has received so far, and forgets. */
  heard(): string;
}

/** A board without power, with this in its flash. */
export function bench(
  flash: Uint8Array,
  options: { hostBaudRate?: number; speed?: 'real' | 'max'; chip?: ChipName } = {},
): Bench {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'flash.bin'), flash);
  const clock = new ManualClock();
  const firmware = fakeFirmware();
  let received = '';
  const chip = CHIPS[options.chip ?? 'esp8266'];
  const board = new VirtualBoard({
    chip,
    flashFile: join(folder, 'flash.bin'),
    flashSizeBytes: 4 * 1024 * 1024,
    mac: boardMac('bench', chip.macVendor),
    stateFolder: folder,
    speed: options.speed ?? 'max',
    onUnknownCommand: 'error',
    firmware,
    attach: (control) =>
      new UartBridge(control, {
        clock,
        paced: options.speed === 'real',
        hostBaudRate: options.hostBaudRate ?? 115200,
        romBaudRate: chip.romBaudRate,
        faults: NO_FAULTS,
        onHostReceive: (bytes) => {
          received += Buffer.from(bytes).toString('latin1');
        },
      }),
    onFailure: (error) => {
      throw error;
    },
    clock,
  });
  onTestFinished(() => board.close());
  const heard = (): string => {
    const text = received;
    received = '';
    return text;
  };
  return { board, clock, firmware, heard };
}

export async function press(bench: Bench, lines: [dtr: boolean, rts: boolean][]): Promise<void> {
  for (const [dtr, rts] of lines) bench.board.host.setLines({ dtr, rts });
  await bench.clock.advance(10);
}
