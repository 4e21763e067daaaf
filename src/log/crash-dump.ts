// The lines that a crashing firmware prints → one event.
// ESP8266: texts of the NonOS SDK (`Fatal exception`) and of the Arduino core (`Exception`); ESP32: the panic handler of
// ESP-IDF, before which MicroPython prints words of its own (ports/esp32/panichandler.c).

import type { LineMeaning } from './events.js';
import { exceptionName, explainEsp32Panic, explainEsp8266Exception } from './exception-causes.js';
import type { Group } from './group.js';

/** A longer dump is cut: what follows are lines. */
const MAX_DUMP_LINES = 200;

const ESP8266_ADVICE =
  'Most often the memory or the stack was used up, or the flash holds something damaged: esp-portal flash heals the latter.';
const ESP32_ADVICE =
  'Newer firmware may know better: esp-portal flash. If it stays, report the dump to the makers of the firmware.';
const BROWNOUT_ADVICE = 'Use a better USB cable or supply: WiFi takes up to half an ampere for moments.';

/** @returns what collects the lines that follow, when a crash begins with this one */
export function startCrash(line: string): Group | undefined {
  switch (line.charCodeAt(0)) {
    case 0x46: // F
    case 0x45: // E
    case 0x53: // S
    case 0x4e: // N
      return startEsp8266Crash(line) ?? startEsp32Crash(line);
    case 0x41: // A
    case 0x47: // G
    case 0x42: // B
    case 0x43: // C
    case 0x61: // a
    case 0x2a: // *
      return startEsp32Crash(line);
    default:
      return undefined;
  }
}

const FATAL_EXCEPTION = /^(Fatal exception|Exception) \(?(\d+)(?:\)|\(\w+\)):?\s*$/;
const EPC_LINE = /^epc1=0x[0-9a-f]+[, ]/;
const ESP8266_DUMP = /^(?:\s*$|epc1=|ctx: |sp: |>>>stack>>>|[0-9a-f]{8}: |-{3,} CUT HERE|last failed alloc)/;

function startEsp8266Crash(line: string): Group | undefined {
  const exception = FATAL_EXCEPTION.exec(line);
  if (exception) {
    const cause = Number(exception[2]);
    // The SDK prints registers and no more; the Arduino core a stack that ends with a mark.
    const isLast = exception[1] === 'Exception' ? /^<<<stack<<</ : EPC_LINE;
    return dump(line, ESP8266_DUMP, isLast, (lines) => ({
      event: 'crash.esp8266',
      kind: exceptionName(cause),
      cause,
      registers: registersIn(lines, /\b(epc[123]|excvaddr|depc)=(0x[0-9a-f]+)/g),
      explanation: explainEsp8266Exception(cause),
      advice: ESP8266_ADVICE,
    }));
  }
  const [kind, explanation] = /^Soft WDT reset/.test(line)
    ? ['soft watchdog', 'the firmware did nothing for the system for too long (software watchdog)']
    : /^NLR jump failed/.test(line)
      ? ['NLR jump failed', 'MicroPython met an error where nothing could catch it']
      : [];
  if (kind === undefined || explanation === undefined) return undefined;
  return dump(line, ESP8266_DUMP, /^<<<stack<<</, () => ({
    event: 'crash.esp8266',
    kind,
    cause: undefined,
    registers: {},
    explanation,
    advice: ESP8266_ADVICE,
  }));
}

const GURU = /^Guru Meditation Error: Core\s+(\d)\s+panic'ed \((.*?)\)/;
/** Starts of an ESP32's crash, and what kind it is; the first has its kind in a line that follows. */
const ESP32_STARTS: readonly (readonly [RegExp, string])[] = [
  [/^A fatal error occurred\. The crash dump printed below/, ''],
  [GURU, ''],
  [/^abort\(\) was called at PC /, 'abort'],
  [/^assert failed: /, 'assert'],
  [/^\*\*\*ERROR\*\*\* A stack overflow in task /, 'stack overflow'],
  [/^Brownout detector was triggered/, 'brownout'],
  [/^CORRUPT HEAP: /, 'heap corruption'],
];
const ESP32_DUMP =
  /^(?:\s*$|Core\s+\d register dump|[A-Z][A-Z0-9/]{0,8}\s*: 0x[0-9a-f]+|Backtrace:|ELF file SHA256|Stack memory:|[0-9a-f]{8}: |Memory dump at |Debug exception reason|\(?0x[0-9a-f]|Guru Meditation|abort\(\) was called|Re-entered|Setting breakpoint|MPY version|IDF version|Machine {5}:|determine what caused it|version of MicroPython, consider|To learn more about how to debug|page at: https?:|LR\s|CPU halted)/;

function startEsp32Crash(line: string): Group | undefined {
  if (!ESP32_STARTS.some(([pattern]) => pattern.test(line))) return undefined;
  return dump(line, ESP32_DUMP, /^Rebooting\.\.\./, (lines) => {
    const guru = lines.map((entry) => GURU.exec(entry)).find((match) => match !== null);
    const kind = guru?.[2] ?? kindIn(lines) ?? 'unknown';
    const core = guru?.[1] ?? lines.map((entry) => /on core (\d)/.exec(entry)?.[1]).find(Boolean);
    return {
      event: 'crash.esp32',
      kind,
      core: core === undefined ? undefined : Number(core),
      registers: registersIn(lines, /\b([A-Z][A-Z0-9/]{0,8})\s*: (0x[0-9a-f]+)/g),
      backtrace: lines
        .filter((entry) => entry.startsWith('Backtrace:'))
        .flatMap((entry) =>
          Array.from(entry.matchAll(/(0x[0-9a-f]+):0x[0-9a-f]+/g), ([, address = '']) => address),
        ),
      explanation: explainEsp32Panic(kind),
      advice: kind === 'brownout' ? BROWNOUT_ADVICE : ESP32_ADVICE,
    };
  });
}

function kindIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const kind = ESP32_STARTS.find(([pattern]) => pattern.test(line))?.[1];
    if (kind) return kind;
  }
  return undefined;
}

function dump(
  first: string,
  belongs: RegExp,
  isLast: RegExp,
  meaning: (lines: readonly string[]) => LineMeaning,
): Group {
  const lines = [first];
  return {
    lines,
    take(line) {
      const ends = isLast.test(line);
      if (!ends && (!belongs.test(line) || lines.length === MAX_DUMP_LINES)) return { kind: 'refused' };
      lines.push(line);
      return ends ? { kind: 'complete', meaning: meaning(lines) } : { kind: 'taken' };
    },
    end: () => meaning(lines),
  };
}

function registersIn(lines: readonly string[], pattern: RegExp): Record<string, string> {
  const found = lines.flatMap((line) => Array.from(line.matchAll(pattern)));
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}
