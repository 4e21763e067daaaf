// What the portal costs an ESP8266, whose heap has 38 KB: this interpreter has objects of the same size.
// `npm run bench portal-memory` prints what is measured here.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileMpy } from '../../scripts/mpy-cross.js';
import { fieldsFile, parseFields } from '../../src/portal/fields.js';
import { choosePages } from '../../src/portal/pages/choose-pages.js';
import { DEVICE_FOLDER, fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';

type Form = 'mpy' | 'source';

/**
 * What a board may have to give; `crowded` is the radio at work while three clients stall in the middle of a page. The
 * ceilings for source are what it takes today, and only go down.
 */
const CEILINGS = {
  mpy: { imported: 7_000, serving: 16_384, crowded: 18_750, closed: 5_200 },
  source: { imported: 9_100, serving: 19_000, crowded: 21_700, closed: 6_450 },
} satisfies Record<Form, object>;

/** What stays loaded while the portal is open, in the order in which it is loaded. */
const RESIDENT = ['common', 'captive_portal', 'provisioning', 'captive_http', 'captive_dns'];

let py: MicroPython;

const report = (form: Form, bytes: number, what: string) =>
  process.stdout.write(`portal memory: ${bytes} bytes ${what} (${form})\n`);
const qstrBytes = () =>
  Number(/n_total_bytes=(\d+)/.exec(py.run('import micropython\nmicropython.qstr_info()'))?.[1]);

/** A fresh interpreter with a board around which there are 30 networks, and what measures it. */
async function startBoard(form: Form, extraFiles: Record<string, string | Uint8Array> = {}) {
  py = await startMicroPython({ ...fakeBoard(), ...extraFiles }, { form });
  py.run(`
import board, sys
from board import get, post, Phone
board.sta.networks = {b'Network number 03': (b'secret123', 3000)}
board.sta.found = [(b'Network number %02d' % i, b'abcdef', 1, -30 - i, 3, 0) for i in range(30)]
portal = clients = client = held = None
`);
  qstrBytes();
  return { emptyBytes: py.heldBytes(), emptyNames: qstrBytes() };
}

/** A portal that waits for clients; of the stored networks, four are in range, and none can be joined. */
async function openPortal(form: Form, storedNetworks = 0, extraFiles = {}) {
  const { emptyNames } = await startBoard(form, extraFiles);
  py.run(`
if ${storedNetworks}:
    with open('wifi.creds', 'wb') as file:
        for at in range(${storedNetworks}):
            file.write(b'Network number %02d,a password of many letters\\n' % (26 + at))
import captive_portal, common
portal = captive_portal.CaptivePortal()
common.load('startup').start(portal)
`);
  turn(3);
  return {
    /** What the portal alone holds, and not the shims: found by letting go of it, which is its end. */
    ownBytes() {
      const all = py.heldBytes();
      const names = qstrBytes() - emptyNames; // these are never let go of
      py.run(`
portal = held = captive_portal = common = None
for name in ('common', 'captive_portal'):
    del sys.modules[name]
`);
      return all - py.heldBytes() + names;
    },
  };
}

/** What `install` adds for custom fields. */
async function filesOfFields(form: Form): Promise<Record<string, string | Uint8Array>> {
  const fields = parseFields(
    'mqtt=MQTT broker;required\nport=Port;type=number;default=1883\nkey=Key;type=password',
  );
  const read = (path: string) => readFileSync(`${DEVICE_FOLDER}${path}`);
  const [page] = choosePages([{ path: 'index.html', bytes: read('index.html') }], { fields });
  const files: Record<string, string | Uint8Array> = {
    'custom_fields.json': fieldsFile(fields),
    'index.html': page?.bytes ?? '',
  };
  for (const name of ['kept', 'index']) {
    const source = read(`${name}.py`).toString('utf8');
    if (form === 'source') files[`${name}.py`] = source;
    else files[`${name}.mpy`] = await compileMpy(`${name}.py`, source, 6, ['-O3']);
  }
  return files;
}

function turn(times = 1): void {
  for (let round = 0; round < times; round++) py.run('portal.step()');
}

/** Clients that take their answer so slowly that it stays under way. */
const slowClients = (count: number, request: string) => `
clients = [${request} for i in range(${count})]
for client in clients:
    client.sock.room = 50
`;
const connections = () => py.value<number>('board.open_sockets()') - 2;

describe.each(['mpy', 'source'] as const)('memory, modules as %s', (form) => {
  const ceilings = CEILINGS[form];

  it('held after importing every module that stays loaded is within its limit', async () => {
    const { emptyBytes } = await startBoard(form);
    py.run(`import ${RESIDENT.join(', ')}`);
    const bytes = py.heldBytes() - emptyBytes;
    report(form, bytes, 'after import');
    expect(bytes).toBeLessThanOrEqual(ceilings.imported);
  });

  it('held while waiting for a client, with a list of twenty networks, is within its limit', async () => {
    const { ownBytes } = await openPortal(form);
    const bytes = ownBytes();
    report(form, bytes, 'waiting');
    expect(bytes).toBeLessThanOrEqual(ceilings.serving);
  });

  it.each([
    ['eight probes at once', `get('/generate_204', 'connectivitycheck.gstatic.com')`, 8],
    ['four forms', `get('/')`, 4],
  ])('held while answering %s is within its limit', async (what, request, count) => {
    const { ownBytes } = await openPortal(form);
    py.run(slowClients(count, request));
    turn(2); // later, the slowest give way to those who wait
    expect(connections()).toBe(count);
    const bytes = ownBytes();
    report(form, bytes, `answering ${what}`);
    expect(bytes).toBeLessThanOrEqual(ceilings.serving);
  });

  it('held during a scan that finds 30 networks, with three slow clients, is within its limit', async () => {
    const { ownBytes } = await openPortal(form);
    py.run(slowClients(3, `get('/')`));
    turn(8);
    // What is there when the radio has found them: they, and the module that makes a list of them.
    py.run(`
portal.signing.networks = ()
held = [(b'Network number %02d' % i, bytes(6), 1, -30 - i, 3, False) for i in range(30)]
held.append(common.load('networks'))
`);
    const bytes = ownBytes();
    report(form, bytes, 'scanning');
    expect(bytes).toBeLessThanOrEqual(ceilings.crowded);
  });

  it('held while waiting, with eight networks stored of which the list has half, is within its limit', async () => {
    const { ownBytes } = await openPortal(form, 8);
    expect(py.value('len(portal.stored)')).toBe(8);
    const bytes = ownBytes();
    report(form, bytes, 'waiting, with eight networks stored');
    expect(bytes).toBeLessThanOrEqual(ceilings.serving);
  });

  it('held with eight networks and three fields, as their values are stored, is within its limit', async () => {
    const { ownBytes } = await openPortal(form, 8, await filesOfFields(form));
    py.run(
      `post('/login', b'ssid=Network+number+03&password=secret123&mqtt=broker.example.com&port=1883&key=x')`,
    );
    turn(4);
    py.run(slowClients(3, `get('/')`));
    turn(8);
    expect(py.value('len(portal.signing.wishes[0])')).toBe(3);
    expect(py.value('bool(portal.signing.joining)')).toBe(true);
    expect(connections()).toBe(3);
    py.run(`held = common.load('kept')`);
    const bytes = ownBytes();
    report(form, bytes, 'joining, with eight networks and three fields');
    expect(bytes).toBeLessThanOrEqual(ceilings.crowded);
  });

  it('held while joining, with three slow clients, is within its limit', async () => {
    const { ownBytes } = await openPortal(form);
    py.run(`post('/login', b'ssid=Network+number+03&password=secret123')`);
    turn(4);
    py.run(slowClients(3, `get('/')`));
    turn(8);
    expect(py.value('bool(portal.signing.joining)')).toBe(true);
    expect(connections()).toBe(3);
    py.run(`held = common.load('credentials')`); // as at the moment when they are stored
    const bytes = ownBytes();
    report(form, bytes, 'joining');
    expect(bytes).toBeLessThanOrEqual(ceilings.crowded);
  });

  it.each([
    ['joined its network', 'send_form()'],
    ['been interrupted', 'board.at(20000, interrupt)'],
  ])('is given back when the portal has %s', async (what, plan) => {
    const { emptyBytes } = await startBoard(form);
    py.run(`
def send_form():
    board.at(8000, lambda: board.post('/login', b'ssid=Network+number+03&password=secret123') and None)

def interrupt():
    raise KeyboardInterrupt

${plan}
import captive_portal
portal = captive_portal.CaptivePortal()
try:
    portal.start()
except KeyboardInterrupt:
    pass
board.trace.clear()
`);
    const bytes = py.heldBytes() - emptyBytes;
    report(form, bytes, `after it has ${what}`);
    expect(bytes).toBeLessThanOrEqual(ceilings.closed);
  });
});

describe('memory', () => {
  it('suffices to complete the requests of slow clients', async () => {
    await openPortal('mpy');
    py.run(slowClients(4, `get('/')`));
    turn(8);
    py.run('for client in clients:\n    client.sock.room = 1 << 30');
    turn(30);
    expect(py.value('[client.text().endswith("</main>\\n") for client in clients]')).toEqual(
      Array(4).fill(true),
    );
  });

  it('is what it was after 2,500 questions and 500 requests', async () => {
    await openPortal('mpy');
    py.run(`
question = b'\\x00\\x01\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x03abc\\x00\\x00\\x01\\x00\\x01'
dns = [sock for sock in board._sockets if sock.bound and sock.bound[1] == 53][0]

def round_of_requests():
    phones = [get('/'), get('/generate_204', 'connectivitycheck.gstatic.com')]
    for _ in range(10):
        board.ask_dns(question)
    for _ in range(4):
        portal.step()
    assert all([phone.sock.closed for phone in phones]) and len(dns.sent) == 10 * 37
    dns.sent = bytearray()
    board.trace.clear()
`);
    const rounds = (count: number) => {
      for (let round = 0; round < count; round++) py.run('round_of_requests()');
    };
    rounds(5);
    const before = py.heldBytes();
    rounds(250);
    expect(Math.abs(py.heldBytes() - before)).toBeLessThanOrEqual(256);
    expect(connections()).toBe(0);
  });
});
