// Python's serial library, on which esptool is built, as a client of `simulate`.
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome, type StayingRun } from '../support/cli.js';

const PYTHON = '/usr/bin/python3';
const hasSerial = spawnSync(PYTHON, ['-c', 'import serial']).status === 0;
if (!hasSerial && process.env.CI) throw new Error('python3-serial is missing; .ci/run installs it.');

/** esptool's ClassicReset, then its SYNC: a loader answers, a started firmware does not. */
const RESET_AND_SYNC = `
import sys, time, serial
port = serial.serial_for_url(sys.argv[1], do_not_open=True)
port.baudrate = 115200
port.timeout = 0.5
port.open()
def line(set_line, on):
    set_line(on)
    time.sleep(float(sys.argv[2]))  # beside the 50 ms that pyserial waits for an answer
dtr = lambda on: setattr(port, 'dtr', on)
rts = lambda on: setattr(port, 'rts', on)
for _ in range(3):
    line(dtr, False)
    line(rts, True)
    time.sleep(0.1)
    line(dtr, True)
    line(rts, False)
    time.sleep(0.05)
    line(dtr, False)
    port.reset_input_buffer()
    port.write(bytes.fromhex('c00008240000000000') + bytes.fromhex('07071220') + b'U' * 32 + b'\\xc0')
    answer = port.read(200)
    if b'\\xc0\\x01\\x08' in answer:
        print('loader')
        break
else:
    print('no loader', answer)
`;

describe.skipIf(!hasSerial)('pyserial', () => {
  const home = new CliHome();
  let simulator: StayingRun;
  beforeAll(() => {
    simulator = home.start(['simulate', '--port', 'virtual:py', '--listen', '127.0.0.1:0', '--json']);
  });
  afterAll(async () => {
    await simulator.stop();
    home[Symbol.dispose]();
  });

  test.each(['0', '0.05'])('resets the board into its loader, %s s more between two lines', async (pause) => {
    const { url } = JSON.parse(await simulator.line('rfc2217://')) as { url: string };
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', RESET_AND_SYNC, url, pause], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('loader\n');
  });
});
