// The functions behind the stand-in `time`, `machine`, `network`, `sys` and `micropython`.

import type { ApSettings, RadioInterface } from '../radio/radio.js';
import type { BoardMemory } from './board-memory.js';
import type { CallHost } from './call-host.js';
import type { Console } from './console.js';
import type { Keyboard } from './keyboard.js';
import type { BoardFacts } from './messages.js';
import { INTERRUPTED } from './socket-functions.js';

export interface SystemParts {
  readonly facts: BoardFacts;
  readonly call: CallHost;
  readonly keyboard: Keyboard;
  readonly console: Console;
  readonly memory: BoardMemory;
}

/** MicroPython's small integers, which `ticks_…` stay in. */
const TICKS_MASK = 0x3fffffff;

export function systemFunctions({ facts, call, keyboard, console, memory }: SystemParts) {
  /** Programs that wait in a loop of their own call one of these: there Ctrl-C gets them. */
  const checked = <T>(value: T): T => {
    keyboard.scheduleInterrupt();
    return value;
  };
  const sleep = (ms: number): number =>
    keyboard.waitFor(() => undefined, Math.max(0, ms)) === 'interrupted' ? INTERRUPTED : 0;
  return {
    facts: () => JSON.stringify(facts),
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
    /** @returns the next byte of the UART, or INTERRUPTED */
    stdin_byte(): number {
      const byte = keyboard.waitFor(() => keyboard.take(), Number.POSITIVE_INFINITY);
      return typeof byte === 'number' ? byte : INTERRUPTED;
    },
    stdout_write: (address: number, length: number) => console.writeRaw(memory.read(address, length)),
    radio_state: () => checked(JSON.stringify(call('radioState'))),
    radio_active: (which: RadioInterface, active: boolean) => call('setActive', which, active),
    radio_connect: (ssid: string, password: string) => call('connect', { ssid, password }),
    radio_connect_again: () => call('connect', undefined),
    radio_disconnect: () => call('disconnect'),
    radio_scan: () => (sleep(facts.scanMs) === INTERRUPTED ? INTERRUPTED : JSON.stringify(call('scan'))),
    radio_configure_ap(settings: string): void {
      // Written by stand-ins/network.py alone.
      call('configureAp', JSON.parse(settings) as Partial<ApSettings>);
    },
    radio_address: (which: RadioInterface, address: string) => call('setAddress', which, address.split(' ')),
  };
}
