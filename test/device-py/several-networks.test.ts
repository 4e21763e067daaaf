// A board that stores several networks: which of them it joins, and how a phone removes one.
import { beforeEach, describe, expect, it } from 'vitest';
import { portalOnBoard } from '../support/portal-on-board.js';

const { answer, run, start, trace, value } = portalOnBoard();

const store = (...lines: string[]) =>
  run(`
with open('wifi.creds', 'wb') as file:
    file.write(b'${lines.map((line) => `${line}\\n`).join('')}')
`);
const tried = () =>
  trace().flatMap(([, what]) => (what.startsWith('connect') ? [what.slice("connect b'".length, -1)] : []));
const scans = () => trace().filter(([, what]) => what === 'scan').length;

beforeEach(() => {
  run(`board.sta.networks = {b'Home': (b'secret123', 3000), b'Office': (b'secret123', 3000)}`);
});

const around = (...networks: [name: string, rssi: number][]) =>
  run(
    `board.sta.found = [${networks.map(([name, rssi]) => `(b'${name}', b'', 1, ${rssi}, 3, 0)`).join(', ')}]`,
  );

describe('a board at its start', () => {
  it('does not scan for a single network', () => {
    store('Home,secret123');
    start('');
    expect([scans(), tried()]).toEqual([0, ['Home']]);
  });

  it('tries the networks in range first, the strongest of them first', () => {
    around(['Cafe', -80], ['Foreign', -20], ['Home', -70], ['Cafe', -90], ['Hotel', -40]);
    store('Away,secret123', 'Cafe,secret123', 'Gone,secret123', 'Hotel,secret123', 'Home,secret123');
    const log = start('');
    expect([scans(), tried()]).toEqual([1, ['Hotel', 'Home']]);
    expect(log.slice(-2)).toEqual([
      'Wrote credentials to ./wifi.creds',
      'Connected to Home, address 10.0.0.7',
    ]);
    expect(value<string>('creds()').split(',')[0]).toBe('Home');
  });

  it('tries those that it does not see afterwards, in the order of their use', () => {
    around(['Cafe', -80]);
    store('Gone,secret123', 'Cafe,secret123', 'Away,secret123', 'Office,secret123');
    start('');
    expect(tried()).toEqual(['Cafe', 'Gone', 'Away', 'Office']);
  });

  it('writes nothing when the network in use is the first one', () => {
    around(['Home', -70]);
    store('Home,secret123', 'Office,secret123');
    expect(start('')).not.toContain('Wrote credentials to ./wifi.creds');
  });

  it('opens the portal within 75 s when none of eight is there, and tries them again', () => {
    store(...Array.from({ length: 8 }, (_, at) => `Net ${at},secret123`));
    start(`at(200000, interrupt)`);
    const opened = trace().find(([, what]) => what === 'AP on')?.[0];
    expect(opened).toBeLessThan(75_000);
    expect(tried().length).toBeGreaterThan(8);
  });

  it('joins one that comes into range while the portal waits', () => {
    store('Gone,secret123', 'Home,secret123');
    run(`board.sta.networks = {}`);
    const log = start(`at(60000, lambda: board.sta.networks.update({b'Home': (b'secret123', 3000)}))`);
    expect(log).toContain('Connected to Home, address 10.0.0.7');
    expect(value<string>('creds()').split(',')[0]).toBe('Home');
  });
});

describe('the page', () => {
  it('marks the networks that are stored', () => {
    around(['Cafe', -40], ['Home', -70]);
    store('Home,wrong-secret');
    start(`visit(40000, 'page')\nat(50000, interrupt)`);
    expect(answer('page')).toMatch(/<span>Home<br>stored<\/span>/);
    expect(answer('page')).toMatch(/<span>Cafe<br><\/span>/);
  });

  it('offers to forget a network only where one is stored', () => {
    const button = () => /<button [^>]*formaction=\/forget>/.exec(answer('page'))?.[0];
    start(`visit(9000, 'page')\nat(20000, interrupt)`);
    expect(button()).toContain('hidden');
    store('Home,wrong-secret');
    start(`board.now = 0\nvisit(40000, 'page')\nat(50000, interrupt)`);
    expect(button()).not.toContain('hidden');
  });

  it('forgets the chosen network, also one that is not in range, and keeps the others', () => {
    around(['Cafe', -40], ['Home', -70]);
    run(`board.sta.networks = {}`);
    store('Home,wrong-secret', 'Cafe,wrong-secret', 'Away,secret123');
    start(`
send(50000, 'listed', '/forget', b'ssid=Home&password=')
send(60000, 'typed', '/forget', b'ssid=&other=Away')
visit(70000, 'page')
at(80000, interrupt)
`);
    expect(answer('listed')).toContain('Looking for networks');
    expect(answer('page')).toMatch(/<span>Home<br><\/span>/);
    expect(value('creds()')).toBe('Cafe,wrong-secret\n');
  });

  it.each([
    ['of another site', `'/forget', b'ssid=Home', 'Origin: http://evil.example\\r\\n'`],
    ['without a name', `'/forget', b''`],
  ])('keeps the networks on a request %s', (_title, request) => {
    store('Home,wrong-secret');
    start(`send(40000, 'forged', ${request})\nat(60000, interrupt)`);
    expect(value('creds()')).toBe('Home,wrong-secret\n');
  });
});
