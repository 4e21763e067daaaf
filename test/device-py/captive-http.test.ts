// What clients of all kinds get from the portal while it waits for a form, and what they cannot do to it.
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';
import { seededRandom } from '../support/random.js';
import { OTHERS, PROBES } from './probes.js';

let py: MicroPython;
beforeEach(async () => {
  py = await startMicroPython(fakeBoard(), { form: 'installed' });
  py.run(`
import board
from board import at, get, post, Phone
from captive_portal import CaptivePortal
phones = {}

def keep(ms, name, make):
    def run():
        phones[name] = make()
    at(ms, run)

def interrupt():
    raise KeyboardInterrupt
`);
});

/** Runs the portal while what the script planned happens, and interrupts it after a minute. */
function serve(script: string, options = ''): string[] {
  return py
    .run(
      `${script}\nat(60000, interrupt)\ntry:\n    CaptivePortal(${options}).start()\nexcept KeyboardInterrupt:\n    pass`,
    )
    .split('\n');
}

const answer = (phone: string) => py.value<string>(`phones['${phone}'].text()`);
const isClosed = (phone: string) => py.value<boolean>(`phones['${phone}'].sock.closed`);

/** The answer to one request, with the connection closed after it. */
function ask(make: string, options = ''): string {
  serve(`keep(5000, 'one', lambda: ${make})`, options);
  expect(isClosed('one')).toBe(true);
  return answer('one');
}

const FORM = '<form method=post action=/login>';
const LOCATION = /\r\nLocation: (\S+)\r\n/;

describe('a probe before the board is online', () => {
  it('is redirected to the portal for every system', () => {
    const asked = [...PROBES, ...OTHERS];
    serve(
      asked
        .map(([host, path], index) => `keep(${5000 + index}, '${index}', lambda: get('${path}', '${host}'))`)
        .join('\n'),
    );
    for (const [index, [host, path]] of asked.entries()) {
      const text = answer(String(index));
      expect(text, host + path).toMatch(/^HTTP\/1.1 302 /);
      expect(LOCATION.exec(text)?.[1]).toBe('http://192.168.4.1/');
      expect(text).toContain('\r\nConnection: close\r\n');
      expect(text).toContain('\r\nCache-Control: no-store\r\n');
      const body = text.split('\r\n\r\n')[1] ?? '';
      expect(text).toContain(`\r\nContent-Length: ${body.length}\r\n`);
      expect(body).toContain('<a href="http://192.168.4.1/">');
      expect(body).not.toContain('Success');
    }
  });

  it('is led to the address that the portal was given', () => {
    expect(LOCATION.exec(ask(`get('/generate_204', 'a.b')`, `ap_ip='4.3.2.1'`))?.[1]).toBe('http://4.3.2.1/');
  });
});

describe('a request to the board itself', () => {
  it.each(['192.168.4.1', '127.0.0.1:8080', '10.9.8.7'])('gets the form under Host %s', (host) => {
    const text = ask(`get('/', '${host}')`);
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(text).toContain(FORM);
  });

  it.each(['captive.apple.com', '1.2.3.4.example', '1.2.3.4:x', 'dead.beef', 'localhost'])(
    'is not one under Host %s',
    (host) => {
      expect(LOCATION.exec(ask(`get('/', '${host}')`))?.[1]).toBe('http://192.168.4.1/');
    },
  );

  it('gets the form without a Host', () => {
    expect(ask(`Phone(b'GET / HTTP/1.0\\r\\n\\r\\n')`)).toContain(FORM);
  });

  it('is led from an unknown path to the form, by the address under which it came', () => {
    expect(LOCATION.exec(ask(`get('/nothing', '127.0.0.1:8080')`))?.[1]).toBe('/');
  });

  it('has no length, since pages are never held in memory: its end is the end of the connection', () => {
    const text = ask(`get('/')`);
    expect(text).not.toContain('Content-Length');
    expect(text).toContain('\r\nConnection: close\r\n');
    expect(text).toMatch(/<\/main>\n$/);
  });

  it('gets the same head for HEAD, and no body', () => {
    const page = ask(`get('/')`);
    py.run('board._events.clear()\nboard.now = 0');
    expect(ask(`Phone(b'HEAD / HTTP/1.1\\r\\nHost: 192.168.4.1\\r\\n\\r\\n')`)).toBe(
      `${page.split('\r\n\r\n')[0]}\r\n\r\n`,
    );
  });

  it('gets the allowed methods', () => {
    expect(ask(`Phone(b'OPTIONS * HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')`)).toMatch(
      /^HTTP\/1.1 204 [\s\S]*Allow: GET/,
    );
    py.run('board._events.clear()\nboard.now = 0');
    expect(ask(`Phone(b'DELETE / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')`)).toMatch(
      /^HTTP\/1.1 405 [\s\S]*Allow: GET/,
    );
  });

  it.each(['/favicon.ico', '/wpad.dat'])('finds no %s', (path) => {
    expect(ask(`get('${path}')`)).toMatch(/^HTTP\/1.1 404 /);
  });

  it('shows scanned names as text only', () => {
    py.run(`
board.sta.found = [(b'<script>alert(1)</script>', b'', 1, -50, 3, 0), (b'" onclick="x', b'', 1, -60, 0, 0),
                   (b'{url} {0}', b'', 1, -70, 0, 0)]`);
    const text = ask(`get('/')`);
    expect(text).not.toContain('<script>alert');
    expect(text).not.toContain('" onclick="');
    expect(text).toContain('value="&lt;script>alert(1)&lt;/script>"');
    expect(text).toContain('value="&quot; onclick=&quot;x"');
    expect(text).toContain('value="{url} {0}"');
    expect(text.match(/<br>open</g)).toHaveLength(2);
  });
});

describe('a form from another site', () => {
  const body = `b'ssid=Home&password=secret123'`;
  it.each([
    ['a foreign Host', `post('/login', ${body}, host='evil.example')`],
    ['a foreign Origin', `post('/login', ${body}, extra='Origin: http://evil.example\\r\\n')`],
    ['another address as Origin', `post('/login', ${body}, extra='Origin: http://192.168.4.2\\r\\n')`],
    ['a hidden Origin', `post('/login', ${body}, extra='Origin: null\\r\\n')`],
  ])('is refused for %s', (_title, make) => {
    expect(ask(make)).toMatch(/^HTTP\/1.1 403 /);
    expect(py.value<[number, string][]>('board.trace').some(([, what]) => what.startsWith('connect'))).toBe(
      false,
    );
  });

  it("is distinguished from the portal's own, also behind a forwarded port", () => {
    const own = `extra='Origin: http://127.0.0.1:8080\\r\\n', host='127.0.0.1:8080'`;
    expect(ask(`post('/login', ${body}, ${own})`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('cannot put a password into a URL', () => {
    expect(ask(`get('/login?ssid=Home&password=secret123')`)).toMatch(/^HTTP\/1.1 302 /);
    expect(py.value<[number, string][]>('board.trace').some(([, what]) => what.startsWith('connect'))).toBe(
      false,
    );
  });
});

describe('a difficult client', () => {
  it('that sends nothing is dropped, so that a fifth is served within 6 s', () => {
    serve(`
for i in range(4):
    keep(5000, 'silent%d' % i, Phone)
keep(5100, 'fifth', lambda: get('/'))
served = []
at(11100, lambda: served.append(phones['fifth'].text()))
`);
    expect(py.value<string[]>('served')[0]).toContain(FORM);
    expect(isClosed('silent3')).toBe(true);
  });

  it('that sends a byte now and then is dropped too', () => {
    serve(`
keep(5000, 'slow', lambda: Phone(b'G'))
for i in range(1, 40):
    at(5000 + i * 200, lambda: phones['slow'].sock.incoming.append(b'E'))
alive = []
at(11000, lambda: alive.append(phones['slow'].sock.closed))
`);
    expect(py.value('alive')).toEqual([true]);
  });

  it('that takes the answer in small pieces gets all of it', () => {
    serve(`
keep(4000, 'whole', lambda: get('/'))
def slow():
    phone = get('/')
    phone.sock.room = 7
    return phone
keep(5000, 'slow', slow)
def more():
    phones['slow'].sock.room = 97
for i in range(80):
    at(5500 + i * 300, more)
`);
    expect(answer('slow')).toBe(answer('whole'));
  });

  it('with too large a request gets the error before the connection is closed', () => {
    serve(`
keep(5000, 'head', lambda: Phone(b'GET / HTTP/1.1\\r\\nCookie: ' + b'c' * 4000))
keep(6000, 'body', lambda: post('/login', b'b' * 1025))
keep(7000, 'bad', lambda: Phone(b'\\x16\\x03\\x01\\x02\\x00\\x01\\n'))
open_yet = []
at(6100, lambda: open_yet.append(phones['body'].sock.closed))
`);
    expect(answer('head')).toMatch(/^HTTP\/1.1 431 /);
    expect(answer('body')).toMatch(/^HTTP\/1.1 413 /);
    expect(answer('bad')).toMatch(/^HTTP\/1.1 400 /);
    expect(py.value('open_yet')).toEqual([false]);
    expect(['head', 'body', 'bad'].map(isClosed)).toEqual([true, true, true]);
    expect(py.value('len(phones["body"].sock.incoming)')).toBe(0);
  });

  it('that resets its connection leaves no socket behind, and the next is served', () => {
    const log = serve(`
def reset(name, error):
    def run():
        phones[name].sock.error = error
    return run
keep(5000, 'reading', lambda: Phone(b'GET / HT'))
at(5500, reset('reading', 104))
def stuck():
    phone = get('/')
    phone.sock.room = 10
    return phone
keep(6000, 'writing', stuck)
at(6500, reset('writing', 104))
keep(7000, 'next', lambda: get('/'))
`);
    expect([isClosed('reading'), isClosed('writing')]).toEqual([true, true]);
    expect(answer('next')).toContain(FORM);
    expect(py.value('board.open_sockets()')).toBe(0);
    expect(log.filter((line) => line.includes('exception'))).toEqual([]);
  });

  it('cannot forge a log line', () => {
    const log = serve(`
keep(5000, 'a', lambda: Phone(b'GET /\\x1b[2J\\rConnected HTTP/1.1\\r\\nHost: a\\rb\\r\\n\\r\\n'))
keep(6000, 'b', lambda: Phone(b'GET /' + b'x' * 500 + b' HTTP/1.1\\r\\nHost: ' + b'h' * 500 + b'\\r\\n\\r\\n'))
`);
    expect(log).toContain('HTTP 302 GET a\\x0db/\\x1b[2J\\x0dConnected');
    expect(Math.max(...log.map((line) => line.length))).toBeLessThan(160);
  });

  it('that sends rubbish, 5,000 times over, leaves the portal working', () => {
    const random = seededRandom(6);
    const words = [
      'GET ',
      'POST ',
      '/login',
      '/',
      '/done',
      '/scan',
      ' HTTP/1.1',
      '\\r\\n',
      '\\r\\n\\r\\n',
      'Host: ',
      '[::',
      '1.2.3.4',
      'Content-Length: 9',
      '\\xff',
      '%zz',
      'ssid=',
      '&',
      '?',
    ];
    const inputs = Array.from(
      { length: 5000 },
      () => `b'${Array.from({ length: 9 }, () => words[random(words.length)]).join('')}'`,
    );
    py.run('inputs = []');
    for (let start = 0; start < inputs.length; start += 500) {
      py.run(`inputs += [${inputs.slice(start, start + 500).join(',')}]`);
    }
    const log = serve(`
def rubbish():
    data = inputs.pop()
    Phone(data).sock.incoming.append(b'')
for i in range(5000):
    at(4000 + i * 8, rubbish)
keep(50000, 'after', lambda: get('/'))
`);
    expect(py.value('len(inputs)')).toBe(0);
    expect(answer('after')).toContain(FORM);
    expect(log.filter((line) => line.includes('exception'))).toEqual([]);
  });
});

describe('DNS on the wire', () => {
  it('answers several datagrams at one wake-up, and logs names as text', () => {
    const log = serve(`
def ask(name):
    head = b'\\x00\\x01\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00'
    board.ask_dns(head + bytes([len(name)]) + name + b'\\x00\\x00\\x01\\x00\\x01')
at(5000, lambda: [ask(b'one'), board.ask_dns(b'garbage'), ask(b'two\\nConnected'), ask(b'three')])
`);
    expect(log.filter((line) => line.startsWith('Sending'))).toEqual([
      'Sending one. -> 192.168.4.1',
      'Sending two\\x0aConnected. -> 192.168.4.1',
      'Sending three. -> 192.168.4.1',
    ]);
  });
});
