import { describe, expect, test } from 'vitest';
import { MAX_LINE_BYTES } from '../../../../src/log/line-splitter.js';
import { SecretFilter } from '../../../../src/log/redaction/secret-filter.js';
import { bytesOf, linesOf, OURS, SERIES } from '../../../support/log-fixtures.js';
import { inPieces, seededBytes, seededRandom } from '../../../support/random.js';

function filtered(pieces: readonly Uint8Array[]): Buffer {
  const filter = new SecretFilter();
  return Buffer.concat([...pieces.map((piece) => filter.push(piece)), filter.end()]);
}
const singly = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

describe("the blog series' bytes", () => {
  const bytes = bytesOf(linesOf(SERIES));

  test('come out with every password masked and nothing else changed', () => {
    const lines = filtered([bytes]).toString().split('\r\n');
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(lines).toContain("Trying to connect to SSID 'Home, sweet' with password ***");
    expect(lines).toContain('Failed to connect to Home, sweet with ***. WLAN status=2');
    const harmless = linesOf(SERIES).filter((line) => !line.includes('hunter2'));
    expect(lines).toEqual(expect.arrayContaining(harmless));
    expect(lines).toHaveLength(linesOf(SERIES).length + 1);
  });

  test('come out the same in any pieces', () => {
    expect(filtered(singly(bytes))).toEqual(filtered([bytes]));
    expect(filtered(inPieces(bytes, seededRandom(3), 30))).toEqual(filtered([bytes]));
  });

  test('show no password when a message of the SDK is in the line, at any place', () => {
    const lines = bytesOf(linesOf(SERIES).filter((line) => line.includes('hunter2')));
    const noise = Buffer.from('#33 ets_task(4020f510, 29, 3fff8f88, 10)\r\n');
    for (let at = 0; at <= lines.length; at++) {
      const noisy = Buffer.concat([lines.subarray(0, at), noise, lines.subarray(at)]);
      for (const pieces of [[noisy], singly(noisy)]) {
        const out = filtered(pieces).toString();
        expect(out, `at ${at}`).toContain('ets_task(4020f510, 29, 3fff8f88, 10)');
        expect(out.match(/unter2|hunter|, with password x/g), `at ${at}: ${out}`).toBeNull();
      }
    }
  });
});

test("our portal's bytes and random ones come out as they went in", () => {
  const bytes = Buffer.concat([bytesOf(linesOf(OURS)), seededBytes(4, 50_000)]);
  expect(filtered([bytes]).equals(bytes)).toBe(true);
  expect(filtered(inPieces(bytes, seededRandom(3), 3000)).equals(bytes)).toBe(true);
});

test('what is no secret is not held back: a prompt, an echo, the beginning of any line', () => {
  const filter = new SecretFilter();
  for (const text of ['>>> ', "Trying to connect to SSID 'Home' with pass", 'Fail', '#33 ets_'])
    expect(filter.push(Buffer.from(text)).toString()).toBe(text);
});

test('a line without end is not kept', () => {
  const filter = new SecretFilter();
  const secret = Buffer.from('Invalid credentials file: ');
  expect(filter.push(secret).toString()).toBe('Invalid credentials file: ');
  let out = 0;
  for (let sent = 0; sent < 10_000_000; sent += 50_000) out += filter.push(Buffer.alloc(50_000, 'x')).length;
  expect(out).toBeLessThan(MAX_LINE_BYTES);
  expect(filter.push(Buffer.from('\nHello\n')).toString()).toBe('\nHello\n');
});

test('the literal of a password is masked up to its closing quote, in a program as in a string of one', () => {
  const cases = {
    '"password": "hunter2", "essid": "a"': '"password": "***", "essid": "a"',
    "{'password':'hunter\\'2', 'x': 1}": "{'password':'***', 'x': 1}",
    "w('{\\'password\\': \\'hunter2\\'}')": "w('{\\'password\\': \\'***\\'}')",
    '"psk": b"hunter2': '"psk": b"***',
  };
  for (const [line, masked] of Object.entries(cases)) {
    const bytes = Buffer.from(`${line}\n`);
    expect(filtered([bytes]).toString()).toBe(`${masked}\n`);
    expect(filtered(singly(bytes)).toString()).toBe(`${masked}\n`);
  }
});

test('forms with control characters in them come out the same in any pieces', () => {
  const words = [
    'pass',
    'word',
    'password',
    ' ',
    '=',
    ':',
    "'",
    'S3',
    ', ',
    'connect(',
    ')',
    'http://',
    '@',
    '&a=',
  ];
  const controls = ['\x1b[', '\x1b[0m', '\x1b', '\0', '\r', '\xa0', '\x85', '\x1b[1;', '\x1b]', '0m'];
  for (let seed = 1; seed <= 1000; seed++) {
    const random = seededRandom(seed);
    const parts = Array.from({ length: 3 + random(12) }, () => {
      const from = random(2) ? words : controls;
      return from[random(from.length)];
    });
    const bytes = Buffer.from(`${parts.join('')}\n`);
    const whole = filtered([bytes]).toString();
    expect(filtered(singly(bytes)).toString(), JSON.stringify(whole)).toBe(whole);
    expect(filtered(inPieces(bytes, random, 5)).toString(), JSON.stringify(whole)).toBe(whole);
  }
});

test('an empty password in a form is masked once, and nothing after it is repeated', () => {
  const line = 'GET /?pass=&a=Home\n';
  expect(filtered(singly(Buffer.from(line))).toString()).toBe('GET /?pass=***&a=Home\n');
});
