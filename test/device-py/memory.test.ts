// What the portal costs an ESP8266, whose heap has 38 KB: this interpreter has objects of the same size.
import { describe, expect, it } from 'vitest';
import { fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';

// Ceilings that only ever go down. The aim for .mpy files, which need no names of variables: 12 and 18 KB.
const IMPORTED_CEILING = 15_900;
const WAITING_CEILING = 17_900;
const SERVING_CEILING = 20_950;
const CLOSED_CEILING = 6_800;
const JOINING_CEILING = 22_000;

/** What stays loaded while the portal is open, in the order in which it is loaded. */
const RESIDENT = ['server', 'captive_portal', 'captive_http', 'sign_in', 'captive_site', 'captive_dns'];

let py: MicroPython;

const report = (line: string) => process.stdout.write(`device-py: ${line}\n`);
const qstrBytes = () =>
  Number(/n_total_bytes=(\d+)/.exec(py.run('import micropython\nmicropython.qstr_info()'))?.[1]);

/** A portal that waits for clients in a fresh interpreter, and what measures it. */
async function openPortal() {
  py = await startMicroPython(fakeBoard());
  py.run(`
import board, os, sys
from board import get, post, Phone
board.sta.networks = {b'Home': (b'secret123', 3000)}
board.sta.found = [(b'Network number %02d' % i, b'abcdef', 1, -30 - i, 3, 0) for i in range(30)]
portal = clients = client = None
`);
  qstrBytes();
  const emptyBytes = py.heldBytes();
  const emptyNames = qstrBytes();
  const imported = RESIDENT.map((name) => {
    const before = py.heldBytes();
    py.run(`micropython.opt_level(${['server', 'captive_portal'].includes(name) ? 0 : 3})\nimport ${name}`); // as the portal does
    return [name, py.heldBytes() - before] as const;
  });
  const importedBytes = py.heldBytes() - emptyBytes;
  py.run(`
portal = captive_portal.CaptivePortal()
portal.stored = None
portal._open()
`);
  return {
    imported,
    importedBytes,
    /** What the portal alone holds, and not the stand-ins: found by letting go of it, which is its end. */
    ownBytes() {
      const all = py.heldBytes();
      const names = qstrBytes() - emptyNames; // these are never let go of
      py.run(`
portal = None
for name in ${JSON.stringify([...RESIDENT, 'page', 'http_request'])}:
    del sys.modules[name]
    globals().pop(name, None)
`);
      return all - py.heldBytes() + names;
    },
  };
}

function turn(times = 1): void {
  for (let round = 0; round < times; round++) py.run('portal._turn()');
}

const FOUR_SLOW_CLIENTS = `
clients = [get('/') for i in range(4)]
for client in clients:
    client.sock.room = 50
`;

describe('memory', () => {
  it('held after importing every module from source is no more than it was', async () => {
    const { imported, importedBytes } = await openPortal();
    report(`${importedBytes} bytes held after import (${imported.map((pair) => pair.join(' ')).join(', ')})`);
    expect(importedBytes).toBeLessThanOrEqual(IMPORTED_CEILING);
  });

  it('held while waiting for a client, with a list of twenty networks, is no more than it was', async () => {
    const { ownBytes } = await openPortal();
    turn(3);
    const bytes = ownBytes();
    report(`${bytes} bytes held while waiting`);
    expect(bytes).toBeLessThanOrEqual(WAITING_CEILING);
  });

  it('held while serving four slow clients is no more than it was', async () => {
    const { ownBytes } = await openPortal();
    py.run(FOUR_SLOW_CLIENTS);
    turn(8);
    expect(py.value('len(portal.http.clients)')).toBe(4);
    const bytes = ownBytes();
    report(`${bytes} bytes held while serving four slow clients`);
    expect(bytes).toBeLessThanOrEqual(SERVING_CEILING);
  });

  it('held while joining, with three slow clients, is no more than it was', async () => {
    const { ownBytes } = await openPortal();
    py.run(`post('/login', b'ssid=Home&password=secret123')`);
    turn(4);
    py.run(`${FOUR_SLOW_CLIENTS}clients.pop().sock.error = 104`);
    turn(8);
    expect(py.value('bool(portal.signing.attempt)')).toBe(true);
    expect(py.value('len(portal.http.clients)')).toBe(3);
    const bytes = ownBytes();
    report(`${bytes} bytes held while joining`);
    expect(bytes).toBeLessThanOrEqual(JOINING_CEILING);
  });

  it.each([
    ['joined its network', `send_form()`],
    ['been interrupted', `board.at(20000, interrupt)`],
  ])('is given back when the portal has %s', async (_title, plan) => {
    py = await startMicroPython(fakeBoard());
    py.run(`
import board, os, sys

def send_form():
    board.at(8000, lambda: board.post('/login', b'ssid=Home&password=secret123') and None)

def interrupt():
    raise KeyboardInterrupt

board.sta.networks = {b'Home': (b'secret123', 3000)}
board.sta.found = [(b'Home', b'abcdef', 1, -30, 3, 0)]
`);
    qstrBytes();
    const emptyBytes = py.heldBytes();
    py.run(`${plan}\nimport captive_portal\nportal = captive_portal.CaptivePortal()\nportal.start()`);
    const bytes = py.heldBytes() - emptyBytes;
    report(`${bytes} bytes held by a portal that is closed`);
    expect(bytes).toBeLessThanOrEqual(CLOSED_CEILING);
  });

  it('suffices to end what slow clients asked for', async () => {
    await openPortal();
    py.run(FOUR_SLOW_CLIENTS);
    turn(8);
    py.run(`for client in clients:\n    client.sock.room = 1 << 30`);
    turn(30);
    expect(py.value('[client.text().endswith("</html>\\n") for client in clients]')).toEqual(
      Array(4).fill(true),
    );
  });

  it('is what it was after 500 pages, 500 probes and 500 questions', async () => {
    await openPortal();
    py.run(`
question = b'\\x00\\x01\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x03abc\\x00\\x00\\x01\\x00\\x01'
dns = [sock for sock in board._sockets if sock.bound and sock.bound[1] == 53][0]

def round_of_requests():
    get('/')
    get('/generate_204', 'connectivitycheck.gstatic.com')
    board.ask_dns(question)
    for _ in range(8):
        portal._turn()
    dns.sent = bytearray()
    board.trace.clear()
`);
    for (let round = 0; round < 5; round++) py.run('round_of_requests()');
    const before = py.heldBytes();
    for (let round = 0; round < 500; round++) py.run('round_of_requests()');
    expect(Math.abs(py.heldBytes() - before)).toBeLessThanOrEqual(256);
    expect(py.value('len(portal.http.clients)')).toBe(0);
  });
});
