// mpremote 1.29: raw-paste, one soft reset, files by the raw REPL, folders of this computer mounted over its own protocol.

import { type Exchange, pasted, RAW_BANNER } from './exchange.js';

/** A filesystem of the host's: each request is 0x18, its number and what it is about; the host acknowledges with 0x18. */
const HOOK = `import os, sys, select, struct, micropython
class Link:
 def __init__(self):
  self.b = bytearray(4)
  self.o = sys.stdout.buffer
  self.i = sys.stdin.buffer
  self.p = select.poll()
  self.p.register(self.i, select.POLLIN)
 def begin(self, n):
  micropython.kbd_intr(-1)
  self.b[0] = 0x18
  self.b[1] = n
  self.o.write(self.b, 2)
  while True:
   self.p.poll(1000)
   self.i.readinto(self.b, 1)
   if self.b[0] == 0x18: return
 def read(self, n):
  r = bytearray(n)
  for _ in self.p.ipoll(1000): break
  self.i.readinto(r, n)
  return r
 def text(self, s):
  struct.pack_into('<i', self.b, 0, len(s))
  self.o.write(self.b)
  self.o.write(s)
class Remote:
 def mount(self, readonly, mkfs): pass
 def umount(self): pass
 def chdir(self, path): self.path = path
 def getcwd(self): return self.path
 def stat(self, path):
  link.begin(1)
  link.text(path)
  r = link.read(1)[0]
  s = struct.unpack('<IIIII', link.read(20))
  micropython.kbd_intr(3)
  return (s[0], 0, 0, 0, 0, 0) + s[1:]
link = Link()
os.mount(Remote(), '/remote')
os.chdir('/remote')`;

const STATUS = Buffer.alloc(21);
STATUS.writeUInt32LE(0x8000, 1);
STATUS.writeUInt32LE(1234, 5);

export const MPREMOTE: Exchange = {
  program: 'mpremote 1.29 (2026-08)',
  steps: [
    { send: '\r\x03' },
    { sleep: 0.1 },
    { send: '\r\x01' },
    { until: `${RAW_BANNER}>` },
    { send: '\x04' },
    { until: 'soft reboot\r\n' },
    { until: RAW_BANNER },
    { until: '>' },
    ...pasted(
      'df',
      'import os,vfs\nfor v,p in vfs.mount():\n s=os.statvfs(p)\n print(str(v),s[0]*s[2]>s[0]*s[3]>0,p)',
    ),
    ...pasted(
      'write',
      `import os\nf=open('copied.txt','wb')\nw=f.write\nw(${bytesOf(256)})\nw(b'end')\nf.close()`,
    ),
    ...pasted(
      'hash',
      "import hashlib\nh=hashlib.sha256()\nb=memoryview(bytearray(256))\nwith open('copied.txt','rb') as f:\n while True:\n  n=f.readinto(b)\n  if n==0: break\n  h.update(b if n==256 else b[:n])\nprint(h.digest().hex() if hasattr(b'','hex') else h.digest())",
    ),
    ...pasted('ls', "for f in os.ilistdir(''):\n print(repr(f),end=',')"),
    ...pasted(
      'rtc',
      'import machine\nmachine.RTC().datetime((2030,1,2,2,3,4,5,6))\nprint(machine.RTC().datetime()[:7])',
    ),
    ...pasted('mount', HOOK),
    { paste: "print(os.stat('/remote/file')[6])" },
    { until: '\x18\x01', name: 'request' },
    { send: '\x18' },
    { until: '\x05\x00\x00\x00/file' },
    { send: STATUS.toString('latin1') },
    { until: '\x04', name: 'stat' },
    { until: '\x04>', name: 'stat errors' },
    ...pasted('umount', "os.umount('/remote')"),
    { paste: 'import time, machine; time.sleep_ms(100); machine.reset()' },
    { until: 'MicroPython v', name: 'reset' },
    { until: '>>> ' },
  ],
  answers: {
    df: '<VfsLfs2> True /\r\n',
    write: '',
    hash: /^[0-9a-f]{64}\r\n$/,
    ls: /\('copied\.txt', 32768, 0, 259\),/,
    rtc: '(2030, 1, 2, 2, 3, 4, 5)\r\n',
    mount: '',
    request: '',
    stat: '1234\r\n',
    umount: '',
  },
};

function bytesOf(count: number): string {
  return `b'${Array.from({ length: count }, (_, index) => `\\x${index.toString(16).padStart(2, '0')}`).join('')}'`;
}
