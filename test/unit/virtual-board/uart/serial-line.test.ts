import { expect, it } from 'vitest';
import type { Clock } from '../../../../src/virtual-board/clock.js';
import { SerialLine } from '../../../../src/virtual-board/uart/serial-line.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { seededBytes, seededSizes } from '../../../support/random.js';

interface Ends {
  readonly clock: ManualClock;
  readonly line: SerialLine;
  readonly host: number[];
  readonly chip: number[];
}

function connect(options: { hostBaudRate?: number; chipBaudRate?: number; paced?: boolean } = {}): Ends {
  const clock = new ManualClock();
  const host: number[] = [];
  const chip: number[] = [];
  const line = new SerialLine({
    clock,
    paced: options.paced ?? true,
    hostBaudRate: options.hostBaudRate ?? 115200,
    chipBaudRate: options.chipBaudRate ?? 115200,
    onHostReceive: (bytes) => host.push(...bytes),
    onChipReceive: (bytes) => chip.push(...bytes),
  });
  return { clock, line, host, chip };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

it.each([9600, 115200, 460800, 921600])(
  'delivers ten bit times a byte, both ways, at %i baud',
  async (rate) => {
    const { clock, line, host, chip } = connect({ hostBaudRate: rate, chipBaudRate: rate });
    const sent = seededBytes(1, rate / 10); // one second's worth
    line.hostWrite(sent);
    line.chip.transmit(sent);
    await clock.advance(500);
    expect(chip.length).toBeGreaterThan((rate / 20) * 0.995);
    expect(chip.length).toBeLessThanOrEqual(rate / 20);
    expect(host.length).toBe(chip.length);
    await clock.advance(499);
    expect(chip.length).toBeLessThan(rate / 10);
    await clock.advance(2);
    expect(chip).toEqual([...sent]);
    expect(host).toEqual([...sent]);
  },
);

it.each([115200, 921600])(
  'keeps to %i baud within 3 %% over half a minute of timers that fire late',
  async (rate) => {
    const time = new ManualClock();
    const lateness = seededSizes(9, 1000, 15);
    let timers = 0;
    const clock: Clock = {
      nowMs: () => time.nowMs(),
      setTimer: (callback, delayMs) =>
        time.setTimer(callback, delayMs + (lateness[timers++ % lateness.length] ?? 0)),
    };
    let received = 0;
    let lastMs = 0;
    const line = new SerialLine({
      clock,
      paced: true,
      hostBaudRate: rate,
      chipBaudRate: rate,
      onHostReceive: () => {},
      onChipReceive: (bytes) => {
        received += bytes.length;
        lastMs = time.nowMs();
      },
    });
    const seconds = 30;
    // As a program writes: a piece whenever the one before has gone.
    let done = false;
    const program = (async () => {
      for (let sent = 0; sent < (seconds * rate) / 10; sent += 4096) {
        line.hostWrite(new Uint8Array(4096));
        await line.hostPending(4096);
      }
      await line.hostPending(0);
      done = true;
    })();
    while (!done) await time.advance(20);
    await program;
    expect((received * 10_000) / rate / lastMs).toBeGreaterThan(0.97);
    expect((received * 10_000) / rate / lastMs).toBeLessThan(1.03);
  },
);

it('resolves a drain when the last byte has left, not before', async () => {
  const { clock, line } = connect({ hostBaudRate: 9600, chipBaudRate: 9600 });
  let drained = false;
  line.hostWrite(new Uint8Array(96)); // 100 ms
  const done = line.hostPending(0).then(() => {
    drained = true;
  });
  await clock.advance(99);
  expect(drained).toBe(false);
  await clock.advance(2);
  await done;
});

it('changes the chip rate after what was transmitted before, so that the host can follow', async () => {
  const { clock, line, host } = connect();
  line.chip.transmit(text('old'));
  line.chip.setBaudRate(460800);
  line.chip.transmit(text('new'));
  await clock.advance(0.3);
  expect(line.chip.baudRate).toBe(115200);
  await clock.advance(5);
  expect(line.chip.baudRate).toBe(460800);
  expect(Buffer.from(host).toString('latin1')).toMatch(/^old/);
  expect(Buffer.from(host).toString('latin1')).not.toContain('new');
});

it('turns a boot text at 74880 baud into the same garbage each time for a host at 115200', async () => {
  const boot = text('\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\n');
  const seen: number[][] = [];
  for (const paced of [true, true, false]) {
    const { clock, line, host } = connect({ chipBaudRate: 74880, paced });
    line.chip.transmit(boot);
    await clock.advance(100);
    seen.push(host);
  }
  const [first = []] = seen;
  expect(seen[1]).toEqual(first);
  expect(seen[2]).toEqual(first);
  expect(first.length).toBeGreaterThan(boot.length * 0.8);
  expect(first.length).toBeLessThan(boot.length * 2);
  expect(Buffer.from(first).toString('latin1')).not.toMatch(/ets|rst|boot/);
});

it('reads a text at a rate that is 2 % off, and not at one that is 8 % off', async () => {
  for (const [rate, readable] of [
    [117500, true],
    [124400, false],
  ] as const) {
    const { clock, line, host } = connect({ chipBaudRate: rate });
    line.chip.transmit(text('MicroPython'));
    await clock.advance(10);
    expect(Buffer.from(host).toString('latin1') === 'MicroPython').toBe(readable);
  }
});

it('takes on the rate of the next input when the ROM measures it, once', async () => {
  const { clock, line, chip } = connect({ hostBaudRate: 57600, chipBaudRate: 74880 });
  line.matchNextInput();
  line.hostWrite(text('UUUU'));
  await clock.advance(10);
  expect(line.chip.baudRate).toBe(57600);
  expect(Buffer.from(chip).toString('latin1')).toBe('UUUU');
  line.setHostBaudRate(9600);
  line.hostWrite(text('UUUU'));
  await clock.advance(20);
  expect(line.chip.baudRate).toBe(57600);
  expect(Buffer.from(chip).toString('latin1')).not.toBe('UUUUUUUU');
});

it('loses what the chip had to send when it is reset', async () => {
  const { clock, line, host } = connect();
  line.chip.transmit(new Uint8Array(1000).fill(0x41));
  await clock.advance(10);
  line.chipReset(115200);
  const before = host.length;
  line.chip.transmit(text('!'));
  await clock.advance(100);
  expect(before).toBeGreaterThan(100);
  expect(host.length).toBe(before + 1);
});
