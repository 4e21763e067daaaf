// Phones that send their forms at the same time.
import { describe, expect, it } from 'vitest';
import { portalForAMinute } from '../support/portal-for-a-minute.js';

const { answer, joined, run, serve } = portalForAMinute();

describe('several phones at a time', () => {
  const HOME = `b'ssid=Home&password=secret123'`;
  /** A phone that repeatedly posts a network that is not there. */
  const neighbour = (ms: number) =>
    `for again in range(60):\n    send(${ms} + 500 * again, 'neighbour%d' % again, '/login', b'other=Nowhere', '192.168.4.9')\n`;

  it('each get an attempt, in turn, however often another one posts', () => {
    serve(`around(b'Home')\n${neighbour(5000)}send(7000, 'owner', '/login', ${HOME})`);
    expect(joined()).toEqual(["connect b'Nowhere'", "connect b'Home'"]);
    expect(run(`print(open('wifi.creds').read())`)).toBe('Home,secret123\n\n');
  });

  it('see on their pages what the board tries for which of them', () => {
    serve(`
around(b'Home')
${neighbour(5000)}
visit(6500, 'before')
send(7000, 'owner', '/login', ${HOME})
visit(7500, 'waiting')
visit(7500, 'other', '192.168.4.7')
`);
    expect(answer('before')).toContain('Connecting to Nowhere for another phone.');
    expect(answer('before')).toContain('action=/login');
    for (const name of ['owner', 'waiting']) {
      expect(answer(name)).toContain('Connecting to Nowhere, then Home');
      expect(answer(name)).not.toContain('action=/login');
    }
    expect(answer('other')).toContain('Connecting to Nowhere, then Home for another phone.');
  });

  it('see the reason of their own failure only, with the network they chose', () => {
    serve(`
around(b'Home', b'Office')
send(5000, 'first', '/login', b'ssid=Home&password=wrong-one')
send(5500, 'second', '/login', b'ssid=Office&password=wrong-two', '192.168.4.9')
for again in range(100):
    visit(6000 + 500 * again, 'first%d' % again)
    visit(6000 + 500 * again, 'second%d' % again, '192.168.4.9')
`);
    const last = (name: string) => answer(`${name}99`);
    expect(joined()).toEqual(["connect b'Home'", "connect b'Office'"]);
    for (const [name, network] of [
      ['first', 'Home'],
      ['second', 'Office'],
    ] as const) {
      expect(last(name)).toContain('Could not connect: wrong password.');
      expect(last(name)).toContain(`value="${network}" checked`);
    }
  });

  it('are no more than four that wait for their turn', () => {
    const phones = [2, 3, 4, 5, 6].map(
      (last) =>
        `send(${5000 + last}, 'phone${last}', '/login', b'other=Network${last}', '192.168.4.${last}')`,
    );
    serve(`${phones.join('\n')}\nvisit(5500, 'refused', '192.168.4.6')`);
    expect(answer('phone6')).toMatch(/^HTTP\/1.1 302 /);
    expect(answer('refused')).toContain(
      'Connecting to Network2, then Network3, then Network4, then Network5 for another phone.',
    );
  });
});
