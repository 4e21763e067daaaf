// What a processor's exceptions mean, in words that help who never saw one.
// Numbers and names: EXCCAUSE in the Xtensa instruction set manual; kinds of panic: ESP-IDF's guide "Fatal Errors".

const PROHIBITED_READ = 'read from an address where nothing may be read, most often through a null pointer';
const PROHIBITED_WRITE =
  'wrote to an address where nothing may be written, most often through a null pointer';
const PROHIBITED_JUMP = 'jumped to an address that holds no code: a broken stack or function pointer';
const ILLEGAL =
  'met an instruction that does not exist: damaged firmware in flash, a wrong flash mode, or a broken stack';

/** EXCCAUSE → its name, and what happened. */
const XTENSA_CAUSES: Readonly<Record<number, readonly [string, string]>> = {
  0: ['IllegalInstruction', ILLEGAL],
  1: ['Syscall', 'made a system call that nothing handles'],
  2: ['InstructionFetchError', 'could not fetch an instruction from that address'],
  3: ['LoadStoreError', 'accessed flash or instruction memory in another way than by aligned words'],
  4: ['Level1Interrupt', 'got an interrupt that nothing handles'],
  5: ['Alloca', 'needed stack space that could not be given'],
  6: ['IntegerDivideByZero', 'divided a whole number by zero'],
  8: ['Privileged', 'met an instruction that it may not execute'],
  9: ['LoadStoreAlignment', 'read or wrote a word at an address that is no multiple of its size'],
  12: ['InstrPIFDataError', 'could not fetch an instruction over the bus'],
  13: ['LoadStorePIFDataError', 'could not read or write over the bus'],
  14: ['InstrPIFAddrError', 'fetched an instruction from an address that the bus does not know'],
  15: ['LoadStorePIFAddrError', 'accessed an address that the bus does not know'],
  20: ['InstrFetchProhibited', PROHIBITED_JUMP],
  28: ['LoadProhibited', PROHIBITED_READ],
  29: ['StoreProhibited', PROHIBITED_WRITE],
};

/** What stands between the brackets of a Guru Meditation, and names of our own for what has none → what happened. */
const ESP32_KINDS: Readonly<Record<string, string>> = {
  IllegalInstruction: ILLEGAL,
  'Illegal instruction': ILLEGAL,
  InstrFetchProhibited: PROHIBITED_JUMP,
  'Instruction access fault': PROHIBITED_JUMP,
  LoadProhibited: PROHIBITED_READ,
  'Load access fault': PROHIBITED_READ,
  StoreProhibited: PROHIBITED_WRITE,
  'Store access fault': PROHIBITED_WRITE,
  LoadStoreAlignment: 'read or wrote a word at an address that is no multiple of its size',
  'Load address misaligned': 'read a word at an address that is no multiple of its size',
  'Store address misaligned': 'wrote a word at an address that is no multiple of its size',
  LoadStoreError: 'accessed instruction memory in another way than by aligned words',
  IntegerDivideByZero: 'divided a whole number by zero',
  Breakpoint: 'met a breakpoint without a debugger',
  'Unhandled debug exception': 'hit a watchpoint, most often at the end of a stack that is too small',
  'Double exception': 'met an error while it handled an error, most often on a broken stack',
  'Interrupt wdt timeout on CPU0': 'blocked interrupts on core 0 for too long',
  'Interrupt wdt timeout on CPU1': 'blocked interrupts on core 1 for too long',
  'Cache disabled but cached memory region accessed': 'ran code from flash while the flash was being written',
  'Cache error': 'accessed memory behind the cache that is not mapped, or while the flash was being written',
  'Stack protection fault': 'used up the stack of a task: too deep recursion, or too small a stack',
  'Memory protection fault': 'accessed memory against its protection',
  ESP_ERROR_CHECK: 'called a function of the SDK that failed, and cannot go on without it',
  abort: 'gave up by itself (abort), after an error that it could not handle',
  assert: 'found something that must not be (failed assertion)',
  'stack overflow': 'used up the stack of a task: too deep recursion, or too small a stack',
  brownout: 'saw its supply voltage fall too low',
  'heap corruption': 'found its memory management overwritten',
};

export function exceptionName(cause: number): string {
  return XTENSA_CAUSES[cause]?.[0] ?? `exception ${cause}`;
}

export function explainEsp8266Exception(cause: number): string {
  return `the firmware ${XTENSA_CAUSES[cause]?.[1] ?? `met exception ${cause}`}`;
}

const STACK_CANARY = /Stack canary watchpoint triggered \((.*?)\)/;

/** @param lines of the dump, which may tell more than the kind */
export function explainEsp32Panic(kind: string, lines: readonly string[]): string {
  const task = lines.map((line) => STACK_CANARY.exec(line)?.[1]).find((name) => name !== undefined);
  if (task !== undefined) return `the firmware used up the stack of its task ${task}: too deep recursion`;
  return `the firmware ${ESP32_KINDS[kind] ?? `met "${kind}"`}`;
}
