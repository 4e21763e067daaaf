// The shims take what MicroPython's own functions take: other people's programs use all of it.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROMPT, RunningBoard, VERSIONS } from './running-board.js';
import { SIGNATURES, type SignatureTable } from './signatures.js';

/**
 * Calls with one argument too few and one too many must be refused before anything happens, those with the fewest and
 * the most must not be. An unknown keyword keeps a function of Python's from running, once it has counted.
 */
const PROBE = `
import sys
def refusal(f, count, **keywords):
  try: f(*[None] * count, **keywords)
  except TypeError as e: return str(e)
  except BaseException: pass
  return ''
COUNTS = ('positional arg', 'expected at most', 'missing')
def is_count(text): return any(c in text for c in COUNTS) and 'keyword' not in text
def probe(name, f, fewest, most, keywords, endless):
  if fewest and not is_count(refusal(f, fewest - 1)): print('!', name, 'takes', fewest - 1)
  if not is_count(refusal(f, most + 1)): print('!', name, 'takes', most + 1)
  if is_count(refusal(f, most, no_such_keyword=None)): print('!', name, 'refuses', most)
  if not endless and is_count(refusal(f, fewest)): print('!', name, 'refuses', fewest)
  for keyword in keywords.split():
    if 'keyword' in refusal(f, fewest, **{keyword: None}): print('!', name, 'refuses', keyword)
`;

describe.each(VERSIONS)('MicroPython %s', (version) => {
  test.each(['esp8266', 'esp32'] as const)('the shims of an %s have its signatures', async (chip) => {
    await using board = new RunningBoard({ version, chip });
    await board.until(PROMPT);
    await board.enterRaw();
    expect((await board.exec(PROBE)).error).toBe('');
    const wrong: string[] = [];
    for (const { object, setup, members } of SIGNATURES.filter((one) => (one.chip ?? chip) === chip)) {
      const probes = Object.entries(members)
        .filter(([, [, , options]]) => (options?.chip ?? chip) === chip && !options?.own)
        .map(([name, [fewest, most, { keywords = '', endless = false } = {}]]) => {
          const path = `${object}.${name}`;
          return `probe('${path.replaceAll("'", '"')}', ${path}, ${fewest}, ${most}, '${keywords}', ${endless ? 1 : 0})`;
        });
      const { out, error } = await board.exec([setup, ...probes].join('\n'));
      // Some of the functions print.
      wrong.push(...out.split('\r\n').filter((line) => line.startsWith('!')));
      expect(error, object).toBe('');
    }
    expect(wrong).toEqual([]);
  });

  test.each(['esp8266', 'esp32'] as const)('an %s has no function that its firmware lacks', async (chip) => {
    await using board = new RunningBoard({ version, chip });
    await board.until(PROMPT);
    await board.enterRaw();
    const modules = ['machine', 'network', 'esp', 'os', 'vfs', 'time', 'select', 'socket'];
    for (const module of chip === 'esp32' ? [...modules, 'esp32'] : modules) {
      const known = namesOf(SIGNATURES.filter((one) => one.object === module));
      const code = `import ${module}\nprint([n for n in dir(${module}) if n[0] != '_' and callable(getattr(${module}, n))])`;
      const { out } = await board.exec(code);
      const there: string[] = JSON.parse(out.replaceAll("'", '"'));
      expect(
        there.filter((name) => !known.has(name)),
        module,
      ).toEqual([]);
    }
  });
});

/** Of what programs get to see; the rest is the shims' own. */
const SHOWN =
  /^(?:modules\/.*|streams\/_(?:files|stdio|stream)|hardware\/_(?:pin|timer|rtc|uart)|internal\/_(?:sys|micropython))\.py$/;
const SHIMS = new URL('../../../../src/virtual-board/shims/', import.meta.url);

test('a parameter that takes no keyword on a board takes none here', () => {
  const keywords = new Set(
    SIGNATURES.flatMap(({ members }) =>
      Object.values(members).flatMap(([, , options]) => (options?.keywords ?? '').split(' ')),
    ),
  );
  const files = readdirSync(SHIMS, { recursive: true, encoding: 'utf8' }).filter((file) => SHOWN.test(file));
  for (const file of files) {
    const definitions = readFileSync(new URL(file, SHIMS), 'utf8').matchAll(
      /^ *def ([a-z]\w*|__init__)\((.*?)\):$/gm,
    );
    for (const [line, name, parameters = ''] of definitions) {
      // Called by the interpreter and by the shims alone.
      if (name === 'ioctl' || /\b(?:descriptor|fd)\b/.test(line)) continue;
      const open = parameters
        .split(',')
        .map((one) => one.trim().split('=')[0] ?? '')
        .filter((one) => !/^(?:self|_\w+|\*.*|)$/.test(one) && !keywords.has(one));
      expect(open, `${file}: ${line.trim()}`).toEqual([]);
    }
  }
  expect(files.length).toBeGreaterThan(12);
});

function namesOf(tables: readonly SignatureTable[]): Set<string> {
  return new Set(tables.flatMap(({ members }) => Object.keys(members)));
}
