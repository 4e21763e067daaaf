import { describe, expect, test } from 'vitest';
import { PROMPT, RunningBoard, VERSIONS } from './running-board.js';

const RAW_PROMPT = 'raw REPL; CTRL-B to exit\r\n>';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  /** At the raw prompt. */
  async function board(changes: ConstructorParameters<typeof RunningBoard>[0] = {}): Promise<RunningBoard> {
    const started = new RunningBoard({ version, ...changes });
    await started.until(PROMPT);
    await started.enterRaw();
    return started;
  }

  async function softReset(running: RunningBoard): Promise<void> {
    running.send('\x04');
    await running.until(RAW_PROMPT);
  }

  test('a soft reset leaves nothing of what a program changed', async () => {
    await using running = await board();
    await softReset(running);
    const look =
      'import sys, gc, machine, network, builtins\n' +
      'print(sorted(sys.modules), sys.path, dir(machine), dir(builtins), dir(), network.hostname(), machine.freq(), gc.mem_free())';
    const before = await running.output(look);
    await running.output(
      'import network, machine, builtins, sys, re\n' +
        'x = machine.x = builtins.x = bytearray(100000)\nsys.path.append("/x")\nmachine.freq(160000000)\n' +
        'network.hostname("x")\nmachine.Timer(-1).init(period=60000, callback=print)',
    );
    await softReset(running);
    expect(await running.output(look)).toBe(before);
  });

  test.each(['esp8266', 'esp32'] as const)('numbers of an %s do not come again', async (chip) => {
    await using running = await board({ chip });
    const seen = new Set<string>();
    for (let life = 0; life < 4; life++) {
      seen.add(await running.output('import random, os\nprint(random.getrandbits(30), os.urandom(8))'));
      await softReset(running);
    }
    expect(seen.size).toBe(4);
  });

  test('boards that get power in the same thread keep their own address, reset cause and flash size', async () => {
    const look =
      'import machine, esp\nprint(list(machine.unique_id()), machine.reset_cause(), esp.flash_size())';
    const mac = [0x2c, 0xf4, 0x32, 1, 2, 3];
    const boards = [
      { mac, resetCause: 0, flashSizeBytes: 0x400000 },
      { mac: mac.with(5, 9), resetCause: 6, flashSizeBytes: 0x400000 },
      { mac, resetCause: 4, flashSizeBytes: 0x100000 },
    ];
    const seen: string[] = [];
    for (const one of boards) {
      await using running = await board(one);
      seen.push(await running.output(look));
    }
    expect(seen).toEqual([
      '[3, 2, 1, 0] 0 4194304\r\n',
      '[9, 2, 1, 0] 6 4194304\r\n',
      '[3, 2, 1, 0] 4 1048576\r\n',
    ]);
  });

  test.each([
    ['takes 20 MB', 'x = [bytearray(1000000) for _ in range(20)]'],
    ['closes the way to the host', 'import network\nnetwork._board._device.close()'],
    ['ends in the middle of nested calls', 'def f(n):\n  f(n + 1)\nf(0)'],
  ])('a board whose program %s starts again', async (_what, program) => {
    await using running = await board();
    for (let life = 0; life < 3; life++) {
      await running.exec(program);
      await softReset(running);
      expect(await running.output('import os\nprint(os.listdir())')).toBe("['boot.py']\r\n");
    }
  });

  test('a board whose power fails again and again in nested calls starts again', async () => {
    const calls =
      'import time\ndef f(n):\n  return max([n], key=lambda _: f(n - 1)) if n else time.sleep(60) if waits else 0\n';
    await using running = await board();
    for (let life = 0; life < 20; life++) {
      running.send(`${calls}waits = True\nprint("in")\nf(4)\x04`);
      await running.until('in\r\n');
      await running.powerCycle();
      await running.until(PROMPT);
      await running.enterRaw();
    }
    expect(await running.output(`${calls}waits = False\nprint(f(4))`)).toBe('4\r\n');
  });
});
