// What clients of all kinds get from the portal while it waits for a form, and what they cannot do to it.
import { describe, expect, it } from 'vitest';
import { portalForAMinute } from '../support/portal-for-a-minute.js';
import { OTHERS, PROBES } from './probes.js';

const { answer, isClosed, run, serve, value } = portalForAMinute();

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

  it('is redirected to the address that the portal was given', () => {
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

  it('is redirected from an unknown path to the form, without a change of the address', () => {
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
    run('board._events.clear()\nboard.now = 0');
    expect(ask(`Phone(b'HEAD / HTTP/1.1\\r\\nHost: 192.168.4.1\\r\\n\\r\\n')`)).toBe(
      `${page.split('\r\n\r\n')[0]}\r\n\r\n`,
    );
  });

  it('gets the allowed methods', () => {
    expect(ask(`Phone(b'OPTIONS * HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')`)).toMatch(
      /^HTTP\/1.1 204 [\s\S]*Allow: GET/,
    );
    run('board._events.clear()\nboard.now = 0');
    expect(ask(`Phone(b'DELETE / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')`)).toMatch(
      /^HTTP\/1.1 405 [\s\S]*Allow: GET/,
    );
  });

  it.each(['/favicon.ico', '/wpad.dat'])('finds no %s', (path) => {
    expect(ask(`get('${path}')`)).toMatch(/^HTTP\/1.1 404 /);
  });

  it('shows scanned names as text only', () => {
    run(`
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
    expect(value<[number, string][]>('board.trace').some(([, what]) => what.startsWith('connect'))).toBe(
      false,
    );
  });

  it("is distinguished from the portal's own, also behind a forwarded port", () => {
    const own = `extra='Origin: http://127.0.0.1:8080\\r\\n', host='127.0.0.1:8080'`;
    expect(ask(`post('/login', ${body}, ${own})`)).toMatch(/^HTTP\/1.1 200 /);
  });

  it('cannot put a password into a URL', () => {
    expect(ask(`get('/login?ssid=Home&password=secret123')`)).toMatch(/^HTTP\/1.1 302 /);
    expect(value<[number, string][]>('board.trace').some(([, what]) => what.startsWith('connect'))).toBe(
      false,
    );
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
