// The functions behind the shim `time`, `machine`, `network`, `sys` and `micropython`.

import { hexToText, textToHex } from '../radio/byte-text.js';
import type { ApSettings, RadioInterface, RadioState } from '../radio/radio.js';
import type { BoardMemory } from './board-memory.js';
import type { CallHost } from './call-host.js';
import type { Console } from './console.js';
import type { Keyboard } from './keyboard.js';
import type { BoardFacts } from './messages.js';
import type { ExitRequest } from './repl.js';
import { INTERRUPTED } from './socket-functions.js';

export interface SystemParts {
  readonly facts: BoardFacts;
  readonly call: CallHost;
  readonly keyboard: Keyboard;
  readonly console: Console;
  readonly memory: BoardMemory;
  readonly exit: ExitRequest;
  readonly afterHardReset: boolean;
}

/** What a wait returns when a timer's callback is to be called; see shims/_wait.py. */
const TIMER_DUE = -1001;

/** MicroPython's small integers, which `ticks_…` stay in. */
const TICKS_MASK = 0x3fffffff;

export function systemFunctions({
  facts,
  call,
  keyboard,
  console,
  memory,
  exit,
  afterHardReset,
}: SystemParts) {
  /** Programs that wait in a loop of their own call one of these: there Ctrl-C gets them. */
  const checked = <T>(value: T): T => {
    keyboard.scheduleInterrupt();
    return value;
  };
  const sleep = (ms: number): number => {
    console.handOver();
    return keyboard.waitFor(() => undefined, Math.max(0, ms)) === 'interrupted' ? INTERRUPTED : 0;
  };
  return {
    facts: () => JSON.stringify(facts),
    ask_for_soft_reset(): void {
      exit.asked = true;
    },
    after_hard_reset: () => afterHardReset,
    sleep,
    ticks_ms: () => checked(Math.floor(performance.now()) & TICKS_MASK),
    ticks_us: () => checked(Math.floor((performance.now() * 1000) % (TICKS_MASK + 1))),
    /** Since the board started, as a clock that nobody has set. */
    uptime_s: () => checked(Math.floor(performance.now() / 1000)),
    reset(): void {
      console.flush();
      call('requestReset');
      for (;;) keyboard.waitFor(() => undefined, Number.POSITIVE_INFINITY);
    },
    set_interrupt_char: (byte: number) => keyboard.setInterruptChar(byte),
    attach_uart(attached: boolean): void {
      console.attached = attached;
      keyboard.attached = attached;
    },
    /** @returns the next byte of the UART, or INTERRUPTED, or TIMER_DUE */
    stdin_byte(): number {
      const byte = keyboard.waitForByte();
      if (typeof byte === 'number') return byte;
      return byte === 'timeout' ? TIMER_DUE : INTERRUPTED;
    },
    /** @param ms until the next timer is due; below zero: none is set */
    set_timer(ms: number): void {
      keyboard.timerAtMs = ms < 0 ? Number.POSITIVE_INFINITY : performance.now() + ms;
    },
    stdout_write: (address: number, length: number) => console.writeRaw(memory.read(address, length)),
    radio_state: () => checked(JSON.stringify(inHex(call('radioState')))),
    radio_active: (which: RadioInterface, active: boolean) => call('setActive', which, active),
    /** SSIDs and passwords cross to Python in hex: they need not be text. */
    radio_connect: (ssid: string, password: string) =>
      call('connect', { ssid: hexToText(ssid), password: hexToText(password) }),
    radio_connect_again: () => call('connect', undefined),
    radio_disconnect: () => call('disconnect'),
    radio_scan: () =>
      sleep(facts.scanMs) === INTERRUPTED
        ? INTERRUPTED
        : JSON.stringify(call('scan').map((one) => ({ ...one, ssid: textToHex(one.ssid) }))),
    radio_configure_ap(settings: string): void {
      // Written by shims/network.py alone.
      const given = JSON.parse(settings) as Partial<ApSettings>;
      call('configureAp', {
        ...given,
        ...(given.ssid === undefined ? {} : { ssid: hexToText(given.ssid) }),
        ...(given.password === undefined ? {} : { password: hexToText(given.password) }),
      });
    },
    radio_address: (which: RadioInterface, address: string) => call('setAddress', which, address.split(' ')),
  };
}

function inHex({ station, ap, channel }: RadioState): RadioState {
  return {
    station: { ...station, ssid: textToHex(station.ssid) },
    ap: { ...ap, ssid: textToHex(ap.ssid) },
    channel,
  };
}
