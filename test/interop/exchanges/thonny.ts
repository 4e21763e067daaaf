// Thonny's back end, 5.0 (2026-03): a helper class whose body imports modules, raw-paste, expressions by its own printer.

import { type Exchange, pasted, RAW_BANNER } from './exchange.js';

export const THONNY: Exchange = {
  program: "Thonny's back end 5.0 (2026-03)",
  steps: [
    { send: '\r\x03' },
    { sleep: 0.1 },
    { send: '\x01' },
    { until: `${RAW_BANNER}>` },
    ...pasted(
      'helper',
      `class helper:
    import os
    import sys
    last = None
    @classmethod
    def show(cls, value):
        cls.last = value
        cls.sys.stdout.write('\\x02' + repr(value) + '\\x02\\n')`,
    ),
    ...pasted('path', 'helper.show(helper.sys.path[-1] != None)'),
    ...pasted('files', "helper.show([n for n, k, *_ in helper.os.ilistdir('/') if k == 0x8000][:1])"),
    ...pasted('implementation', 'helper.show((helper.sys.implementation[0], helper.os.uname().sysname))'),
    ...pasted('print', "import sys\nprint(sys.stdout.write('n\\xe4h'))"),
    { send: '\x02' },
    { until: '>>> ' },
  ],
  answers: {
    helper: '',
    'helper errors': '',
    path: '\x02True\x02\r\n',
    files: "\x02['boot.py']\x02\r\n",
    implementation: "\x02('micropython', 'esp8266')\x02\r\n",
    print: 'n\u00c3\u00a4h4\r\n',
  },
};
