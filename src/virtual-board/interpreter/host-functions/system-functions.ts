// The functions behind the shim `time`, `machine`, `network`, `sys` and `micropython`.

import { hexToText, textToHex } from '../../radio/byte-text.js';
import type { ApSettings, RadioInterface, RadioState } from '../../radio/radio.js';
import type { Console } from '../console/console.js';
import type { Keyboard } from '../console/keyboard.js';
import type { ExitRequest } from '../console/repl.js';
import type { RealTimeClock } from '../real-time-clock.js';
import type { MachineFacts } from '../worker-messages.js';
import type { CallHost } from './call-host.js';
import { hostFunction } from './host-channel.js';
import { INTERRUPTED } from './socket-functions.js';

export interface SystemParts {
  readonly facts: MachineFacts;
  readonly call: CallHost;
  readonly keyboard: Keyboard;
  readonly console: Console;
  readonly clock: RealTimeClock;
  readonly exit: ExitRequest;
  readonly afterHardReset: boolean;
}

/** Result of a wait when a timer's callback is due; see shims/hardware/_wait.py. */
const TIMER_DUE = -1001;

/** MicroPython's small integers, which `ticks_…` stay in. */
const TICKS_MASK = 0x3fffffff;

export function systemFunctions(parts: SystemParts) {
  const { facts, call, keyboard, console, exit, afterHardReset } = parts;
  /** Programs with their own wait loop call one of these, where Ctrl-C interrupts them. */
  const checked = <T>(value: T): T => {
    keyboard.scheduleInterrupt();
    return value;
  };
  const sleep = (ms: number): number => {
    console.handOver();
    return keyboard.waitFor(() => undefined, Math.max(0, ms)) === 'interrupted' ? INTERRUPTED : 0;
  };
  return {
    /** What is the same in all lives of the board: the modules read it when they are imported. */
    facts: hostFunction([], () => JSON.stringify(permanent(facts))),
    reset_cause: hostFunction([], () => facts.resetCause),
    mac: hostFunction([], () => Uint8Array.from(facts.mac)),
    ask_for_soft_reset: hostFunction([], () => {
      exit.asked = true;
    }),
    after_hard_reset: hostFunction([], () => afterHardReset),
    sleep: hostFunction(['number'], sleep),
    ticks_ms: hostFunction([], () => checked(Math.floor(performance.now()) & TICKS_MASK)),
    ticks_us: hostFunction([], () => checked(Math.floor((performance.now() * 1000) % (TICKS_MASK + 1)))),
    reset: hostFunction([], () => {
      console.handOver();
      call('requestReset');
      for (;;) keyboard.waitFor(() => undefined, Number.POSITIVE_INFINITY);
    }),
    /** @param ms until the next timer is due; below zero: none is set */
    set_timer: hostFunction(['number'], (ms) => {
      keyboard.timerAtMs = ms < 0 ? Number.POSITIVE_INFINITY : performance.now() + ms;
    }),
    ...uartFunctions(call, keyboard, console),
    ...clockFunctions(parts.clock, checked),
    ...radioFunctions(call, facts, checked, sleep),
  };
}

function permanent({ chip, build, version, buildDate, buildName, flashSizeBytes }: MachineFacts) {
  return { chip, build, version, buildDate, buildName, flashSizeBytes };
}

function uartFunctions(call: CallHost, keyboard: Keyboard, console: Console) {
  return {
    set_interrupt_char: hostFunction(['number'], (byte) => keyboard.setInterruptChar(byte)),
    attach_uart: hostFunction(['number'], (attached) => {
      console.attached = attached !== 0;
      keyboard.attached = attached !== 0;
    }),
    /** @returns the next byte of the UART, or INTERRUPTED, or TIMER_DUE */
    stdin_byte: hostFunction([], () => {
      const byte = keyboard.waitForByte();
      if (typeof byte === 'number') return byte;
      return byte === 'timeout' ? TIMER_DUE : INTERRUPTED;
    }),
    /** @returns the bytes received so far, up to as many, at least one; as stdin_byte */
    stdin_bytes: hostFunction(['number'], (count) => {
      const first = keyboard.waitForByte();
      if (first === 'timeout') return TIMER_DUE;
      if (first === 'interrupted') return INTERRUPTED;
      const bytes = [first];
      for (let next = bytes.length < count ? keyboard.take() : undefined; next !== undefined; ) {
        bytes.push(next);
        next = bytes.length < count ? keyboard.take() : undefined;
      }
      return Uint8Array.from(bytes);
    }),
    uart_rate: hostFunction([], () => console.baudRate),
    set_uart_rate: hostFunction(['number'], (baudRate) => {
      console.baudRate = baudRate;
      call('setUartRate', baudRate);
    }),
    stdout_write: hostFunction(['bytes'], (bytes) => console.writeRaw(bytes)),
  };
}

/** Microseconds cross as text: as a number they would be too large. */
function clockFunctions(clock: RealTimeClock, checked: <T>(value: T) => T) {
  return {
    clock_s: hostFunction([], () => checked(Math.floor(clock.nowUs / 1_000_000))),
    clock_us: hostFunction([], () => checked(String(clock.nowUs))),
    set_clock_us: hostFunction(['number'], (us) => {
      clock.nowUs = us;
    }),
    rtc_memory: hostFunction([], () => clock.memory),
    set_rtc_memory: hostFunction(['bytes'], (bytes) => {
      clock.memory = bytes;
    }),
  };
}

/** SSIDs and passwords cross to Python in hex: they need not be text. */
function radioFunctions(
  call: CallHost,
  facts: MachineFacts,
  checked: <T>(value: T) => T,
  sleep: (ms: number) => number,
) {
  return {
    radio_state: hostFunction([], () => checked(JSON.stringify(inHex(call('radioState'))))),
    radio_active: hostFunction(['text', 'number'], (which, active) =>
      call('setActive', interfaceOf(which), active !== 0),
    ),
    radio_connect: hostFunction(['text', 'text'], (ssid, password) =>
      call('connect', { ssid: hexToText(ssid), password: hexToText(password) }),
    ),
    radio_connect_again: hostFunction([], () => call('connect', undefined)),
    radio_disconnect: hostFunction([], () => call('disconnect')),
    radio_scan: hostFunction([], () =>
      sleep(facts.scanMs) === INTERRUPTED
        ? INTERRUPTED
        : JSON.stringify(call('scan').map((one) => ({ ...one, ssid: textToHex(one.ssid) }))),
    ),
    radio_configure_ap: hostFunction(['text'], (settings) => call('configureAp', apSettings(settings))),
    radio_address: hostFunction(['text', 'text'], (which, address) =>
      call('setAddress', interfaceOf(which), address.split(' ')),
    ),
  };
}

function interfaceOf(which: string): RadioInterface {
  return which === 'ap' ? 'ap' : 'station';
}

/** As shims/modules/network.py writes them. @throws Error for anything else: they end up in a file of the host's */
function apSettings(json: string): Partial<ApSettings> {
  const given: unknown = JSON.parse(json);
  if (typeof given !== 'object' || given === null) throw new Error('no settings');
  const { ssid, password, authmode, channel, hidden } = given as Readonly<Record<string, unknown>>;
  return {
    ...(typeof ssid === 'string' ? { ssid: hexToText(ssid) } : {}),
    ...(typeof password === 'string' ? { password: hexToText(password) } : {}),
    ...(typeof authmode === 'number' ? { authmode } : {}),
    ...(typeof channel === 'number' ? { channel } : {}),
    ...(typeof hidden === 'boolean' ? { hidden } : {}),
  };
}

function inHex({ station, ap, channel }: RadioState): RadioState {
  return {
    station: { ...station, ssid: textToHex(station.ssid) },
    ap: { ...ap, ssid: textToHex(ap.ssid) },
    channel,
  };
}
