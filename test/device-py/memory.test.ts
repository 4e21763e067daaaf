// What the portal costs an ESP8266, whose heap has 38 KB: this interpreter has objects of the same size.
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeBoard, type MicroPython, startMicroPython } from '../support/micropython.js';

const IMPORTED_CEILING = 33_000;
const SERVING_CEILING = 43_500;

let py: MicroPython;
let emptyBytes: number;
let importedBytes: number;

beforeAll(async () => {
  py = await startMicroPython(fakeBoard());
  py.run(`
import board
from board import get, post, Phone
board.sta.networks = {b'Home': (b'secret123', 3000)}
board.sta.found = [(b'Network number %02d' % i, b'abcdef', 1, -30 - i, 3, 0) for i in range(30)]
`);
  emptyBytes = py.heldBytes();
  py.run('import captive_portal, captive_site, captive_http, sign_in, captive_dns');
  importedBytes = py.heldBytes() - emptyBytes;
  py.run(`
portal = captive_portal.CaptivePortal()
portal.stored = None
portal._open()
`);
});

/** Bytes that the portal holds after a collection, with what it needed until then to be collected. */
function turn(): { peak: number; held: number } {
  py.run('portal._turn()');
  const peak = Number(py.run('print(gc.mem_alloc())')) - emptyBytes;
  return { peak, held: py.heldBytes() - emptyBytes };
}

describe('memory', () => {
  // Ceilings that only ever go down: the aim is 12 KB imported (as .mpy) and 18 KB at the peak.
  it('held after importing every module from source is no more than it was', () => {
    process.stdout.write(`device-py: ${importedBytes} bytes held after import\n`);
    expect(importedBytes).toBeLessThanOrEqual(IMPORTED_CEILING);
  });

  it('held while serving four slow clients after a scan of thirty networks is no more than it was', () => {
    py.run(`clients = [get('/') for i in range(4)]
for client in clients:
    client.sock.room = 50
`);
    let held = 0;
    for (let round = 0; round < 8; round++) held = Math.max(held, turn().held);
    process.stdout.write(`device-py: ${held} bytes held while serving\n`);
    expect(py.value('len(portal.http.clients)')).toBe(4);
    expect(held).toBeLessThanOrEqual(SERVING_CEILING);
    py.run(`for client in clients:\n    client.sock.room = 1 << 30`);
    for (let round = 0; round < 30; round++) turn();
    expect(py.value('[client.text().endswith("</html>\\n") for client in clients]')).toEqual(
      Array(4).fill(true),
    );
    py.run('clients = client = None');
  });

  it('is what it was after 500 pages, 500 probes and 500 questions', () => {
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
