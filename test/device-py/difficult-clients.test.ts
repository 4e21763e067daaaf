// Clients that are slow, silent, too many or malicious: the portal serves the others.
import { describe, expect, it } from 'vitest';
import { portalForAMinute } from '../support/portal-for-a-minute.js';
import { seededRandom } from '../support/random.js';

const { answer, isClosed, run, serve, value } = portalForAMinute();

const FORM = '<form method=post action=/login>';

describe('a difficult client', () => {
  it('that sends nothing is dropped, so that a fifth is served within 6 s', () => {
    serve(`
for i in range(4):
    keep(5000, 'silent%d' % i, Phone)
keep(5100, 'fifth', lambda: get('/'))
served = []
at(11100, lambda: served.append(phones['fifth'].text()))
`);
    expect(value<string[]>('served')[0]).toContain(FORM);
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
    expect(value('alive')).toEqual([true]);
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
    expect(value('open_yet')).toEqual([false]);
    expect(['head', 'body', 'bad'].map(isClosed)).toEqual([true, true, true]);
    expect(value('len(phones["body"].sock.incoming)')).toBe(0);
  });

  it('that reads slowly does not make the board ask other sockets, which have nothing', () => {
    serve(`
asked = []
for method in ('accept', 'recvfrom'):
    def counted(sock, *args, method=method, original=getattr(board.Socket, method)):
        asked.append(method)
        return original(sock, *args)
    setattr(board.Socket, method, counted)
def slow():
    phone = get('/')
    phone.sock.room = 100
    return phone
keep(5000, 'slow', slow)
def more():
    phones['slow'].sock.room = 100
for i in range(80):
    at(5500 + i * 100, more)
`);
    expect(answer('slow')).toMatch(/<\/main>\n$/);
    expect(value('asked')).toEqual(['accept', 'accept']);
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
    expect(value('board.open_sockets()')).toBe(0);
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

  it('that sends rubbish, 1,500 times over, leaves the portal working', () => {
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
      { length: 1500 },
      () => `b'${Array.from({ length: 9 }, () => words[random(words.length)]).join('')}'`,
    );
    run('inputs = []');
    for (let start = 0; start < inputs.length; start += 500) {
      run(`inputs += [${inputs.slice(start, start + 500).join(',')}]`);
    }
    const log = serve(`
def rubbish():
    data = inputs.pop()
    Phone(data).sock.incoming.append(b'')
for i in range(1500):
    at(4000 + i * 8, rubbish)
keep(50000, 'after', lambda: get('/'))
`);
    expect(value('len(inputs)')).toBe(0);
    expect(answer('after')).toContain(FORM);
    expect(log.filter((line) => line.includes('exception'))).toEqual([]);
  });
});
