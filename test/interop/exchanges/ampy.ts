// ampy 1.1.0: plain raw REPL in pieces of 256 bytes, interrupts after the soft reset, and a reset that is to answer OK.

import { type Exchange, exec, RAW_BANNER, type Step } from './exchange.js';

const ENTER: readonly Step[] = [
  { send: '\r\x03' },
  { sleep: 0.1 },
  { send: '\x03' },
  { sleep: 0.1 },
  { send: '\r\x01' },
  { until: `${RAW_BANNER}>` },
  { send: '\x04' },
  { until: 'soft reboot\r\n' },
  { sleep: 0.5 },
  { send: '\x03' },
  { sleep: 0.1 },
  { send: '\x03' },
  { until: RAW_BANNER },
  { until: '>' },
];

export const AMPY: Exchange = {
  program: 'ampy 1.1.0 (2021-02)',
  steps: [
    ...ENTER,
    ...exec('put', "f = open('put.py', 'wb')\nf.write(b'print(1)\\n')\nf.close()"),
    ...exec('ls', "import os\nr = []\nfor f in os.listdir('/'): r.append('/' + f)\nprint('/put.py' in r)"),
    ...exec(
      'get',
      "import sys\nwith open('put.py', 'rb') as f:\n while True:\n  d = f.read(32)\n  if not d: break\n  sys.stdout.write(d)",
    ),
    ...ENTER,
    ...exec('define', 'def reset():\n import machine\n machine.reset()'),
    { send: 'reset()\x04' },
    { until: 'OK', name: 'before OK' },
    { until: '>>> ' },
  ],
  answers: { put: '', ls: 'True\r\n', get: 'print(1)\r\n', define: '', 'before OK': '' },
};
