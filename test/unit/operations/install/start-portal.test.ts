import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startPortal } from '../../../../src/operations/install/start-portal.js';
import { BoardLog } from '../../../../src/operations/log/board-log.js';
import { FakePort } from '../../../support/fake-port.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function start(prints: (port: FakePort) => void, timeoutMs?: number) {
  const port = new FakePort();
  prints(port);
  const starting = startPortal(new BoardLog(port), port.name, { timeoutMs });
  starting.catch(() => {});
  await vi.advanceTimersByTimeAsync(90_000);
  return starting;
}

test('a board that prints "boot tick" all the time is busy in boot.py', async () => {
  const ticking = (port: FakePort) => void setInterval(() => port.send('boot tick\r\n'), 1000);
  await expect(start(ticking)).rejects.toMatchObject({
    code: 'portal-silent',
    message:
      'boot.py on fake is still busy after 75 s, and the portal has not started. Its last line: "boot tick".',
  });
  await expect(start(ticking, 20_000)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('boot.py on fake is still busy after 20 s'),
  });
});

test('a main.py that ends before the portal starts is named at once', async () => {
  const ending = (port: FakePort) =>
    port.send(
      'hello\r\nMicroPython v1.27.0 on 2025-12-09; ESP module with ESP8266\r\nType "help()" for more information.\r\n>>> ',
    );
  await expect(start(ending)).rejects.toMatchObject({
    code: 'portal-silent',
    message: 'main.py on fake ended without starting the portal: MicroPython is at its prompt.',
  });
});

test('a board that prints nothing is portal-silent, without a further cause', async () => {
  await expect(start(() => {})).rejects.toMatchObject({
    message: 'The portal on fake did not report within 75 s.',
  });
});
