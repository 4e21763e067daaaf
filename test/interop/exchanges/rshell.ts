// rshell 0.0.36: plain raw REPL with a soft reset before each piece of code; files in pieces that the board asks for.

import { answer, type Exchange, exec, RAW_BANNER, type Step } from './exchange.js';

const ENTER: readonly Step[] = [
  { send: '\r\x03\x03' },
  { sleep: 0.1 },
  { send: '\r\x01' },
  { until: `${RAW_BANNER}>` },
  { send: '\x04' },
  { until: 'soft reboot\r\n' },
  { until: RAW_BANNER },
  { until: '>' },
];
const PIECE = '\x00\x01\x02\x03\x04\r\n\xff'.repeat(4);

export const RSHELL: Exchange = {
  program: 'rshell 0.0.36 (2024-12)',
  steps: [
    ...ENTER,
    ...exec('epoch', 'import time\nprint(time.gmtime(0)[:6])'),
    ...exec('buffer', "import sys\nprint(hasattr(sys.stdin,'buffer'),hasattr(sys.stdin,'readinto'))"),
    ...exec(
      'clock',
      'import machine\nmachine.RTC().datetime((2030,1,2,3,4,5,6,0))\nimport time\nprint(time.localtime()[:5])',
    ),
    {
      send: `import sys, os, micropython
micropython.kbd_intr(-1)
b = bytearray(32)
with open('sent.bin', 'wb') as f:
 for _ in range(3):
  sys.stdout.write('\\x06')
  if sys.stdin.buffer.readinto(b, 32) == 32: f.write(b[0:32])
print(os.stat('sent.bin')[6], os.stat('sent.bin')[8] - time.time() in (0, -1))\x04`,
    },
    { until: 'OK' },
    ...Array.from({ length: 3 }, (): Step[] => [{ until: '\x06' }, { send: PIECE }]).flat(),
    ...answer('received'),
    {
      send: `with open('sent.bin', 'rb') as f:
 for _ in range(3):
  sys.stdout.buffer.write(f.read(32))
  while sys.stdin.read(1) != '\\x06': pass\x04`,
    },
    { until: 'OK' },
    ...Array.from({ length: 3 }, (): Step[] => [{ until: PIECE }, { send: '\x06' }]).flat(),
    ...answer('given back'),
    { send: '\r\x02' },
    { until: '>>> ' },
  ],
  answers: {
    epoch: '(2000, 1, 1, 0, 0, 0)\r\n',
    buffer: 'True True\r\n',
    clock: '(2030, 1, 2, 4, 5)\r\n',
    received: '96 True\r\n',
    'received errors': '',
    'given back': '',
    'given back errors': '',
  },
};
