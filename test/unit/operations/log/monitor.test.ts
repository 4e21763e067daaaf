import { expect, test } from 'vitest';
import { monitor } from '../../../../src/operations/log/monitor.js';
import { FakePort } from '../../../support/fake-port.js';

test('a port that the monitor has opened again is closed when it ends', async () => {
  const first = new FakePort();
  const second = new FakePort();
  const abort = new AbortController();
  first.send('hello\r\n');
  const following = monitor(first, {
    signal: abort.signal,
    reopen: async () => ({ port: second, address: 'fake' }),
    onLog: ({ event }) => {
      if (event !== 'port.lost' && event !== 'port.back') first.unplug();
      if (event === 'port.back') abort.abort(new Error('enough'));
    },
  });
  await expect(following).rejects.toThrow('enough');
  expect(second.lost).toBe(true);
});
