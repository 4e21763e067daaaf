// A portal on shims for the hardware, in virtual time, that is interrupted after a minute.

import { beforeEach } from 'vitest';
import { fakeBoard, type MicroPython, startMicroPython } from './micropython.js';

const PHONES = `
import board
from board import at, get, post, Phone
from captive_portal import CaptivePortal

phones = {}

def keep(ms, name, make, address='192.168.4.2'):
    def run():
        phones[name] = phone = make()
        phone.sock.address = address
    at(ms, run)

def visit(ms, name, address='192.168.4.2'):
    keep(ms, name, lambda: get('/'), address)

def send(ms, name, path, body=b'', address='192.168.4.2'):
    keep(ms, name, lambda: post(path, body), address)

def around(*names, security=3):
    board.sta.found = [(name, b'', 1 + i, -40 - i, security, 0) for i, name in enumerate(names)]
    board.sta.networks = {name: (b'secret123', 1000) for name in names}

def interrupt():
    raise KeyboardInterrupt
`;

/** A board with the portal for each test of a file. */
export function portalForAMinute() {
  let py: MicroPython;
  beforeEach(async () => {
    py = await startMicroPython(fakeBoard(), { form: 'installed' });
    py.run(PHONES);
  });
  const value = <T>(expression: string) => py.value<T>(expression);
  return {
    value,
    run: (code: string) => py.run(code),
    /** Runs the portal while what the script planned happens; returns its log, line by line. */
    serve: (script: string, options = ''): string[] =>
      py
        .run(
          `${script}\nat(60000, interrupt)\ntry:\n    CaptivePortal(${options}).start()\nexcept KeyboardInterrupt:\n    pass`,
        )
        .split('\n'),
    answer: (phone: string) => value<string>(`phones['${phone}'].text()`),
    isClosed: (phone: string) => value<boolean>(`phones['${phone}'].sock.closed`),
    /** The networks that the board tried. */
    joined: () =>
      value<[number, string][]>('board.trace')
        .map(([, what]) => what)
        .filter((what) => what.startsWith('connect')),
  };
}
