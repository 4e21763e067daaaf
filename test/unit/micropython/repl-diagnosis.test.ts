// Texts as chips and programs print them; the ROM's and the SDK's from boot logs in forums.
import { describe, expect, test } from 'vitest';
import { diagnoseRepl } from '../../../src/micropython/repl-diagnosis.js';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const why = (running: string, booting = '', hasLines = true) =>
  diagnoseRepl(
    { name: '/dev/ttyUSB0', hasLines, usb: undefined },
    { running: bytes(running), booting: bytes(booting) },
  );

const ESP8266_START =
  '\r\n ets Jan  8 2013,rst cause:2, boot mode:(3,6)\r\n\r\nload 0x40100000, len 1396, room 16 \r\n';
const ESP32_START =
  'ets Jun  8 2016 00:22:57\r\n\r\nrst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nload:0x3fff0030,len:4892\r\n';

describe('a board without a prompt', () => {
  test.each([
    ['says nothing at all', '', '', 'repl-silent', 'The board sends nothing on /dev/ttyUSB0.'],
    [
      'starts, in garbage of another baud rate, and then says nothing',
      '',
      '\x8c\xfe\x00r\xe0l\xffs',
      'repl-off',
      'starts after a reset, but then prints nothing',
    ],
    [
      'sends nothing but noise',
      '\xf0\x80\r\n\x01\xff',
      '',
      'repl-not-micropython',
      'does not run MicroPython',
    ],
    ['starts once, readably, and then says nothing', '', ESP8266_START, 'repl-off', 'then prints nothing'],
    [
      'waits in an ESP8266 loader that speaks its rate',
      '',
      '\r\n ets Jan  8 2013,rst cause:2, boot mode:(1,7)\r\n\r\n',
      'repl-in-loader',
      'is in its ROM loader',
    ],
    [
      'waits in the loader of an ESP32',
      '',
      'rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n',
      'repl-in-loader',
      'is in its ROM loader',
    ],
    [
      'waits in the loader of an ESP32 whose ROM words it otherwise',
      '',
      'ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0xf (UART_BOOT(UART0))\r\nwait uart0 download\r\n',
      'repl-in-loader',
      'is in its ROM loader',
    ],
    [
      'has a chip revision that the firmware refuses',
      '',
      'ESP-ROM:esp32c3-api1-20210207\r\nrst:0x3 (RTC_SW_SYS_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\nE (61) boot_comm: chip revision check failed. Required >= v0.3, found v0.0.\r\n'.repeat(
        2,
      ),
      'repl-boot-loop',
      'the firmware does not support the revision of this chip',
    ],
    [
      'crashes repeatedly on an ESP8266',
      '',
      `${ESP8266_START}Fatal exception 28(LoadProhibitedCause):\r\nepc1=0x40201f5d\r\n${ESP8266_START}`,
      'repl-boot-loop',
      'restarts repeatedly: it crashes (LoadProhibited)',
    ],
    [
      'crashes repeatedly on an ESP32',
      '',
      `${ESP32_START}Guru Meditation Error: Core  0 panic'ed (StoreProhibited). Exception was unhandled.\r\n${ESP32_START}`,
      'repl-boot-loop',
      'it crashes (StoreProhibited)',
    ],
    [
      'has too little voltage',
      '',
      `${ESP32_START}\r\nBrownout detector was triggered\r\n\r\n${ESP32_START}`,
      'repl-boot-loop',
      'its supply voltage drops (brown-out)',
    ],
    [
      'has no firmware on an ESP32',
      '',
      `${ESP32_START}invalid header: 0xffffffff\r\n${ESP32_START}invalid header: 0xffffffff\r\n`,
      'repl-boot-loop',
      'its flash holds no firmware',
    ],
    [
      'restarts by its own program',
      '',
      `${ESP32_START}Traceback (most recent call last):\r\n  File "main.py", line 3, in <module>\r\nOSError: 5\r\n${ESP32_START}`,
      'repl-boot-loop',
      'its program ends with OSError: 5',
    ],
    [
      'restarts without a reason',
      '',
      ESP32_START + ESP32_START,
      'repl-boot-loop',
      'reset cause SW_CPU_RESET',
    ],
    [
      'runs other firmware',
      '\r\nERROR\r\n\r\nERROR\r\n',
      '\r\nai-thinker AT firmware ready\r\n',
      'repl-not-micropython',
      'does not run MicroPython',
    ],
    [
      'catches every Ctrl-C',
      'tick\r\ntick\r\ncaught KeyboardInterrupt\r\n',
      'tick\r\n',
      'repl-busy',
      'cannot be interrupted',
    ],
  ])('%s', (_what, running, booting, code, message) => {
    const error = why(running, booting);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  test('on a port without reset lines has no advice to reset or to flash there', () => {
    const error = why('', '\x8c\xfe\x00r\xe0l\xffs', false);
    expect(error.code).toBe('repl-not-micropython');
    expect(error.next).toContain('connect the board to a USB port');
    expect(why('', '', false).next).not.toContain('flash');
  });

  test('is called an echo where our own control bytes come back', () => {
    const sent = "\x03\r\x01print('in step 4')\x04";
    expect(why(sent + sent, sent).message).toBe('/dev/ttyUSB0 echoes what is sent to it: no board answers.');
  });

  test('waits in the loader of its own USB port, as without firmware: flash is the next command', () => {
    const port = { name: '/dev/ttyACM0', hasLines: true, usb: { kind: 'usb-rom', mac: undefined } } as const;
    const error = diagnoseRepl(port, { running: bytes(''), booting: bytes(''), isLoader: true });
    expect(error).toMatchObject({
      code: 'repl-in-loader',
      likelyCause: expect.stringContaining('flash holds no firmware'),
      next: 'esp-portal flash --port PORT',
    });
  });

  test('is shown with its last output, without bytes of other baud rates', () => {
    expect(why('', 'AT ready\r\n\xfe\x80\xff\r\n').boardOutput).toBe('AT ready');
  });
});
