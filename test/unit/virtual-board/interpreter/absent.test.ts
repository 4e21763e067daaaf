// What ports/esp8266/mpconfigport.h leaves out must be missing here as well, and be there on an ESP32.
import { describe, expect, test } from 'vitest';
import { sharedBoard, VERSIONS } from './running-board.js';

const ABSENT = [
  'random.choice([1])',
  'random.randint(1, 2)',
  'random.randrange(2)',
  'random.random()',
  'random.uniform(1, 2)',
  'binascii.crc32(b"")',
  'hashlib.md5()',
  // Not `math.inf`: from 1.27 on the compiler replaces it by its value.
  'getattr(math, "inf")',
  'math.factorial(3)',
  'math.isclose(1, 1)',
  'math.log10(10)',
  'sys.ps1',
  'compile("1", "", "eval")',
];
const THERE = [
  'random.getrandbits(8)',
  'urandom.seed(1)',
  'binascii.hexlify(b"a")',
  'binascii.a2b_base64("YQ==")',
  'hashlib.sha256(b"a").digest()',
  'math.sqrt(4) + math.pi',
  '__import__("uhashlib").sha256()',
  'pow(2, 3)',
];
const PROBE =
  'import random, urandom, binascii, hashlib, math, sys\n' +
  'def probe(what):\n' +
  '  try: eval(what)\n' +
  '  except (AttributeError, NameError): return False\n' +
  '  return True\n';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const boards = {
    esp8266: sharedBoard({ version, chip: 'esp8266' }),
    esp32: sharedBoard({ version, chip: 'esp32' }),
  };

  async function probed(chip: 'esp8266' | 'esp32', expressions: readonly string[]): Promise<string> {
    const { out, error } = await boards[chip]().exec(
      `${PROBE}print([w for w in ${JSON.stringify(expressions)} if probe(w)])`,
    );
    expect(error).toBe('');
    return out.trim();
  }

  const python = (list: readonly string[]) =>
    `[${list.map((one) => (one.includes("'") ? `"${one}"` : `'${one}'`)).join(', ')}]`;

  test('an ESP8266 lacks what its build leaves out', async () => {
    expect(await probed('esp8266', ABSENT)).toBe('[]');
  });

  test('an ESP8266 has the rest of these modules', async () => {
    expect(await probed('esp8266', THERE)).toBe(python(THERE));
  });

  test('an ESP32 has all of it', async () => {
    const expressions = [...ABSENT.filter((one) => one !== 'hashlib.md5()'), ...THERE];
    expect(await probed('esp32', expressions)).toBe(python(expressions));
  });

  test.each(['esp8266', 'esp32'] as const)('no bridge to JavaScript on an %s', async (chip) => {
    expect((await boards[chip]().exec('from js import console')).error).toContain('ImportError');
    expect((await boards[chip]().exec('from jsffi import JsProxy')).error).toContain('ImportError');
  });
});
