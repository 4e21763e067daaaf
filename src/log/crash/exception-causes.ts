// What a processor's exceptions mean, in words that help who never saw one.
// Numbers and names: EXCCAUSE in the Xtensa instruction set manual; kinds of panic: ESP-IDF's guide "Fatal Errors".

const PROHIBITED_READ = 'read from an address that cannot be read, usually through a null pointer';
const PROHIBITED_WRITE = 'wrote to an address that cannot be written, usually through a null pointer';
const PROHIBITED_JUMP = 'jumped to an address without code: a corrupt stack or function pointer';
const ILLEGAL =
  'executed an invalid instruction: damaged firmware in flash, a wrong flash mode, or a corrupt stack';

/** EXCCAUSE → its name, and what happened. */
const XTENSA_CAUSES: Readonly<Record<number, readonly [string, string]>> = {
  0: ['IllegalInstruction', ILLEGAL],
  1: ['Syscall', 'made an unhandled system call'],
  2: ['InstructionFetchError', 'could not fetch an instruction from that address'],
  3: ['LoadStoreError', 'accessed flash or instruction memory other than by aligned words'],
  4: ['Level1Interrupt', 'received an unhandled interrupt'],
  5: ['Alloca', 'could not get stack space'],
  6: ['IntegerDivideByZero', 'divided an integer by zero'],
  8: ['Privileged', 'executed a privileged instruction'],
  9: ['LoadStoreAlignment', 'read or wrote a word at an address that is not a multiple of its size'],
  12: ['InstrPIFDataError', 'could not fetch an instruction over the bus'],
  13: ['LoadStorePIFDataError', 'could not read or write over the bus'],
  14: ['InstrPIFAddrError', 'fetched an instruction from an invalid bus address'],
  15: ['LoadStorePIFAddrError', 'accessed an invalid bus address'],
  20: ['InstrFetchProhibited', PROHIBITED_JUMP],
  28: ['LoadProhibited', PROHIBITED_READ],
  29: ['StoreProhibited', PROHIBITED_WRITE],
};

/** Text in the brackets of a Guru Meditation, or a name of this project if it has none → what happened. */
const ESP32_KINDS: Readonly<Record<string, string>> = {
  IllegalInstruction: ILLEGAL,
  'Illegal instruction': ILLEGAL,
  InstrFetchProhibited: PROHIBITED_JUMP,
  'Instruction access fault': PROHIBITED_JUMP,
  LoadProhibited: PROHIBITED_READ,
  'Load access fault': PROHIBITED_READ,
  StoreProhibited: PROHIBITED_WRITE,
  'Store access fault': PROHIBITED_WRITE,
  LoadStoreAlignment: 'read or wrote a word at an address that is not a multiple of its size',
  'Load address misaligned': 'read a word at an address that is not a multiple of its size',
  'Store address misaligned': 'wrote a word at an address that is not a multiple of its size',
  LoadStoreError: 'accessed instruction memory other than by aligned words',
  IntegerDivideByZero: 'divided an integer by zero',
  Breakpoint: 'reached a breakpoint without a debugger',
  'Unhandled debug exception': 'hit a watchpoint, usually at the end of a stack that is too small',
  'Double exception': 'caused an exception in an exception handler, usually because of a corrupt stack',
  'Interrupt wdt timeout on CPU0': 'blocked interrupts on core 0 for too long',
  'Interrupt wdt timeout on CPU1': 'blocked interrupts on core 1 for too long',
  'Cache disabled but cached memory region accessed': 'ran code from flash while the flash was being written',
  'Cache error': 'accessed unmapped memory through the cache, or while the flash was being written',
  'Stack protection fault': 'overflowed the stack of a task: recursion is too deep, or the stack too small',
  'Memory protection fault': 'accessed protected memory',
  ESP_ERROR_CHECK: 'called an SDK function that failed (ESP_ERROR_CHECK)',
  abort: 'called abort() after an error that it could not handle',
  assert: 'failed an assertion',
  'stack overflow': 'overflowed the stack of a task: recursion is too deep, or the stack too small',
  brownout: 'detected that the supply voltage was too low',
  'heap corruption': 'detected a corrupt heap',
};

export function exceptionName(cause: number): string {
  return XTENSA_CAUSES[cause]?.[0] ?? `exception ${cause}`;
}

export function explainEsp8266Exception(cause: number): string {
  return `the firmware ${XTENSA_CAUSES[cause]?.[1] ?? `caused exception ${cause}`}`;
}

const STACK_CANARY = /Stack canary watchpoint triggered \((.*?)\)/;

/** @param lines of the dump, which may be more specific than the kind */
export function explainEsp32Panic(kind: string, lines: readonly string[]): string {
  const task = lines.map((line) => STACK_CANARY.exec(line)?.[1]).find((name) => name !== undefined);
  if (task !== undefined)
    return `the firmware overflowed the stack of its task ${task}: recursion is too deep`;
  return `the firmware ${ESP32_KINDS[kind] ?? `stopped with "${kind}"`}`;
}
