// A portal whose modules do not fit into memory for a while.
import { describe, expect, it } from 'vitest';
import { GOOD_FORM, portalOnBoard } from '../support/portal-on-board.js';

const { answer, start, value } = portalOnBoard();

/** There is no memory for the modules in `missing`, once each. */
const SCARCE = `
import common
load = common.load
missing = []

def scarce(name):
    if name in missing:
        missing.remove(name)
        raise MemoryError
    return load(name)

common.load = scarce
`;

describe('a portal that runs out of memory', () => {
  it('tries again what was due, and joins', () => {
    const log = start(`
${SCARCE}
at(4000, lambda: missing.append('wifi_join'))
at(5500, lambda: missing.append('credentials'))
send(5000, 'login', '/login', ${GOOD_FORM})
visit(14000, 'result')
`);
    expect(log.filter((line) => line === 'Captive portal exception: MemoryError()')).toHaveLength(2);
    expect(answer('result')).toContain('Connected</h1>');
    expect(value('[address, creds()]')).toEqual(['10.0.0.7', 'Home,secret123\n']);
  });

  it('continues to serve without memory for a scan or a form', () => {
    const log = start(`
${SCARCE}
at(4000, lambda: missing.extend(['networks', 'credentials']))
send(5000, 'scan', '/scan')
send(6000, 'lost', '/login', ${GOOD_FORM})
send(7000, 'login', '/login', ${GOOD_FORM})
visit(14000, 'result')
`);
    expect(log.filter((line) => line.endsWith(' exception: MemoryError()'))).toHaveLength(2);
    expect(answer('result')).toContain('Connected</h1>');
    expect(value('board.open_sockets()')).toBe(0);
  });
});
