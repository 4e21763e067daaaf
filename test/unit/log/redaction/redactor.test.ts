import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LogParser } from '../../../../src/log/log-parser.js';
import { Redactor } from '../../../../src/log/redaction/redactor.js';
import { SecretFilter } from '../../../../src/log/redaction/secret-filter.js';
import { inPieces, seededRandom } from '../../../support/random.js';

const LOGS = new URL('../../../fixtures/logs/', import.meta.url);
const forms = new Redactor();

function filtered(pieces: readonly Uint8Array[], redactor?: Redactor): string {
  const filter = new SecretFilter(redactor);
  return Buffer.concat([...pieces.map((piece) => filter.push(piece)), filter.end()]).toString();
}
const singly = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

describe.each(['secrets.log', 'secret-kw.log'])('%s', (name) => {
  const bytes = readFileSync(new URL(name, LOGS));

  test('shows no password as text, as bytes in any pieces, and as events', () => {
    const whole = forms.mask(bytes.toString());
    for (const line of whole.trim().split('\n')) expect(line).toContain('***');
    const parser = new LogParser({ board: 'x' });
    const events = [...parser.push(bytes, 0), ...parser.end(0)];
    for (const text of [whole, filtered([bytes]), JSON.stringify(events)])
      expect(text).not.toContain('S3cret');
    for (let seed = 1; seed <= 20; seed++) {
      expect(filtered(inPieces(bytes, seededRandom(seed), 8))).toBe(filtered([bytes]));
    }
    expect(filtered(singly(bytes))).toBe(filtered([bytes]));
  });

  test('shows no password without line ends', () => {
    for (const line of bytes.toString().trimEnd().split('\n')) {
      const pieces = singly(Buffer.from(line.trimEnd()));
      const filter = new SecretFilter();
      const shown = pieces.map((piece) => Buffer.from(filter.push(piece)).toString()).join('');
      expect(shown, line).not.toMatch(/S3|cret|P.?w0rd/);
    }
  });
});

const MASKED: Readonly<Record<string, string>> = {
  "password='S3cretPw0rd'": "password='***'",
  'wifi password="S3cretPw0rd"': 'wifi password="***"',
  "wlan.connect('Home', 'S3cretPw0rd', 10)": "wlan.connect('Home', '***', 10)",
  "do_connect(SSID, b'S3cretPw0rd')": "do_connect(SSID, b'***')",
  "ap.config(essid='Lamp', key='S3cretPw0rd')": "ap.config(essid='Lamp', key='***')",
  "connect('it\\'s', 'S3cretPw0rd')": "connect('it\\'s', '***')",
  "dict_items([('ssid', 'Home'), ('password', 'S3cretPw0rd')])":
    "dict_items([('ssid', 'Home'), ('password', '***')])",
  '{"wifi_pwd": 12345678, "channel": 6}': '{"wifi_pwd": ***, "channel": 6}',
  'Passphrase: correct horse, battery': 'Passphrase: ***',
  'wpa_psk=0123456789abcdef': 'wpa_psk=***',
  "password = '''S3cretPw0rd'''": "password = '''***'''",
  "ssid='Home' password='it's S3cret' channel=6": "ssid='Home' password='***' channel=6",
  'GET http://joe:S3cretPw0rd@192.168.1.2/x': 'GET http://***@192.168.1.2/x',
  "http://joe:it's%40S3cret@192.168.1.2/x": 'http://***@192.168.1.2/x',
  'POST ssid=Home&wifiPass=S3cret%20Pw&save=1': 'POST ssid=Home&wifiPass=***&save=1',
  '\x1b[1mpassword\x1b[0m: \x1b[32mS3cretPw0rd': '\x1b[1mpassword\x1b[0m: \x1b[32m***',
  'pass\x1b[0mword = S3cretPw0rd': 'pass\x1b[0mword = ***',
  "pa\x1b[1;31mss\x00word: 'S3cretPw0rd', a": "pa\x1b[1;31mss\x00word: '***', a",
  'password \x00= S3cretPw0rd': 'password \x00= ***',
  'password\r= S3cretPw0rd': 'password\r= ***',
  'Connected\rpassword\x7f= S3cretPw0rd': 'Connected\rpassword\x7f= ***',
  'password\xa0=\xa0S3cretPw0rd': 'password\xa0=\xa0***',
  "password\xa0: 'S3cretPw0rd', channel=6": "password\xa0: '***', channel=6",
  'password\x85= S3cretPw0rd': 'password\x85= ***',
  '\x1b[password = S3cretPw0rd': '\x1b[password = ***',
  'joining with\x00 the\xa0password S3cretPw0rd': 'joining with\x00 the\xa0password ***',
  'http://joe:S3\x1b[?25hcret@192.168.1.2/x': 'http://***@192.168.1.2/x',
  'http://joe:S3\rcret@192.168.1.2/x': 'http://***@192.168.1.2/x',
  "wlan.conn\x1b[Kect('Home'\x00, 'S3cretPw0rd')": "wlan.conn\x1b[Kect('Home'\x00, '***')",
  "wlan.connect(('Home'), ('S3cretPw0rd'))": "wlan.connect(('Home'), ('***'))",
  "wlan.connect( ( SSID ) , ( b'S3cretPw0rd' ) )": "wlan.connect( ( SSID ) , ( b'***' ) )",
  '"{\\"password\\": \\"S3cretPw0rd\\"}"': '"{\\"password\\": \\"***\\"}"',
};

test.each(Object.entries(MASKED))('%s is masked as a whole', (line, masked) => {
  expect(forms.mask(line)).toBe(masked);
  expect(forms.mask(masked)).toBe(masked);
  expect(filtered(singly(Buffer.from(`${line}\n`)))).toBe(`${masked}\n`);
});

test.each([
  'bypass: on, compass=3, passed: 5 tests',
  'Forgot your password? It is on the label.',
  "HTTP Server listening on ('0.0.0.0', 80)",
  "('192.168.4.1', '255.255.255.0')",
  "AP mode configured: ('192.168.4.1', '255.255.255.0', '192.168.4.1', '192.168.4.1')",
  "Captive portal ready: join WiFi 'x', then open http://192.168.4.1/",
  "['boot.py', 'captive_portal.py']",
  'wlan.connect(ssid, pw)',
  "print('one thing', 'another thing')",
])('%s holds no secret', (line) => {
  expect(forms.mask(line)).toBe(line);
  expect(filtered(singly(Buffer.from(`${line}\n`)))).toBe(`${line}\n`);
});

describe('a secret of this run', () => {
  const secret = `it's "ü" 50%\\`;
  const redactor = new Redactor([secret]);
  const bytes = Buffer.from(secret);

  test.each([
    ['plain', secret],
    ['JSON', JSON.stringify({ a: secret })],
    ['Python', "'it\\'s \"\\U000000fc\" 50%\\\\'"],
    ['Python bytes', "b'it\\'s \"\\xc3\\xbc\" 50%\\\\'"],
    ['URL', encodeURIComponent(secret)],
    ['form', new URLSearchParams({ a: secret }).toString()],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['Base64', bytes.toString('base64')],
  ])('is masked where it is repeated: %s', (_form, text) => {
    const line = `before ${text} behind`;
    const masked = redactor.mask(line);
    expect(masked).toMatch(/^before .*\*\*\*.* behind$/);
    expect(masked).not.toMatch(/50|it|697427|J3M/);
    expect(filtered(singly(Buffer.from(`${line}\n`)), redactor)).toBe(`${masked}\n`);
    expect(filtered(singly(Buffer.from(line)), redactor)).toBe(masked);
  });

  test('is not masked when it is too short to be distinguished from other text', () => {
    expect(new Redactor(['on']).mask('on and on')).toBe('on and on');
  });
});

describe('a line that is longer than a line may be', () => {
  test.each([6000, 8150, 8185, 8192, 9000, 20_000])(
    'is masked in the same way in any pieces (%d)',
    (length) => {
      const line = `${'x'.repeat(length)} {"ssid": "Home", "password": "S3cretPw0rd", "x": "${'y'.repeat(9000)}"}\nnext\n`;
      const bytes = Buffer.from(line);
      const whole = filtered([bytes]);
      expect(whole).not.toContain('S3cret');
      expect(whole).toContain('"password": "***');
      expect(filtered(singly(bytes))).toBe(whole);
      expect(filtered(inPieces(bytes, seededRandom(7), 700))).toBe(whole);
    },
  );
});

test('masking twice is masking once', () => {
  const random = seededRandom(5);
  const words = [
    'password',
    '=',
    ': ',
    "'",
    '"',
    'pass',
    '\\',
    'x',
    ' ',
    ',',
    ')',
    '(',
    'connect(',
    '://',
    '@',
    '&',
    'a=',
    '?',
  ];
  for (let round = 0; round < 1000; round++) {
    const line = Array.from({ length: 12 }, () => words[random(words.length)]).join('');
    const masked = forms.mask(line);
    expect(forms.mask(masked), line).toBe(masked);
    const bytes = Buffer.from(`${line}\n`);
    expect(filtered([bytes]), line).toBe(`${masked}\n`);
    expect(filtered(singly(bytes)), line).toBe(`${masked}\n`);
  }
});

describe('a text that is no secret', () => {
  const redactor = new Redactor(['S3cretPw0rd'], ['--app my-password', '/etc/passwd', '/tmp/psk=1/air.json']);

  test.each([
    '--app my-password: there is no such folder.',
    '/etc/passwd: is a device. air=/tmp/psk=1/air.json is not JSON.',
  ])('is left: %s', (text) => {
    expect(new Redactor().mask(text)).toContain('***');
    expect(redactor.mask(text)).toBe(text);
  });

  test.each([
    ['my-password: hunter2', 'my-password: ***'],
    ['/etc/passwd: x psk=hunter2', '/etc/passwd: x psk=***'],
    ['/etc/passwd-password: hunter2', '/etc/passwd-password: ***'],
    ['--app my-password2: hunter2', '--app my-password2: ***'],
    ['--app my-password: S3cretPw0rd', '--app my-password: ***'],
  ])('hides none: %s', (text, shown) => {
    expect(redactor.mask(text)).toBe(shown);
  });
});
