// ports --network against a responder on loopback, which multicast reaches on every computer.
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { announcement, startResponder } from '../support/mdns-responder.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

test('ports --network lists ports of other computers, and lets none steer the terminal', async () => {
  await using _responder = await startResponder(5353, [
    announcement('bench 1', { txt: { idVendor: '10c4', idProduct: 'ea60', serial: 'A7' } }),
    announcement('evil\u001b[2J\u202e', {
      port: 3002,
      host: 'pi\u0007.local',
      txt: { product: '\u001b]0;owned\u0007' },
    }),
  ]);
  const shown = await home.call(['ports', '--network']);
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toContain(
    'rfc2217://127.0.0.1:3001  "bench 1" on pi-1.local (CP210x, 10c4:ea60, serial number A7)\n',
  );
  expect(shown.stdout).toContain('"evil\\x1b[2J\\u202e" on pi\\x07.local (\\x1b]0;owned\\x07)\n');
  const names = await home.call(['ports', '--network', '--names', '--json']);
  expect(names.result()).toMatchObject({
    network: expect.arrayContaining([
      expect.objectContaining({ name: 'bench 1', address: 'rfc2217://127.0.0.1:3001', adapter: 'CP210x' }),
    ]),
  });
});
