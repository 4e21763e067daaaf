// The lines that a crashing firmware prints → one event. Where a crash starts is in boot-texts.ts.
// ESP8266: texts of the NonOS SDK (`Fatal exception`) and of the Arduino core (`Exception`). ESP32 family, Xtensa and
// RISC-V: the panic handler of ESP-IDF, before which MicroPython prints its own text (ports/esp32/panichandler.c).

import { BOOT_TEXTS, BROWNOUT_ADVICE, readBootText } from '../boot/boot-texts.js';
import type { CoreDump, LineMeaning } from '../events.js';
import { collect, type Group } from '../group.js';
import { exceptionName, explainEsp32Panic, explainEsp8266Exception } from './exception-causes.js';

const ESP8266_ADVICE =
  'Usually the memory or the stack is exhausted, or the firmware in the flash is damaged; write it again with esp-portal flash.';
const ESP32_ADVICE =
  'A newer firmware may fix it: esp-portal flash. If not, report the dump to the authors of the firmware.';

const CRASH_STARTS: ReadonlySet<number> = new Set(
  BOOT_TEXTS.filter(({ kind }) => kind === 'crash' || kind === 'brownout').map(({ start }) =>
    start.charCodeAt(0),
  ),
);

/** @returns what collects the lines that follow, when a crash begins with this one */
export function startCrash(line: string): Group | undefined {
  if (!CRASH_STARTS.has(line.charCodeAt(0))) return undefined; // most lines
  const kind = readBootText(line)?.kind;
  if (kind !== 'crash' && kind !== 'brownout') return undefined;
  return startEsp8266Crash(line) ?? startEsp32Crash(line);
}

const FATAL_EXCEPTION = /^(Fatal exception|Exception) \(?(\d+)/;
const EPC_LINE = /^epc1=0x[0-9a-f]+[, ]/;
const ESP8266_DUMP = /^(?:\s*$|epc1=|ctx: |sp: |>>>stack>>>|[0-9a-f]{8}: |-{3,} CUT HERE|last failed alloc)/;

function startEsp8266Crash(line: string): Group | undefined {
  const exception = FATAL_EXCEPTION.exec(line);
  if (exception) {
    const cause = Number(exception[2]);
    // The SDK prints registers and no more; the Arduino core a stack that ends with a mark.
    const isLast = exception[1] === 'Exception' ? /^<<<stack<<</ : EPC_LINE;
    return collect(line, ESP8266_DUMP, isLast, (lines) => ({
      event: 'crash.esp8266',
      kind: exceptionName(cause),
      cause,
      registers: registersIn(lines, /\b(epc[123]|excvaddr|depc)=(0x[0-9a-f]+)/g),
      explanation: explainEsp8266Exception(cause),
      advice: ESP8266_ADVICE,
    }));
  }
  const [kind, explanation] = line.startsWith('Soft WDT reset')
    ? ['soft watchdog', 'the program did not yield to the system for too long (software watchdog)']
    : line.startsWith('NLR jump failed')
      ? ['NLR jump failed', 'an exception in MicroPython had no handler']
      : [];
  if (kind === undefined || explanation === undefined) return undefined;
  return collect(line, ESP8266_DUMP, /^<<<stack<<</, () => ({
    event: 'crash.esp8266',
    kind,
    cause: undefined,
    registers: {},
    explanation,
    advice: ESP8266_ADVICE,
  }));
}

const GURU = /^Guru Meditation Error: Core\s+(\d)\s+panic'ed \((.*?)\)\.?/;
/** ESP-IDF before 3.0. */
const OLD_GURU = /^Guru Meditation Error of type (\w+) occurred on core\s+(\d)/;
/** Kinds without a name in the dump. */
const NAMED_KINDS: readonly (readonly [RegExp, string])[] = [
  [/^abort\(\) was called at PC /, 'abort'],
  [/^assert failed: /, 'assert'],
  [/^ESP_ERROR_CHECK failed: /, 'ESP_ERROR_CHECK'],
  [/^\*\*\*ERROR\*\*\* A stack overflow in task /, 'stack overflow'],
  [/Brownout detector was triggered/, 'brownout'],
  [/^CORRUPT HEAP: /, 'heap corruption'],
];
const ESP32_DUMP =
  /^(?:\s*$|Core\s+\d register dump|Register dump:|[A-Z][A-Z0-9/]{0,8}\s*: 0x[0-9a-f]+|Backtrace:|ELF file SHA256|Stack memory:|[0-9a-f]{8}: |Memory dump at |Debug exception reason|\(?0x[0-9a-f]|Guru Meditation|abort\(\) was called|assert failed: |file: |func: |expression: |Re-entered|Setting breakpoint|MPY version|IDF version|Machine {5}:|determine what caused it|version of MicroPython, consider|To learn more about how to debug|page at: https?:|LR\s|CPU halted|[EIW] \(\d+\) esp_core_dump)/;
/** Between the title of a panic and its registers ESP-IDF explains some kinds (cache errors, stack protection). */
const MAX_EXPLAINING_LINES = 6;
const REGISTERS_BEGIN = /register dump:/i;

function startEsp32Crash(first: string): Group {
  let explainingLines = 0;
  let isExplaining = first.startsWith('Guru Meditation');
  const belongs = (line: string) => {
    if (line.startsWith('Guru Meditation')) isExplaining = true;
    if (REGISTERS_BEGIN.test(line)) isExplaining = false;
    if (ESP32_DUMP.test(line)) return true;
    return isExplaining && readBootText(line) === undefined && ++explainingLines <= MAX_EXPLAINING_LINES;
  };
  return collect(first, { test: belongs }, /^Rebooting\.\.\./, esp32Crash);
}

function esp32Crash(lines: readonly string[]): LineMeaning {
  const { kind, core } = panicIn(lines);
  const dumps = coreDumps(lines);
  const crashed = dumps.find((each) => each.core !== undefined && each.core === core) ?? dumps[0];
  return {
    event: 'crash.esp32',
    kind,
    core: core ?? crashed?.core,
    registers: crashed?.registers ?? {},
    backtrace: crashed?.backtrace ?? [],
    otherCores: dumps.filter((each) => each !== crashed),
    explanation: explainEsp32Panic(kind, lines),
    advice: kind === 'brownout' ? BROWNOUT_ADVICE : ESP32_ADVICE,
  };
}

function panicIn(lines: readonly string[]): { kind: string; core: number | undefined } {
  for (const line of lines) {
    const guru = GURU.exec(line);
    if (guru) return { kind: guru[2] ?? '', core: Number(guru[1]) };
    const old = OLD_GURU.exec(line);
    if (old) return { kind: old[1] ?? '', core: Number(old[2]) };
  }
  const kind = lines
    .map((line) => NAMED_KINDS.find(([pattern]) => pattern.test(line))?.[1])
    .find((name) => name !== undefined);
  const core = lines.map((line) => /on core (\d)/.exec(line)?.[1]).find((digit) => digit !== undefined);
  return { kind: kind ?? 'unknown', core: core === undefined ? undefined : Number(core) };
}

/** The part of the dump of each core; the first part may not name its core. */
function coreDumps(lines: readonly string[]): CoreDump[] {
  const parts: { core: number | undefined; lines: string[] }[] = [{ core: undefined, lines: [] }];
  for (const line of lines) {
    const core = /^Core\s+(\d) register dump/.exec(line)?.[1];
    if (core !== undefined) parts.push({ core: Number(core), lines: [] });
    parts.at(-1)?.lines.push(line);
  }
  return parts
    .map((part) => ({
      core: part.core,
      registers: registersIn(part.lines, /\b([A-Z][A-Z0-9/]{0,8})\s*: (0x[0-9a-f]+)/g),
      backtrace: backtraceIn(part.lines),
    }))
    .filter(({ registers, backtrace }) => Object.keys(registers).length > 0 || backtrace.length > 0);
}

function backtraceIn(lines: readonly string[]): string[] {
  return lines
    .filter((line) => line.startsWith('Backtrace:'))
    .flatMap((line) =>
      Array.from(line.matchAll(/(0x[0-9a-f]+):0x[0-9a-f]+/g), ([, address = '']) => address),
    );
}

function registersIn(lines: readonly string[], pattern: RegExp): Record<string, string> {
  const found = lines.flatMap((line) => Array.from(line.matchAll(pattern)));
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, value]));
}
