import { expect, test } from 'vitest';
import { withNetwork } from '../../../../src/operations/factory/network-places.js';
import { freePort } from '../../../support/free-port.js';
import { announcement, startResponder } from '../../../support/mdns-responder.js';

test('lists the ports of this computer and those that stations announce, also when a station has gone away', async () => {
  const port = await freePort();
  const local = { address: '/dev/ttyUSB0', place: '1-2' };
  const options = {
    port,
    interfaces: ['127.0.0.1'],
    isEnough: (found: readonly unknown[]) => found.length > 0,
  };
  const list = withNetwork(async () => [local], options);
  const remote = { address: 'rfc2217://127.0.0.1:3001', place: 'rfc2217://127.0.0.1:3001' };
  {
    await using _station = await startResponder(port, [announcement('bench 1')]);
    expect(await list()).toEqual([local, remote]);
  }
  expect(await list()).toEqual([local, remote]);
});
