import { beforeAll, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from '../support/micropython.js';
import { seededRandom } from '../support/random.js';

interface Parsed {
  /** Whether the parser wants no more. */
  done: boolean;
  status: number;
  method: string;
  path: string;
  host: string;
  origin: string | null;
  body: string;
}

let py: MicroPython;
const start = (runtime: Runtime) => async () => {
  py = await startMicroPython(fakeBoard(), { runtime });
  py.run(`
import board
from http_client import parse as read

def text(raw):
    return None if raw is None else ''.join([chr(byte) for byte in raw])

class Pieces:
    """A socket from which data comes in pieces of these sizes."""
    def __init__(self, data, sizes):
        self.data = data
        self.sizes = sizes
        self.at = 0

    def recv(self, _size):
        if self.at >= len(self.data):
            raise OSError(11)
        start = self.at
        self.at += self.sizes[start % len(self.sizes)]
        return self.data[start:self.at]

def parse(data, sizes):
    pieces = Pieces(data, sizes)
    parser = read(pieces, [None, 0, 0])
    try:
        next(parser)
        return dict(done=False, status=0)
    except StopIteration as end:
        status, method, path, host, origin, body, _ = end.value
        return dict(done=True, status=status, method=text(method), path=text(path), host=text(host), origin=text(origin),
                    body='' if status else text(body))
`);
};

function parse(data: string, pieceSizes: number[] = [100_000]): Parsed {
  return py.value(`parse(${pyBytes(Buffer.from(data, 'latin1'))}, ${JSON.stringify(pieceSizes)})`);
}

const GET = 'GET /generate_204?x HTTP/1.1\r\nHost: Connectivitycheck.gstatic.com\r\nAccept: */*\r\n\r\n';
const POST =
  'POST /login HTTP/1.1\r\nhOsT:192.168.4.1:80\r\nOrigin: http://192.168.4.1\r\nContent-Length:  9 \r\n\r\nssid=a%zz';

describe.each(RUNTIMES)('the request parser, on MicroPython $version', (runtime) => {
  beforeAll(start(runtime));

  it('takes what a portal needs from a request', () => {
    expect(parse(GET)).toEqual({
      done: true,
      status: 0,
      method: 'GET',
      path: '/generate_204',
      host: 'connectivitycheck.gstatic.com',
      origin: null,
      body: '',
    });
    expect(parse(POST)).toMatchObject({
      done: true,
      method: 'POST',
      path: '/login',
      host: '192.168.4.1',
      origin: 'http://192.168.4.1',
      body: 'ssid=a%zz',
    });
  });

  const requests: Record<string, string> = {
    GET,
    POST,
    'with bare newlines': GET.replaceAll('\r', ''),
    'after empty lines': `\r\n\r\n${GET}`,
    'no Host': 'GET / HTTP/1.0\r\n\r\n',
    'bad first line': 'HELLO\r\n\r\n',
    'bad header': 'GET / HTTP/1.1\r\nwhat\r\n\r\n',
    'long header': `GET / HTTP/1.1\r\nCookie: ${'c'.repeat(3000)}\r\n\r\n`,
    'long body': `POST / HTTP/1.1\r\nContent-Length: 1025\r\n\r\n${'b'.repeat(1025)}`,
    'cut short': POST.slice(0, -1),
  };
  it.each(Object.entries(requests))('finds the same in any pieces: %s', (_title, data) => {
    const whole = parse(data);
    const random = seededRandom(80);
    expect(parse(data, [1])).toEqual(whole);
    for (let round = 0; round < 10; round++) {
      const sizes = Array.from({ length: 7 }, () => 1 + random(40));
      expect(parse(data, sizes)).toEqual(whole);
    }
  });

  it('takes no more for the body than was announced, as the line end that old browsers add', () => {
    expect(parse(`${POST}\r\n`)).toMatchObject({ done: true, body: 'ssid=a%zz' });
    expect(parse(`${POST}\r\n`, [7]).body).toBe('ssid=a%zz');
  });

  it('waits for all of the body', () => {
    expect(parse(POST.slice(0, -1)).done).toBe(false);
    expect(parse(POST.slice(0, 30)).done).toBe(false);
    expect(parse('').done).toBe(false);
  });

  it('takes 2 KB of head and refuses more with 431', () => {
    const head = (size: number) => {
      const bare = 'GET / HTTP/1.1\r\nX: \r\n\r\n';
      return bare.replace('X: ', `X: ${'x'.repeat(size - bare.length)}`);
    };
    expect(parse(head(2048))).toMatchObject({ done: true, status: 0 });
    expect(parse(head(2049))).toMatchObject({ done: true, status: 431 });
    expect(parse('G'.repeat(2049), [1])).toMatchObject({ done: true, status: 431 });
  });

  it('takes 1 KB of body and refuses more with 413', () => {
    const post = (size: number) => `POST / HTTP/1.1\r\nContent-Length: ${size}\r\n\r\n${'b'.repeat(size)}`;
    expect(parse(post(1024))).toMatchObject({ status: 0, body: 'b'.repeat(1024) });
    expect(parse(post(1025)).status).toBe(413);
    expect(parse(post(1025).replace('1025', '9'.repeat(40))).status).toBe(413);
  });

  it.each([
    'Content-Length: 1x',
    'Content-Length: -1',
    'Content-Length: 0x10',
    'Content-Length: +1',
    'Content-Length:',
    'colonless',
  ])('refuses %j with 400', (header) => {
    expect(parse(`POST / HTTP/1.1\r\n${header}\r\n\r\nxx`).status).toBe(400);
  });

  it('refuses a body in chunks with 411', () => {
    const head = 'POST /login HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(parse(`${head}1\r\na\r\n0\r\n\r\n`).status).toBe(411);
  });

  it.each(['GET /', 'GET  / HTTP/1.1', 'GET / FTP/1.1', 'G\x00T / HTTP/1.1'])(
    'refuses the first line %j with 400',
    (line) => expect(parse(`${line}\r\nHost: a\r\n\r\n`).status).toBe(400),
  );

  it('comes to an end on 1,500 random inputs', () => {
    // Others on each version: the code under test is the same.
    const random = seededRandom(RUNTIMES.findIndex(({ version }) => version === runtime.version));
    const alphabet = [
      'GET ',
      'POST ',
      '/',
      ' HTTP/1.1',
      '\r\n',
      '\n',
      ':',
      'Host',
      'Content-Length: 5',
      '\xff',
      '%',
    ];
    const made = () => {
      const parts = Array.from({ length: 12 }, () => alphabet[random(alphabet.length)]);
      return `parse(${pyBytes(Buffer.from(parts.join(''), 'latin1'))}, [${1 + random(9)}])['status']`;
    };
    for (let round = 0; round < 30; round++) {
      const statuses = py.value<number[]>(`[${Array.from({ length: 50 }, made)}]`);
      for (const status of statuses) expect([0, 400, 413, 431]).toContain(status);
    }
  });
});
