// Python's serial library, on which esptool is built, as a client of the server that `simulate` runs.
import { execFile, spawnSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';

const PYTHON = '/usr/bin/python3';
const hasSerial = spawnSync(PYTHON, ['-c', 'import serial']).status === 0;
if (!hasSerial && process.env.CI) throw new Error('python3-serial is missing; .ci/run installs it.');

/** Resets into the loader, then esptool's SYNC: a loader answers, a started firmware does not. */
const RESET_AND_SYNC = `
import sys, time, serial
url, pause, sequence = sys.argv[1:]
port = serial.serial_for_url(url, do_not_open=True)
port.baudrate = 115200
port.timeout = 0.5
port.open()
for _ in range(3):
    for step in sequence.split('|'):
        if step[0] == 'W':
            time.sleep(float(step[1:]))
            continue
        setattr(port, {'D': 'dtr', 'R': 'rts'}[step[0]], step[1] == '1')
        time.sleep(float(pause))  # beside the 50 ms that pyserial waits for an answer
    port.reset_input_buffer()
    port.write(bytes.fromhex('c00008240000000000') + bytes.fromhex('07071220') + b'U' * 32 + b'\\xc0')
    answer = port.read(200)
    if b'\\xc0\\x01\\x08' in answer:
        print('loader')
        break
else:
    print('no loader', answer)
`;

/** A program that is at its prompt answers while DTR is on, which pyserial asserts when it opens a port. */
const ADD = `
import sys, serial
port = serial.serial_for_url(sys.argv[1], do_not_open=True)
port.baudrate = 115200
port.timeout = 0.5
port.open()
for _ in range(60):  # what comes before the firmware has started is lost
    port.write(b'\\r')
    if b'>>> ' in port.read_until(b'>>> '):
        break
port.timeout = 10
port.write(b'6 * 7\\r')
print(port.read_until(b'\\n42\\r\\n')[-5:])
`;

/** esptool's sequences. */
const CLASSIC = 'D0|R1|W0.1|D1|R0|W0.05|D0';
const USB_SERIAL_JTAG = 'R0|D0|W0.1|D1|R0|W0.1|R1|D0|R1|W0.1|D0|R0';
/** What makes MicroPython call machine.bootloader(). */
const MICROPYTHON_USB = 'D0|R1|W0.1|D1|R0|W0.5';

describe.skipIf(!hasSerial)('pyserial', () => {
  const home = new CliHome();
  afterAll(() => home[Symbol.dispose]());

  const BOARDS = [
    ['behind a bridge', '', CLASSIC, 2],
    ['over USB-Serial/JTAG', '?chip=esp32c3&usb=serial-jtag', USB_SERIAL_JTAG, 1],
    ["over MicroPython's own port", '?chip=esp32s2&usb=otg', MICROPYTHON_USB, 1],
  ] as const;

  describe.each(BOARDS)('with a board %s', (_how, options, sequence, pauses) => {
    const address = `virtual:py${options.replaceAll(/\W/g, '')}${options}`;
    /** Not the synchronous way: the board is in this process. */
    const python = (program: string, ...args: string[]) =>
      new Promise<{ stdout: string; stderr: string }>((resolve) => {
        execFile(PYTHON, ['-c', program, ...args], (_error, stdout, stderr) => resolve({ stdout, stderr }));
      });

    test('uses its prompt and resets it into its loader', { timeout: 180_000 }, async () => {
      const flashed = await home.call([
        'flash',
        '--port',
        `${address}${options ? '&' : '?'}speed=max`,
        '--json',
      ]);
      expect(flashed.result()).toMatchObject({ ok: true });
      await using served = await serveBoard(address);
      expect(await python(ADD, served.url)).toEqual({ stderr: '', stdout: "b'\\n42\\r\\n'\n" });
      for (const pause of ['0', '0.05'].slice(0, pauses)) {
        expect(await python(RESET_AND_SYNC, served.url, pause, sequence)).toEqual({
          stderr: '',
          stdout: 'loader\n',
        });
      }
    });
  });
});
