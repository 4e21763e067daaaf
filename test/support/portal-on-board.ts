// A whole portal on shims for the hardware, in virtual time, with phones that do what a test's script says.

import { beforeEach } from 'vitest';
import { portalFor } from '../../src/operations/install/portal-files.js';
import { readPortalBundle } from '../../src/portal/bundle.js';
import type { PortalConfig } from '../../src/portal/config.js';
import { mergeSettings } from '../../src/portal/settings.js';
import type { Runtime } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from './micropython.js';

const PHONES = `
import board
from board import at, get, post
from captive_portal import CaptivePortal

board.sta.networks = {b'Home': (b'secret123', 3000), b'Open': (b'', 1000), b'A,b"<i>': (b'comma,comma', 1000)}
board.sta.found = [(b'Home', b'', 1, -50, 3, 0), (b'A,b"<i>', b'', 1, -65, 3, 0), (b'Open', b'', 1, -75, 0, 0)]
phones = {}

def keep(name, make):
    phones[name] = make()

def visit(ms, name, path='/', host='192.168.4.1'):
    at(ms, lambda: keep(name, lambda: get(path, host)))

def send(ms, name, path, body=b'', extra=''):
    at(ms, lambda: keep(name, lambda: post(path, body, extra=extra)))

def interrupt():
    raise KeyboardInterrupt

def creds():
    try:
        with open('wifi.creds', 'rb') as file:
            return str(file.read(), 'utf-8')
    except OSError:
        return None
`;

/** A board with the portal for each test of a file, or of a suite. */
export function portalOnBoard(runtime?: Runtime) {
  let py: MicroPython;
  beforeEach(async () => {
    py = await startMicroPython(fakeBoard(), { form: 'installed', ...(runtime && { runtime }) });
    py.run(PHONES);
  });
  const value = <T>(expression: string) => py.value<T>(expression);
  const trace = () => value<[number, string][]>('board.trace');
  return {
    value,
    trace,
    run: (code: string) => py.run(code),
    /** Adds what `install` would put on the board for these settings. */
    async install(config: PortalConfig): Promise<void> {
      const files = await portalFor(
        (await readPortalBundle()).mpy6,
        'mpy6',
        mergeSettings(new Map(), config),
      );
      for (const { path, bytes } of files)
        py.run(`with open('${path}', 'wb') as file:\n    file.write(${pyBytes(bytes)})`);
    },
    /** Lets the portal run to its end; returns its log, line by line. */
    start: (script: string, options = ''): string[] =>
      py
        .run(`${script}
try:
    address = CaptivePortal(${options}).start()
except KeyboardInterrupt:
    address = 'interrupted'
`)
        .split('\n')
        .slice(0, -1),
    answer: (phone: string) => value<string>(`phones['${phone}'].text()`),
    timeOf: (what: string) => trace().find(([, done]) => done.startsWith(what))?.[0],
  };
}

export const GOOD_FORM = `b'ssid=Home&password=secret123'`;
