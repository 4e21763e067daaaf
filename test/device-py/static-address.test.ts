// The static address on the page: checked as on the command line, kept over failures, used to join.
import { beforeEach, describe, expect, it } from 'vitest';
import { staticAddress, staticAddressFault } from '../../src/portal/static-address.js';
import { RUNTIMES } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { pyBytes } from '../support/micropython.js';
import { portalOnBoard } from '../support/portal-on-board.js';
import { seededRandom } from '../support/random.js';

const GOOD = '192.168.1.50/24,192.168.1.1';
const TEXTS = [
  GOOD,
  '10.9.8.7/8, 10.0.0.1, 9.9.9.9',
  '172.16.0.2/30,172.16.0.1',
  '200.1.1.9/25,200.1.1.1',
  ...['192.168.1.50', '192.168.1.50/24', '192.168.1.50/31,192.168.1.51', '192.168.1.500/24,192.168.1.1'],
  ...[
    '192.168.01.50/24,192.168.1.1',
    '192.168.1.50/24,192.168.1.1,9.9.9.9,8.8.8.8',
    '224.0.0.5/24,224.0.0.1',
  ],
  ...['127.0.0.2/8,127.0.0.1', '192.168.1.50/24,192.168.1.1,0.0.0.0', '192.168.1.0/24,192.168.1.1'],
  ...['192.168.1.255/24,192.168.1.1', '192.168.1.50/24,192.168.2.1', '192.168.1.1/24,192.168.1.1'],
  ...['1.2.3/24,1.2.3.4', 'a/24,b', '192.168.1.5/24/1,192.168.1.1', '192.168.1.+5/24,192.168.1.1', ',', '/'],
];

/** Each text with one character replaced, removed or added. */
function variants(): string[] {
  const below = seededRandom(16);
  const letters = '0129./, +-x';
  return TEXTS.flatMap((text) =>
    Array.from({ length: 12 }, () => {
      const at = below(text.length + 1);
      return text.slice(0, at) + letters[below(letters.length)] + text.slice(at + below(2));
    }),
  );
}

const form = (address: string, password = 'secret123') =>
  `b'ssid=Home&password=${password}&static_ip=${encodeURIComponent(address)}'`;

describe.each(RUNTIMES)('the static address on MicroPython $version', (runtime) => {
  const { answer, install, run, start, value } = portalOnBoard(runtime);
  beforeEach(async () => {
    await install({ static_ip: 'ask', language: 'de' });
    run(`
given = []
ifconfig = board.sta.ifconfig
def note_ifconfig(value=None):
    if value:
        given.append(value if value == 'dhcp' else value[0])
    return ifconfig(value)
board.sta.ifconfig = note_ifconfig
`);
  });
  const ifconfigs = () => value<string[]>('given');
  const store = (text: string) =>
    run(`import json
with open('portal_fields.json', 'w') as file:
    json.dump({'static_ip': ${JSON.stringify(text)}}, file)
`);

  it('is read on the board as on the command line', () => {
    run(`
def parse(text):
    try:
        return __import__('static_ip').parse(text)
    except ValueError:
        return None
`);
    for (const text of [...TEXTS, ...variants()]) {
      const wanted = staticAddressFault(text) === undefined ? staticAddress(text) : null;
      expect([text, value(`parse(str(${pyBytes(text)}, 'utf-8'))`)]).toEqual([text, wanted]);
    }
  });

  it('is on the page folded away, in its language, before the button', () => {
    start(`visit(5000, 'page')\nat(9000, interrupt)`);
    expect(answer('page')).toMatch(
      /<details><summary>Feste Adresse<\/summary>[\s\S]*name=static_ip [\s\S]*value=""><\/details>\n<script>f0.parentNode.open=f0.value<\/script>\n<button>/,
    );
  });

  it('is kept when it cannot work, and nothing is stored', () => {
    start(`send(5000, 'login', '/login', ${form('192.168.1.50/24,10.0.0.1')})\nat(9000, interrupt)`);
    expect(answer('login')).toContain('<p role=alert>Feste Adresse: ungültig.</p>');
    expect(answer('login')).toContain('value="192.168.1.50/24,10.0.0.1"');
    expect(value<string | null>('creds()')).toBe(null);
  });

  it('is kept when the password is wrong, used to join, and stored with the network', () => {
    start(`
send(5000, 'login', '/login', ${form(GOOD, 'wrong-secret')})
visit(41000, 'page')
send(45000, 'again', '/login', ${form(GOOD)})
visit(60000, 'result')
`);
    expect(answer('page')).toContain(`value="${GOOD}"`);
    expect(answer('result')).toContain('192.168.1.50');
    expect(ifconfigs()).toEqual(['192.168.1.50', '192.168.1.50']);
    expect(value(`board.sta.static`)).toEqual([
      '192.168.1.50',
      '255.255.255.0',
      '192.168.1.1',
      '192.168.1.1',
    ]);
  });

  it('gives way to DHCP when a person takes it back', () => {
    start(`
send(5000, 'login', '/login', ${form(GOOD, 'wrong-secret')})
send(45000, 'again', '/login', ${form('')})
visit(60000, 'result')
`);
    expect(answer('result')).toContain('10.0.0.7');
    expect(ifconfigs()).toEqual(['192.168.1.50', 'dhcp']);
  });

  it.each([
    ['a stored one', GOOD, ['192.168.1.50']],
    ['a damaged one', '192.168.1.50', []],
  ])('joins the stored network at the start with %s', (_what, text, done) => {
    run(`with open('wifi.creds', 'wb') as file:\n    file.write(b'Home,secret123\\n')`);
    store(text);
    expect(start('').join()).toContain('Connected to Home');
    expect(ifconfigs()).toEqual(done);
  });
});
