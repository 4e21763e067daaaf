// A button that opens the portal of a board that stores a network.
import { beforeEach, describe, expect, it } from 'vitest';
import { portalOnBoard } from '../support/portal-on-board.js';

const { run, start, timeOf, value } = portalOnBoard();

beforeEach(() => {
  run(`
import board, sys
presses = []  # from and to, in ms

class Pin:
    IN, PULL_UP = 0, 1

    def __init__(self, number, mode, pull):
        if number != 0 or pull != 1:
            raise ValueError('invalid pin')

    def value(self):
        return int(not any([begin <= board.now < end for begin, end in presses]))

class Machine:
    Pin = Pin

sys.modules['machine'] = Machine
with open('wifi.creds', 'wb') as file:
    file.write(b'Home,secret123\\n')
`);
});

describe('a button at the start', () => {
  it.each([
    ['from the start on', '(0, 5000)'],
    ['after the reset, as one at GPIO0 has to be', '(500, 5000)'],
  ])('opens the portal when it is held %s, and keeps the network', (_title, press) => {
    const log = start(`presses.append(${press})\nat(9000, interrupt)`, 'button=0');
    expect(log).toContain('Hold the button at GPIO0 now to open the portal');
    expect(log).toContain('Button held');
    expect(timeOf('AP on')).toBeLessThan(1500);
    expect(value('creds()')).toBe('Home,secret123\n');
  });

  it('that is not held costs a second', () => {
    start('', 'button=0');
    expect(timeOf('connect')).toBe(1000);
    expect(value('address')).toBe('10.0.0.7');
  });

  it('that bounces is not held', () => {
    start('presses.extend([(100, 220), (400, 430), (600, 750)])', 'button=0');
    expect(value('address')).toBe('10.0.0.7');
  });

  it('at a GPIO that the chip does not have is reported, and the board joins its network', () => {
    expect(start('', 'button=39').join('\n')).toMatch(/Invalid button: ValueError/);
    expect(value('address')).toBe('10.0.0.7');
  });

  it('that only settings written by hand have does not keep the board from its network', () => {
    run('import os\nos.remove("button.mpy")');
    expect(start('presses.append((0, 9000))', 'button=0').join()).toContain('Connected to Home');
  });

  it('is not looked at without the option', () => {
    start('presses.append((0, 9000))');
    expect(timeOf('connect')).toBe(0);
  });
});
