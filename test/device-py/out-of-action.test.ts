// Nothing that comes over the radio, and no lack of memory, puts the portal out of action: afterwards a whole sign-in
// works, and the loop sleeps when there is nothing to do.
import { describe, expect, test } from 'vitest';
import { RUNTIMES } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { type MicroPython, pyBytes } from '../support/micropython.js';
import { seededRandom } from '../support/random.js';
import { board, start } from '../support/whole-sign-in.js';

/** An A question for `caf\xe9.com`, which is no UTF-8. */
const LATIN_1_QUESTION = Buffer.from(
  '123401000001000000000000 04636166e903636f6d0000010001'.replace(' ', ''),
  'hex',
);

function expectSignedIn(py: MicroPython, log: string): void {
  expect(py.value('address'), log).toBe('10.0.0.7');
  const results = py.value<string[]>(`[phones[name].text() for name in phones if name.startswith('result')]`);
  expect(
    results.some((text) => text.includes('Connected</h1>')),
    log,
  ).toBe(true);
}

/** 200 ms a step, while nothing happens. */
function expectSlept(py: MicroPython): void {
  const [, before = 0, after = 0] = py.value<number[]>('steps');
  expect(after - before).toBeLessThanOrEqual(52);
}

describe.each(RUNTIMES)('on MicroPython $version', { timeout: 120_000 }, (runtime) => {
  test('a question whose name is not UTF-8 is answered, and logged with its bytes', async () => {
    const py = await board(runtime);
    const log = start(
      py,
      `at(4000, lambda: ask_dns(${pyBytes(LATIN_1_QUESTION)}))\nsleeps(5000)\nsign_in(16000)`,
    );
    expect(log).toContain('Sending caf\\xe9.com. -> 192.168.4.1');
    expect(log).not.toContain('exception');
    expectSlept(py);
    expectSignedIn(py, log);
  });

  // Others on each version: the code under test is the same.
  const seed = 20261128 + RUNTIMES.findIndex(({ version }) => version === runtime.version);
  const rounds = 5;

  test(`${100 * rounds} mutated questions and ${50 * rounds} mutated requests leave a portal that works and sleeps`, {
    timeout: 600_000, // it computes for seconds
  }, async () => {
    const py = await board(runtime);
    const random = seededRandom(seed);
    const mutated = (base: Buffer) => {
      const bytes = Buffer.from(base);
      for (let changes = random(6); changes >= 0; changes--) bytes[random(bytes.length)] = random(256);
      return random(4) ? bytes : bytes.subarray(0, random(bytes.length));
    };
    const request = Buffer.from(
      'POST /login HTTP/1.1\r\nHost: 192.168.4.1\r\nContent-Length: 9\r\n\r\nssid=Home',
    );
    py.run('questions = []\nrequests = []');
    for (let round = 0; round < rounds; round++) {
      const questions = Array.from({ length: 100 }, () => pyBytes(mutated(LATIN_1_QUESTION)));
      const requests = Array.from({ length: 50 }, () => pyBytes(mutated(request)));
      py.run(`questions.extend([${questions}])\nrequests.extend([${requests}])`);
    }
    const log = start(
      py,
      `
listener = None
def attack():
    global listener
    listener = listener or Phone(b'').listener()
    for _ in range(20):
        if questions:
            ask_dns(questions.pop())
    # A board's queue holds a few connections; who comes then has to come again.
    while requests and len(listener.incoming) < 4:
        Phone(requests.pop())
    if questions or requests:
        at(board.now + 50, attack)
    else:
        board.sta.networks = {b'Home': (b'secret123', 3000)}
        sleeps(board.now + 45000)
        sign_in(board.now + 60000)
at(4000, attack)
`,
    );
    expect(py.value('[len(questions), len(requests)]')).toEqual([0, 0]);
    expectSlept(py);
    expectSignedIn(py, log);
  });

  test.each([
    ['a datagram', 'recvfrom', 'DNS server exception: MemoryError()'],
    ['a reply', 'sendto', 'DNS server exception: MemoryError()'],
    ['a connection', 'recv', 'HTTP server exception: MemoryError()'],
    ['a page', 'send', 'HTTP server exception: MemoryError()'],
  ])('no memory for %s costs it alone', async (_what, method, line) => {
    const py = await board(runtime);
    const log = start(
      py,
      `
original = board.Socket.${method}
def failing(*args):
    board.Socket.${method} = original
    raise MemoryError
def fail():
    board.Socket.${method} = failing
    ask_dns(${pyBytes(LATIN_1_QUESTION)})
    get('/generate_204')
at(4000, fail)
sign_in(6000)
`,
    );
    expect(log).toContain(line);
    expectSignedIn(py, log);
  });

  test('a server that has ended with an exception is started again', async () => {
    const py = await board(runtime);
    const log = start(
      py,
      `
original = board.Poll.register
def failing(*args):
    board.Poll.register = original
    raise MemoryError
def fail():
    board.Poll.register = failing
at(4000, fail)
sleeps(5000)
sign_in(16000)
`,
    );
    expect(log).toContain('Captive portal exception: MemoryError()');
    expect(log).toContain('HTTP Server stopped');
    expectSlept(py);
    expectSignedIn(py, log);
  });

  test('a loop that cannot go on restarts the board, with the reason in the log', async () => {
    const py = await board(runtime);
    py.run(`
class Machine:
    def reset():
        raise SystemExit
sys.modules['machine'] = Machine
class Broken(Portal):
    def step(self):
        self.signing.step = None
        return super().step()
ended = False
try:
    Broken().start()
except SystemExit:
    ended = True
`);
    expect(py.value('ended')).toBe(true);
    expect(py.value<number>('steps[0]')).toBeLessThan(30);
  });

  test('four idle connections, or two hundred, delay no client by a second', async () => {
    for (const count of [4, 200]) {
      const py = await board(runtime);
      start(
        py,
        `
def attack():
    for _ in range(${count}):
        Phone()
    phones['asks'] = get('/')
    at(board.now + 1000, lambda: phones.update(answer=phones['asks'].text()))
at(4000, attack)
for again in range(30):
    at(4100 + 100 * again, lambda: Phone())
sign_in(20000)
`,
      );
      expect(py.value<string>('phones["answer"]'), `${count}`).toContain('Home');
    }
  });

  test.each([0, 2, 4])(
    'four clients of which %i send and the others read single bytes delay no client by a second',
    async (senders) => {
      const py = await board(runtime);
      start(
        py,
        `
def attack():
    slow = [Phone(b'G') for _ in range(${senders})] + [get('/') for _ in range(${4 - senders})]
    for phone in slow[${senders}:]:
        phone.sock.room = 1
    def drip():
        for phone in slow[:${senders}]:
            if not phone.sock.closed:
                phone.sock.incoming.append(b'E')
        for phone in slow[${senders}:]:
            phone.sock.room += 1
        if board.now < 12000:
            at(board.now + 50, drip)
    at(board.now + 50, drip)
at(4000, attack)
def ask():
    phones['asks'] = get('/')
    at(board.now + 1000, lambda: phones.update(answer=phones['asks'].text()))
at(4100, ask)
sign_in(20000)
`,
      );
      expect(py.value<string>('phones["answer"]')).toContain('Home');
    },
  );

  test('a client that takes 3 s to read its page gets all of it among idle connections', async () => {
    const py = await board(runtime);
    start(
      py,
      `
def ask():
    phone = phones['slow'] = get('/')
    phone.sock.room = 200
    def read():
        phone.sock.room = 200
        if board.now < 7000:
            at(board.now + 100, read)
    at(board.now + 100, read)
at(4000, ask)
for again in range(300):
    at(4010 + 10 * again, Phone)
sign_in(20000)
`,
    );
    expect(py.value<string>('phones["slow"].text()')).toMatch(/<\/main>\n$/);
  });
});

test('a MemoryError at any of the first calls that need memory is survived, and at every 30th after it', {
  timeout: 240_000,
}, async () => {
  const failed: string[] = [];
  const every = 30; // so that four runs out of memory hit each of the first 120 calls
  for (let nth = 1; nth <= every; nth++) {
    const [runtime] = RUNTIMES.slice(nth % RUNTIMES.length);
    if (!runtime) continue;
    const py = await board(runtime);
    const log = start(
      py,
      `
import common
count = [0, False]
def counted(function):
    def call(*args, **named):
        if count[1]:
            count[0] += 1
            if count[0] <= 120 and count[0] % ${every} == ${nth % every}:
                raise MemoryError
        return function(*args, **named)
    return call
common.load = counted(common.load)
for name in ('recv', 'recvfrom', 'accept', 'send', 'sendto'):
    setattr(board.Socket, name, counted(getattr(board.Socket, name)))
for name in ('register', 'unregister', 'ipoll'):
    setattr(board.Poll, name, counted(getattr(board.Poll, name)))
def begin():
    count[1] = True
at(4000, begin)
at(4000, lambda: ask_dns(${pyBytes(LATIN_1_QUESTION)}))
sign_in(4100)
`,
    );
    const isIn = py.value<string | null>('address') === '10.0.0.7';
    const open = py.value<number>('board.open_sockets()');
    if (!isIn || open > 0) failed.push(`call ${nth}: ${open} sockets are open: ${log.slice(-600)}`);
  }
  expect(failed).toEqual([]);
});
