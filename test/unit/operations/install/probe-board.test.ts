import { expect, test } from 'vitest';
import { parseFacts } from '../../../../src/operations/install/probe-board.js';
import { bundleFormFor } from '../../../../src/portal/bundle.js';
import { formatManifest, shortHash } from '../../../../src/portal/manifest.js';

/** What the program prints on a board of that version; the rest as an ESP8266 has it. */
function answer(
  changes: {
    version?: number[];
    hash?: string;
    text?: string | false;
    states?: string;
    names?: string[];
  } = {},
) {
  const { version = [1, 27, 0], hash = '', text = '', states = '', names = ['boot.py'] } = changes;
  return `${JSON.stringify(['esp8266', version, 9990, 30_000, 4096, 800, true, '', 0, 1, hash, text, states, names])}\r\n`;
}

const NONE = new Map<string, string>();

test('the figures are read', () => {
  expect(parseFacts(answer(), NONE)).toMatchObject({
    platform: 'esp8266',
    version: '1.27.0',
    mpy: 9990,
    freeHeapBytes: 30_000,
    freeSpaceBytes: 800 * 4096,
    inflater: 'deflate',
    takesBinary: true,
    machineWithoutWifi: '',
    isCommitting: false,
    mainStartsPortal: true,
    hasStaged: false,
    otherNames: ['boot.py'],
  });
});

test.each([
  [[1, 12, 0], 'uzlib'],
  [[1, 20, 0], 'uzlib'],
  [[1, 21, 0], 'deflate'],
  [[2, 0, 0], 'deflate'],
])('MicroPython %j unpacks with %s', (version, inflater) => {
  expect(parseFacts(answer({ version }), NONE).inflater).toBe(inflater);
});

test('each file of the manifest is reported with its state, also if the list was not sent', () => {
  const manifest = formatManifest(
    ['a.mpy', 'b.html', 'c.py'].map((path) => ({
      kind: 'portal' as const,
      hash: shortHash(Buffer.from(path)),
      path,
    })),
  );
  const expected = [
    { path: 'a.mpy', state: 'same' },
    { path: 'b.html', state: 'changed' },
    { path: 'c.py', state: 'missing' },
  ];
  expect(parseFacts(answer({ hash: 'h', text: manifest, states: '=!-' }), NONE).installed).toMatchObject(
    expected,
  );
  const known = new Map([['h', manifest]]);
  expect(parseFacts(answer({ hash: 'h', text: false, states: '=!-' }), known).installed).toMatchObject(
    expected,
  );
});

test('an unfinished installation is reported, and not as an ordinary name', () => {
  const facts = parseFacts(answer({ names: ['portal.new', 'mine.py'] }), NONE);
  expect(facts).toMatchObject({ hasStaged: true, otherNames: ['mine.py'] });
});

test.each([
  'rubbish',
  'null',
  '{}',
  '[1, 2]',
  answer().replace('[1,27,0]', '"1.27"'),
  answer().replace('"boot.py"', '5'),
])('an answer that is none is an error, not a guess: %s', (output) => {
  expect(() => parseFacts(output, NONE)).toThrow(expect.objectContaining({ code: 'transfer-failed' }));
});

test.each([
  ['without control characters', '\x1b[2Jone\r\n\ttwo\0\n', '[2Jone two'],
  ['whole up to 80 characters', `${'é'.repeat(80)}\n`, 'é'.repeat(80)],
  ['shortened to 80 characters', '😀'.repeat(5000), `${'😀'.repeat(80)}…`],
])('an answer that is none is quoted in one line, %s', (_how, output, quoted) => {
  const message = `The board's answer cannot be read: "${quoted}".`;
  expect(() => parseFacts(output, NONE)).toThrow(expect.objectContaining({ message }));
});

test.each([
  ['1.27 on an ESP8266', 9990, 'mpy6'],
  ['1.27 on an ESP32', 11014, 'mpy6'],
  ['1.19', 6, 'mpy6'],
  ['1.18 on an ESP8266', 5 | (2 << 8), 'mpy5'],
  ['1.18 on an ESP32, which looks names up in a cache', 5 | (3 << 8), 'source'],
  ['a firmware that imports no bytecode', 0, 'source'],
  ['a format to come', 7, 'source'],
])('%s is sent what it imports', (_what, mpy, form) => {
  expect(bundleFormFor(mpy)).toBe(form);
});
