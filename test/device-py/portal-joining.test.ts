// From the form to the network: what is joined, what is stored, and what a failure shows.
import { describe, expect, it } from 'vitest';
import { GOOD_FORM, portalOnBoard } from '../support/portal-on-board.js';

const { answer, run, start, timeOf, trace, value } = portalOnBoard();

describe('joining', () => {
  it('leads from the form to the result, stores what worked, and closes the access point', () => {
    const log = start(`
visit(5000, 'form')
send(6000, 'login', '/login', ${GOOD_FORM})
visit(8000, 'progress')
visit(14000, 'result')
send(16000, 'done', '/done')
`);
    expect(answer('form')).toContain('value="Home"');
    expect(answer('login')).toMatch(/http-equiv=refresh content="\d+;url=\/"/);
    expect(answer('login')).toContain('Connecting to Home');
    expect(answer('progress')).toContain('Connecting to Home');
    expect(answer('result')).toContain('Connected</h1>');
    expect(answer('result')).toMatch(/Home[\s\S]*10\.0\.0\.7/);
    expect(log).toContain('Connected to Home, address 10.0.0.7');
    // Who reads that it is connected may cut the power.
    const wrote = log.indexOf('Wrote credentials to ./wifi.creds');
    expect(wrote).toBeGreaterThan(0);
    expect(log[wrote + 1]).toBe('Connected to Home, address 10.0.0.7');
    expect(log.slice(-5)).toEqual([
      'Connected to WiFi!',
      'Cleaning up',
      'HTTP Server stopped',
      'DNS Server stopped',
      'Turned off access point',
    ]);
    expect(value('[address, creds(), board.sta.is_active, board.ap.is_active]')).toEqual([
      '10.0.0.7',
      'Home,secret123\n',
      true,
      false,
    ]);
    expect(value<number>('board.now')).toBeLessThan(20_000);
  });

  it('does not call connect() before the answer has left, however slowly the phone takes it', () => {
    start(`
def slow():
    phones['login'] = board.Phone(b'POST /login HTTP/1.1\\r\\nContent-Length: 28\\r\\n\\r\\n' + ${GOOD_FORM}, room=100)

def hurry():
    board.note('answer was %s' % ('whole' if phones['login'].text().endswith('</main>\\n') else 'under way'))
    phones['login'].sock.room = 1 << 30

at(6000, slow)
at(10000, hurry)
at(30000, interrupt)
`);
    const joined = timeOf('connect') ?? 0;
    expect(timeOf('answer was under way')).toBe(10_000);
    expect(joined).toBeGreaterThan(10_000);
    expect(joined).toBeLessThan(12_000);
    expect(answer('login')).toMatch(/<\/main>\n$/);
  });

  it('never shows the password, in the log or on a page', () => {
    const log = start(`
send(5000, 'short', '/login', b'ssid=Home&password=tooshor')
send(6000, 'wrong', '/login', b'ssid=Home&password=wrong-password')
visit(15000, 'again')
send(20000, 'login', '/login', ${GOOD_FORM})
visit(21000, 'progress')
visit(30000, 'result')
`);
    const seen = [...log, ...['short', 'wrong', 'again', 'login', 'progress', 'result'].map(answer)].join(
      '\n',
    );
    expect(seen).not.toMatch(/tooshor|wrong-password|secret123/);
    expect(seen).toContain('Connected to Home');
  });

  it('hands a form that is in order to a subclass, with the fields that its own page has', () => {
    run(`
typed = []

class Portal(CaptivePortal):
    def submitted(self, field):
        typed.append(str(field(b'server'), 'utf-8'))

send(5000, 'short', '/login', b'ssid=Home&password=tooshor&server=refused')
send(6000, 'login', '/login', ${GOOD_FORM} + b'&server=mqtt.example%3A1883')
visit(14000, 'result')
Portal().start()`);
    expect(value('typed')).toEqual(['mqtt.example:1883']);
  });

  it('returns to the form with the reason and the network, and stores nothing', () => {
    const log = start(`
send(5000, 'login', '/login', b'ssid=Home&password=wrong-password')
visit(15000, 'again')
at(16000, interrupt)
`);
    expect(log).toContain('Failed to connect to Home. WLAN status=2 (wrong password)');
    expect(answer('again')).toContain('role=alert>Could not connect: wrong password.</p>');
    expect(answer('again')).toContain('value="Home" checked>');
    expect(value('creds()')).toBe(null);
  });

  it('keeps a typed name, and shows that a network was not found', () => {
    const log = start(`
send(5000, 'login', '/login', b'ssid=&other=Hidden+%3Cb%3E&password=')
visit(40000, 'again')
at(41000, interrupt)
`);
    expect(log).toContain("Trying to connect to SSID 'Hidden <b>'");
    expect(log.filter((line) => line.startsWith('Connection attempt'))).toHaveLength(10);
    expect(log).toContain('Failed to connect to Hidden <b>. WLAN status=3 (network not found)');
    expect(answer('again')).toContain('value="Hidden &lt;b>"');
    expect(answer('again')).toContain('network not found');
    expect(answer('again')).not.toContain('Hidden <b>');
  });

  it('shows that the network gave no address, or did not answer', () => {
    const log = start(`
board.sta.networks[b'Slow'] = (b'', 1 << 20)
send(5000, 'a', '/login', b'ssid=Slow&password=')

def associate():
    board.sta.status = lambda what=None: -60 if what == 'rssi' else 1

at(40000, associate)
send(41000, 'b', '/login', b'ssid=Slow&password=')
at(80000, interrupt)
`);
    expect(log.filter((line) => line.startsWith('Failed'))).toEqual([
      'Failed to connect to Slow. WLAN status=1 (timed out)',
      'Failed to connect to Slow. WLAN status=1 (no address)',
    ]);
  });

  it.each([
    [2, 'wrong password'],
    [3, 'network not found'],
    [4, 'connection failed'],
    [1, 'timed out'],
    [15, 'wrong password'],
    [202, 'wrong password'],
    [204, 'wrong password'],
    [200, 'network not found'],
    [201, 'network not found'],
    [210, 'network not found'],
    [203, 'connection failed'],
    [1001, 'timed out'],
  ])('shows the meaning of status %i, on ESP8266 and ESP32', (status, reason) => {
    const log = start(`
board.sta.status = lambda what=None: 31 if what else ${status}
send(5000, 'login', '/login', ${GOOD_FORM})
visit(40000, 'again')
at(41000, interrupt)
`);
    expect(log).toContain(`Failed to connect to Home. WLAN status=${status} (${reason})`);
    expect(answer('again')).toContain(`role=alert>Could not connect: ${reason}.</p>`);
  });

  it('shows a failure when the SDK rejects the name or the key', () => {
    const log = start(`
def refuse(ssid, password=b''):
    raise OSError('Wifi Internal Error')

board.sta.connect = refuse
send(5000, 'login', '/login', ${GOOD_FORM})
visit(12000, 'again')
at(13000, interrupt)
`);
    expect(log).toContain('Failed to connect to Home. WLAN status=0 (connection failed)');
    expect(answer('again')).toContain('Could not connect: connection failed.');
  });

  it('limits the retries of an ESP32 to a few handshakes, until it has joined: then it retries for ever', () => {
    start(`
settings = []
board.sta.config = lambda **given: settings.append(given)
send(5000, 'login', '/login', ${GOOD_FORM})
visit(14000, 'result')
`);
    expect(value('settings')).toEqual([{ reconnects: 5 }, { reconnects: -1 }]);
  });

  it.each([
    ['passes', 9500, /^Connected to Slow/],
    ['stays', 30_000, /^Failed to connect to Slow. WLAN status=202 \(wrong password\)$/],
  ])(
    'believes an ESP32 that says "wrong password" only when it keeps to it: one that %s',
    (_what, untilMs, outcome) => {
      const log = start(`
board.sta.networks[b'Slow'] = (b'', 3000)

def say():
    board.sta.status = lambda what=None: 202

at(4900, say)
send(5000, 'login', '/login', b'ssid=Slow&password=')
at(${untilMs}, lambda: delattr(board.sta, 'status'))
visit(12500, 'result')
at(32000, interrupt)
`);
      const outcomes = log.filter((line) => /^(Connected to|Failed to connect to) Slow/.test(line));
      expect(outcomes).toEqual([expect.stringMatching(outcome)]);
    },
  );

  it.each([
    ['no network', 'password=secret123', 'Choose a network'],
    ['a name of 33 bytes', `other=${'x'.repeat(33)}`, 'Choose a network'],
    ['a password of 7', 'ssid=Home&password=1234567', '8 to 63'],
    ['a password of 65', `ssid=Home&password=${'x'.repeat(65)}`, '8 to 63'],
    ['64 that are no hex digits', `ssid=Home&password=${'x'.repeat(64)}`, '8 to 63'],
    ['a body that is no form', '&&%zz=%', 'Choose a network'],
  ])('refuses %s in words, without trying', (_title, body, words) => {
    start(`send(5000, 'login', '/login', b'${body}')\nat(9000, interrupt)`);
    expect(answer('login')).toContain(words);
    expect(answer('login')).toContain('<form method=post action=/login>');
    expect(timeOf('connect')).toBeUndefined();
  });

  it('joins an open network, and one with commas, quotes and tags in its name and password', () => {
    start(`send(5000, 'login', '/login', b'ssid=Open&password=')`);
    expect(value('[address, creds()]')).toEqual(['10.0.0.7', 'Open,\n']);
    start(`
board._events.clear()
visit(board.now + 45000, 'form')
send(board.now + 46000, 'login', '/login', b'ssid=A%2Cb%22%3Ci%3E&password=comma%2Ccomma')
board.sta.networks[b'Open'] = (b'changed', 1000)
`);
    expect(answer('form')).toContain('value="A,b&quot;&lt;i>"');
    expect(value('[address, creds()]')).toEqual(['10.0.0.7', ',7,A,b"<i>,comma,comma\nOpen,\n']);
  });

  it('finds the bytes of a network whose name is no text that a browser could send back', () => {
    start(`
board.sta.found = [(b'caf\\xe9\\n', b'', 1, -50, 0, 0)]
board.sta.networks = {b'caf\\xe9\\n': (b'', 1000)}
visit(4000, 'form')
send(5000, 'login', '/login', b'ssid=caf%5Cxe9%5Cx0a&password=')
`);
    expect(answer('form')).toContain('value="caf\\xe9\\x0a"');
    expect(trace().map(([, what]) => what)).toContain("connect b'caf\\xe9\\n'");
  });
});
