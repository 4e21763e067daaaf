import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { OWN_RUNTIME, runtimeFor } from '../../../../src/virtual-board/interpreter/runtime/runtimes.js';
import { dateOf, PROMPT, RunningBoard, VERSIONS } from './running-board.js';

test.each([
  ['1.12', '1.23.0', false],
  ['1.22.2', '1.23.0', false],
  ['1.23.0', '1.23.0', true],
  ['1.24.1', '1.23.0', false],
  ['1.25.0', '1.27.0', false],
  ['1.27.1', '1.27.0', true],
  ['1.28.0', '1.29.0', false],
  ['1.29.0', '1.29.0', true],
  ['2.0.0', '1.29.0', false],
])('firmware %s runs as %s', (version, runs, isExact) => {
  const chosen = runtimeFor(version);
  expect([chosen.runtime.version, chosen.isExact]).toEqual([runs, isExact]);
});

test('the own firmware is the newest release that npm calls latest', () => {
  expect(OWN_RUNTIME).toMatchObject({ version: '1.27.0', buildDate: '2025-12-09' });
});

describe.each(VERSIONS)('firmware %s', (version) => {
  test('is run by the interpreter of that version, without a word', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    // Below the shim, the interpreter says itself what it is.
    const [major, minor] = version.split('.');
    expect(await board.run('import sys; sys._real.implementation.version[:2]')).toBe(
      `(${major}, ${minor})\r\n`,
    );
    expect(await board.run('sys.implementation.version[:3], sys.version')).toBe(
      `((${version.replaceAll('.', ', ')}), '3.4.0; MicroPython v${version} on ${dateOf(version)}')\r\n`,
    );
    expect(board.messages).toEqual([]);
  });
});

test('firmware of which there is no interpreter runs on the nearest, under its own name and with a notice', async () => {
  await using board = new RunningBoard({ version: '1.25.0', buildDate: '2025-04-15' });
  expect(await board.until(PROMPT)).toContain(
    'MicroPython v1.25.0 on 2025-04-15; ESP module with ESP8266\r\n',
  );
  expect(board.messages).toEqual([
    'The flash holds MicroPython 1.25.0; the virtual board runs 1.27.0, the nearest installed version.',
  ]);
});

test.each([
  ['1.20.0', 'uzlib'],
  ['1.21.0', 'deflate'],
] as const)('firmware %s inflates with %s', async (version, present) => {
  await using board = new RunningBoard({ version });
  await board.until(PROMPT);
  const packed = deflateRawSync(Buffer.from('ten bytes.'.repeat(100)), { windowBits: 10 });
  await board.enterRaw();
  const data = `d = __import__('binascii').unhexlify('${packed.toString('hex')}')\nimport io, ${present}\n`;
  const inflate = {
    uzlib:
      'b = bytearray(5)\ni = uzlib.DecompIO(io.BytesIO(d), -10)\nprint(len(uzlib.decompress(d, -10)), i.readinto(b), b, i.read(5))',
    deflate:
      'b = bytearray(5)\ni = deflate.DeflateIO(io.BytesIO(d), deflate.RAW, 10)\nprint(1000, i.readinto(b), b, i.read(5))',
  }[present];
  expect(await board.exec(data + inflate)).toEqual({
    out: "1000 5 bytearray(b'ten b') b'ytes.'\r\n",
    error: '',
  });
});
