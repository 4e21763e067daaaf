import { beforeEach, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime } from '../../src/virtual-board/interpreter/runtimes.js';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from '../support/micropython.js';
import { seededRandom } from '../support/random.js';

let py: MicroPython;
const start = (runtime: Runtime) => async () => {
  py = await startMicroPython(fakeBoard(), { runtime });
  py.run(`
import board, credentials, os
from binascii import hexlify

def put(data):
    with open('wifi.creds', 'wb') as file:
        file.write(data)

def hexed(pair):
    return pair and [str(hexlify(item), 'utf-8') for item in pair]
`);
};

const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');

/** What the board reads back; null when the file is not valid or not there. */
function loaded(): [string, string] | null {
  py.run('found = credentials.load()');
  return py.value('hexed(found)');
}

describe.each(RUNTIMES)('stored credentials, on MicroPython $version', (runtime) => {
  beforeEach(start(runtime));

  it('come back unchanged, whatever bytes they are of', () => {
    const random = seededRandom(7);
    const awkward = [
      ',',
      ',,',
      '1,a',
      '"quoted"',
      'line\nbreak\r',
      ' space ',
      'Größe 猫',
      '%2c',
      '\0',
      "it's",
    ];
    const cases: [Buffer, Buffer][] = awkward.flatMap((name) =>
      ['', 'plain-password', 'pass,word', ',', ',,,,,,,,'].map((password): [Buffer, Buffer] => [
        Buffer.from(name, 'utf8'),
        Buffer.from(password, 'utf8'),
      ]),
    );
    for (let round = 0; round < 100; round++) {
      const bytes = (length: number) => Buffer.from(Array.from({ length }, () => 40 + random(8)));
      cases.push([bytes(1 + random(32)), bytes(random(65))]);
    }
    for (const [ssid, password] of cases) {
      py.run(`credentials.save(${pyBytes(ssid)}, ${pyBytes(password)})`);
      expect(loaded()).toEqual([ssid.toString('hex'), password.toString('hex')]);
    }
  });

  it('keep the series’ format where that is enough', () => {
    py.run(`credentials.save(b'Home', b'secret123')`);
    expect(py.value('str(open("wifi.creds", "rb").read(), "utf-8")')).toBe('Home,secret123');
    py.run(`put(b'Caf\\xe9\\n,p w')`);
    expect(loaded()).toEqual(['436166e90a', hex('p w')]);
  });

  it.each([
    ['empty', ''],
    ['without a comma', 'Home'],
    ['with too many commas', 'a,b,c'],
    ['with an empty name', ',secret123'],
    ['with a length that is no number', ',x,Home,secret'],
    ['with a negative length', ',-1,Home,secret'],
    ['with a length past its end', ',30,Home,secret'],
    ['cut short', ',6,Ho'],
    ['too long for any network', `${'x'.repeat(33)},secret`],
    ['of many bytes', 'x'.repeat(5000)],
  ])('are reported as invalid when the file is %s', (_title, text) => {
    py.run(`put(${pyBytes(text)})`);
    expect(py.run('print(credentials.load())')).toBe(
      'Trying to load WiFi credentials from ./wifi.creds\nInvalid credentials file: ./wifi.creds\nNone\n',
    );
  });

  it('are absent on a new board', () => {
    const absent = 'Trying to load WiFi credentials from ./wifi.creds\n./wifi.creds does not exist\nNone\n';
    expect(py.run('print(credentials.load())')).toBe(absent);
  });

  it('stay as they were when the new ones cannot be written', () => {
    py.run(`
credentials.save(b'Old', b'old-password')
os.mkdir('wifi.creds.new')  # takes the temporary file's place
`);
    expect(py.run(`credentials.save(b'New', b'new-password')`)).toMatch(
      /^Could not write credentials: .+\n$/,
    );
    expect(loaded()).toEqual([hex('Old'), hex('old-password')]);
  });
});
