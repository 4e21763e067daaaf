// After a network was joined: how long the result is served, and what phones get meanwhile.
import { describe, expect, it } from 'vitest';
import { GOOD_FORM, portalOnBoard } from '../support/portal-on-board.js';
import { PROBES } from './probes.js';

const { answer, start, timeOf, trace, value } = portalOnBoard();

describe('after joining, the portal', () => {
  it('closes 15 s after the result was served without Done', () => {
    start(`send(5000, 'login', '/login', ${GOOD_FORM})\nvisit(30000, 'result')`);
    expect(value<number>('board.now')).toBeGreaterThanOrEqual(44_500);
    expect(value<number>('board.now')).toBeLessThan(46_000);
  });

  it('keeps the result for a phone that is away for 55 s, and closes after 60 s without one', () => {
    start(`send(5000, 'login', '/login', ${GOOD_FORM})\nvisit(64000, 'result')`);
    expect(answer('result')).toContain('10.0.0.7');
    start(`
board._events.clear()
import os
os.remove('wifi.creds')
board.trace.clear()
began = board.now
send(began + 5000, 'login', '/login', ${GOOD_FORM})
`);
    const joinedAt = (timeOf('connect') ?? 0) + 3000;
    expect(value<number>('board.now') - joinedAt).toBeGreaterThanOrEqual(59_000);
    expect(value<number>('board.now') - joinedAt).toBeLessThan(62_000);
  });

  it('gives phones the online answer only after the result was read', () => {
    start(`
probe = 'connectivitycheck.gstatic.com'
visit(4000, 'before', '/generate_204', probe)
send(5000, 'login', '/login', ${GOOD_FORM})
visit(12000, 'unseen', '/generate_204', probe)
visit(13000, 'result')
visit(14000, 'seen', '/generate_204', probe)
send(15000, 'done', '/done')
${PROBES.map(([host, path], index) => `visit(${16_000 + index * 50}, 'probe${index}', '${path}', '${host}')`).join('\n')}
visit(17500, 'other', '/', 'example.com')
`);
    for (const phone of ['before', 'unseen', 'seen', 'other']) {
      expect(answer(phone), phone).toMatch(
        /^HTTP\/1.1 302 [\s\S]*\r\nLocation: http:\/\/192\.168\.4\.1\/\r\n/,
      );
    }
    for (const [index, [host, path, body]] of PROBES.entries()) {
      expect(answer(`probe${index}`).split('\r\n\r\n')[1], host + path).toBe(body);
      expect(answer(`probe${index}`)).toMatch(body ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 204 /);
    }
  });

  it('scans again on request, after the response was sent', () => {
    start(`
def appear():
    board.sta.found.append((b'New', b'', 1, -30, 3, 0))

at(4000, appear)
send(5000, 'scan', '/scan')
visit(9000, 'form')
at(10000, interrupt)
`);
    expect(answer('scan')).toContain('url=/"');
    expect(answer('form')).toContain('value="New"');
    expect(trace().filter(([, what]) => what === 'scan')).toHaveLength(2);
  });
});
