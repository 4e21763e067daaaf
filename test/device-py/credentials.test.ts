import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from '../support/micropython.js';
import { seededRandom } from '../support/random.js';

let py: MicroPython;
const start = (runtime: Runtime) => async () => {
  py = await startMicroPython(fakeBoard(), { runtime });
  py.run(`
import board, credentials, os
found = []
from binascii import hexlify

def put(data):
    with open('wifi.creds', 'wb') as file:
        file.write(data)

def text(name):
    with open(name, 'rb') as file:
        return str(file.read(), 'utf-8')

def hexed(networks):
    return [[str(hexlify(item), 'utf-8') for item in network] for network in networks]
`);
};

const hex = (text: string) => Buffer.from(text, 'utf8').toString('hex');

/** What the board reads back: SSID and password of each network. */
function loaded(): [string, string][] {
  py.run('found = credentials.load()');
  return py.value('hexed(found)');
}

describe.each(RUNTIMES)('stored credentials, on MicroPython $version', (runtime) => {
  beforeAll(start(runtime));
  beforeEach(() => {
    py.run('found = []\ntry: os.remove("wifi.creds")\nexcept OSError: pass');
  });

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
      py.run(`credentials.save(found, ${pyBytes(ssid)}, ${pyBytes(password)})`);
      expect(loaded()[0]).toEqual([ssid.toString('hex'), password.toString('hex')]);
    }
  });

  it('come back from files of earlier versions, whatever bytes the name is of', () => {
    for (const [file, ssid, password] of [
      ['Home,secret123', 'Home', 'secret123'],
      ['Home,', 'Home', ''],
      ['Home,secret123\r\n', 'Home', 'secret123'],
      ['line\nbreak,secret123', 'line\nbreak', 'secret123'],
      [',7,a,\nb\n,c,pass,word', 'a,\nb\n,c', 'pass,word'],
    ] as const) {
      py.run(`put(${pyBytes(file)})`);
      expect(loaded()).toEqual([[hex(ssid), hex(password)]]);
    }
  });

  it('are up to eight, the last used first, of which the least recently used gives way', () => {
    py.run(
      `for i in range(9): credentials.save(found, b'Net,%d' % i if i % 2 else b'Net %d' % i, b'password%d' % i)`,
    );
    py.run(`credentials.save(found, b'Net 4', b'another4')`);
    const names = ['Net 4', 'Net 8', 'Net,7', 'Net 6', 'Net,5', 'Net,3', 'Net 2', 'Net,1'];
    expect(loaded().map(([name]) => name)).toEqual(names.map(hex));
    expect(loaded()[0]?.[1]).toBe(hex('another4'));
  });

  it('are not written again when the network in use is the first', () => {
    py.run(
      `credentials.save(found, b'Other', b'other-password')\ncredentials.save(found, b'Home', b'secret123')`,
    );
    expect(py.run(`credentials.save(found, b'Home', b'secret123')`)).toBe('');
    expect(py.run(`credentials.save(found, b'Other', b'other-password')`)).toBe(
      'Wrote credentials to ./wifi.creds\n',
    );
  });

  it('are forgotten one by one, and the file goes with the last', () => {
    py.run(`credentials.save(found, b'A', b'')\ncredentials.save(found, b'B,', b'secret123')`);
    py.run(`credentials.save(found, b'Another')\ncredentials.save(found, b'B,')`);
    expect(py.value('text("wifi.creds")')).toBe('A,\n');
    py.run(`credentials.save(found, b'A')`);
    expect(py.value('"wifi.creds" in os.listdir("/")')).toBe(false);
    expect(py.run(`credentials.save(found, b'A')`)).toBe('');
  });

  it.each([
    ['without a comma', 'rubbish'],
    ['with a length past the end of the file', ',30,x,y'],
    ['with a length that overflows', ',1000000000000,x,y'],
    ['with too many commas', 'a,b,c'],
    ['of binary zeros', '\0\0\0'],
    ['that is empty', ''],
  ])('lose no other network to a line %s', (_title, line) => {
    py.run(`put(${pyBytes(`Home,secret123\n${line}\n,3,b,c,x\n${line}\nOffice,pass\n`)})`);
    expect(loaded()).toEqual([
      [hex('Home'), hex('secret123')],
      [hex('b,c'), hex('x')],
      [hex('Office'), hex('pass')],
    ]);
  });

  it('keep the series’ format where that is enough', () => {
    py.run(`credentials.save(found, b'Home', b'secret123')`);
    expect(py.value('text("wifi.creds")')).toBe('Home,secret123\n');
    py.run(`put(b'Caf\\xe9\\n,p w')`);
    expect(loaded()).toEqual([['436166e90a', hex('p w')]]);
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
      'Trying to load WiFi credentials from ./wifi.creds\nInvalid credentials file: ./wifi.creds\n[]\n',
    );
  });

  it('are absent on a new board', async () => {
    await start(runtime)();
    const absent = 'Trying to load WiFi credentials from ./wifi.creds\n./wifi.creds does not exist\n[]\n';
    expect(py.run('print(credentials.load())')).toBe(absent);
  });

  it('stay as they were when the new ones cannot be written', async () => {
    await start(runtime)();
    py.run(`
credentials.save(found, b'Old', b'old-password')
os.mkdir('wifi.creds.new')  # takes the temporary file's place
`);
    expect(py.run(`credentials.save(found, b'New', b'new-password')`)).toMatch(
      /^Could not write credentials: .+\n$/,
    );
    expect(loaded()).toEqual([[hex('Old'), hex('old-password')]]);
  });
});
