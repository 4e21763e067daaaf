import { expect, test } from 'vitest';
import { PortalError } from '../../../src/errors.js';
import { waitForPort } from '../../../src/port/wait-for-port.js';

/** Rejects with these codes, one a call, and opens then. */
function opening(...codes: ConstructorParameters<typeof PortalError>[0][]) {
  const left = [...codes];
  return async () => {
    const code = left.shift();
    if (code) throw new PortalError(code, code);
    return 'open';
  };
}

function waiting(open: () => Promise<string>, signal = new AbortController().signal) {
  let waits = 0;
  const opened = waitForPort(open, { signal, onWait: () => waits++, retryMs: 1 });
  return { opened, waits: () => waits };
}

test('a board that is there is opened at once', async () => {
  const { opened, waits } = waiting(opening());
  expect([await opened, waits()]).toEqual(['open', 0]);
});

test('a board that comes later is waited for, also while the system sets its port up', async () => {
  const { opened, waits } = waiting(
    opening('port-none', 'port-not-found', 'port-unreachable', 'port-denied', 'port-busy'),
  );
  expect([await opened, waits()]).toEqual(['open', 1]);
});

test('a port that is busy from the start is not waited for, and one that stays so is an error', async () => {
  await expect(waiting(opening('port-busy')).opened).rejects.toMatchObject({ code: 'port-busy' });
  const denied = Array(20).fill('port-denied');
  await expect(waiting(opening('port-none', ...denied)).opened).rejects.toMatchObject({
    code: 'port-denied',
  });
});

test('waiting ends with the signal', async () => {
  const reason = new PortalError('interrupted', 'Ctrl-C');
  const aborted = AbortSignal.abort(reason);
  await expect(waiting(opening('port-none'), aborted).opened).rejects.toBe(reason);
});
