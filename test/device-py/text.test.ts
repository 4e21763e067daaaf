import { beforeAll, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from '../support/micropython.js';

let py: MicroPython;
const start = (runtime: Runtime) => async () => {
  py = await startMicroPython(fakeBoard(), { runtime });
  py.run('import board, common, credentials, forms, networks\nfrom binascii import hexlify');
};

const hexOf = (expression: string) =>
  Buffer.from(py.value<string>(`str(hexlify(${expression}), 'utf-8')`), 'hex');

describe.each(RUNTIMES)('on MicroPython $version', (runtime) => {
  beforeAll(start(runtime));

  describe('untrusted text', () => {
    it('cannot leave an attribute or start a tag in a page', () => {
      const evil = `"><script>alert('1')</script>&amp;`;
      const escaped = hexOf(`common.shown(${pyBytes(evil)})`).toString();
      expect(escaped).toBe(`&quot;>&lt;script>alert('1')&lt;/script>&amp;amp;`);
    });

    it('stays on one log line, with control and invisible characters spelt out', () => {
      const shown = (raw: Uint8Array | string) => py.value<string>(`common.printable(${pyBytes(raw)})`);
      expect(shown('Café 猫 ☕')).toBe('Café 猫 ☕');
      expect(shown('a\nConnected to WiFi!\r\x1b[31m\x7f')).toBe(
        'a\\x0aConnected to WiFi!\\x0d\\x1b[31m\\x7f',
      );
      expect(shown('\u2028\u202e\u200b\ufeff\u0085')).toBe('\\x2028\\x202e\\x200b\\xfeff\\x85');
      expect(shown(Buffer.from([0x41, 0xff, 0x0a]))).toBe('A\\xff\\x0a');
    });

    it('leaves nothing in memory, however many different characters it has', () => {
      const names = Array.from({ length: 300 }, (_, index) => pyBytes(String.fromCodePoint(0x4e00 + index)));
      py.run(`for name in (b'\\xff', b'a', ${names[0]}):\n    common.printable(name)`);
      const before = py.heldBytes();
      for (const name of names) py.run(`common.printable(${name})`);
      expect(py.heldBytes() - before).toBeLessThanOrEqual(256);
    });

    it('comes out of a form byte for byte', () => {
      const encoded = '%00%FF%c3%a9+%2B%25%2541%26%3D%0A';
      expect(hexOf(`forms.decode(${pyBytes(encoded)})`)).toEqual(
        Buffer.concat([Buffer.from([0, 255]), Buffer.from('é +%%41&=\n')]),
      );
      for (const broken of ['%', '%4', '%zz', '100%', '%+1', '%%41', 'a%2']) {
        const kept = broken.replace('+', ' ').replace('%41', 'A');
        expect(hexOf(`forms.decode(${pyBytes(broken)})`).toString(), broken).toBe(kept);
      }
    });

    it('is found by its field name, the first one counting', () => {
      const field = (body: string, name: string) =>
        hexOf(`forms.field(${pyBytes(body)}, ${pyBytes(name)})`).toString();
      const body = 'a&ssid=My+Caf%C3%A9&password=x%3Dy=z&ssid=other&%70=1';
      expect(['ssid', 'password', 'p', 'a', 'none'].map((name) => field(body, name))).toEqual([
        'My Café',
        'x=y=z',
        '1',
        '',
        '',
      ]);
    });
  });

  describe('a password', () => {
    it('is one that WPA2 has, or none', () => {
      const valid = (password: string) => py.value<boolean>(`forms.is_password(${pyBytes(password)})`);
      expect(['', '12345678', 'x'.repeat(63), `${'aB3'.repeat(21)}f`, 'ä'.repeat(31)].map(valid)).toEqual(
        Array(5).fill(true),
      );
      expect(['1', '1234567', 'g'.repeat(64), 'a'.repeat(65)].map(valid)).toEqual(Array(4).fill(false));
    });
  });

  describe('networks found', () => {
    it('are each listed once, strongest first, without the nameless and no more than twenty', () => {
      py.run(`
class Portal:
    station = board.sta
    access_point = board.ap
    stored = ()

def scan():
    found = networks.scan(Portal)
    listed = []
    while found:
        end = 2 + found[1]
        listed.append((found[0], found[2:end]))
        found = found[end:]
    return listed

board.sta.found = [(b'Weak', b'', 1, -90, 3, 0), (b'Twice', b'', 1, -70, 3, 0), (b'Twice', b'', 6, -40, 4, 0),
         (b'', b'', 1, -20, 3, 1), (b'\\0\\0', b'', 1, -20, 3, 1), (b'Open', b'', 1, -60, 0, 0),
         (b'Strong', b'', 1, -59, 2, 0), (b'Faint', b'', 1, -80, 3, 0)]`);
      expect(py.value('[[str(name, "utf-8"), kind & 3, kind & 4] for kind, name in scan()]')).toEqual([
        ['Twice', 3, 4],
        ['Strong', 3, 4],
        ['Open', 2, 0],
        ['Faint', 0, 4],
        ['Weak', 0, 4],
      ]);
      py.run('board.sta.found = [(b"n%d" % i, b"", 1, -i, 3, 0) for i in range(40)]');
      expect(py.value('[str(name, "utf-8") for _, name in scan()]')).toEqual(
        Array.from({ length: 20 }, (_, index) => `n${index}`),
      );
      expect(py.value('board.sta.is_active')).toBe(false);
    });
  });
});
