// A portal in virtual time with a phone that signs in, whatever else a test's script does to it.

import type { Runtime } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, startMicroPython } from './micropython.js';

const SIGN_IN = `
import board, gc, sys
from board import at, get, post, ask_dns, Phone
from captive_portal import CaptivePortal
board.sta.networks = {b'Home': (b'secret123', 3000)}
board.sta.found = [(b'Home', b'', 1, -50, 3, 0)]
phones = {}
steps = [0]

class Portal(CaptivePortal):
    def step(self):
        steps[0] += 1
        return super().step()

def keep(ms, name, make):
    at(ms, lambda: phones.__setitem__(name, make()))

def sign_in(ms):
    """A phone that asks again what it got no answer to."""
    def form():
        phones['form'] = get('/')
    def login():
        if not board.sta.isconnected():
            phones['login'] = post('/login', b'ssid=Home&password=secret123')
    for again in range(4):
        at(ms + 300 * again, form)
        at(ms + 1500 + 2500 * again, login)
    for again in range(20):
        keep(ms + 16000 + 500 * again, 'result%d' % again, lambda: get('/'))

def sleeps(ms):
    """Notes how many steps ten seconds take, of which none has anything to do."""
    at(ms, lambda: steps.append(steps[0]))
    at(ms + 10000, lambda: steps.append(steps[0]))
`;

export async function board(runtime: Runtime): Promise<MicroPython> {
  const py = await startMicroPython(fakeBoard(), { form: 'mpy', runtime });
  py.run(SIGN_IN);
  return py;
}

export function start(py: MicroPython, script: string): string {
  return py.run(
    `${script}\ntry:\n    address = Portal().start()\nexcept RuntimeError as error:\n    address = str(error)\n`,
  );
}
