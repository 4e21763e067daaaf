// The tables of chips say which chips are tested, and over which of their ports: each has a row.

import { expect, test } from 'vitest';
import { CHIPS } from '../../src/virtual-board/chips/chips.js';
import { readPage } from './markdown.js';

const BRIDGE = 'USB-UART bridge';
const PORTS = { 'serial-jtag': 'USB-Serial/JTAG', otg: 'USB-OTG' } as const;

/** Each chip that a virtual board can have, with each of its ports: `ESP32-C3 over USB-Serial/JTAG`. */
const TESTED = Object.entries(CHIPS).flatMap(([chip, { loader }]) => {
  const name = chip.toUpperCase().replace(/^(ESP32)(.)/, '$1-$2');
  const ports = [BRIDGE, ...(loader.usb?.kinds ?? []).map((kind) => PORTS[kind])];
  return ports.map((port) => `${name} over ${port}`);
});

/** `ESP32-S2, S3` and `ESP32-P4 with …`: the names of the chips. */
function chipsIn(cell: string): string[] {
  const [list = ''] = cell.split(/ with | alone|, which /);
  return list.split(', ').map((name) => (name.startsWith('ESP') ? name : `ESP32-${name}`));
}

function listed(page: string): string[] {
  const rows = readPage(page)
    .split('\n')
    .filter((line) => line.startsWith('| ESP'));
  return rows.flatMap((row) => {
    const [, chips = '', ports = ''] = row.split('|').map((cell) => cell.trim());
    const names = [BRIDGE, ...Object.values(PORTS)].filter((port) => ports.includes(port));
    return chipsIn(chips).flatMap((chip) => names.map((port) => `${chip} over ${port}`));
  });
}

test.each(['README.md', 'docs/verification.md'])(
  '%s has a row for each chip and each of its ports',
  (page) => {
    expect([...new Set(listed(page))].sort()).toEqual([...TESTED].sort());
  },
);
