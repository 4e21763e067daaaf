// asyncio on the virtual board: what programs written for boards use of it.

import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { PROMPT, RunningBoard, VERSIONS } from './running-board.js';

const TASKS = `import asyncio
log = []
async def tick(name, ms, times):
  for i in range(times):
    await asyncio.sleep_ms(ms)
    log.append(name)
  return name
async def main():
  event = asyncio.Event()
  lock = asyncio.Lock()
  async def waiter():
    await event.wait()
    async with lock: log.append('event')
  task = asyncio.create_task(waiter())
  print(await asyncio.gather(tick('a', 10, 3), tick('b', 300, 1)))
  event.set()
  await task
  try: await asyncio.wait_for(tick('never', 1000, 1), 0.02)
  except asyncio.TimeoutError: log.append('timeout')
  endless = asyncio.create_task(tick('never', 1000, 1))
  await asyncio.sleep_ms(1)
  endless.cancel()
  return 'done'
print(asyncio.run(main()), log)`;

describe.each(VERSIONS)('MicroPython %s', (version) => {
  test('tasks, events, locks, timeouts and cancellation', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    expect(await board.exec(TASKS)).toEqual({
      out: "['a', 'b']\r\ndone ['a', 'a', 'a', 'b', 'event', 'timeout']\r\n",
      error: '',
    });
  });

  test('an exception of the main task leaves run, and a new loop runs', async () => {
    await using board = new RunningBoard({ version, chip: 'esp32' });
    await board.until(PROMPT);
    await board.enterRaw();
    const code = `import uasyncio as asyncio
async def fail():
  await asyncio.sleep(0)
  raise ValueError('x')
try: asyncio.run(fail())
except ValueError as e: print('caught', e)
asyncio.new_event_loop()
async def fine(): return 7
print(asyncio.get_event_loop().run_until_complete(fine()))`;
    expect(await board.exec(code)).toEqual({ out: 'caught x\r\n7\r\n', error: '' });
  });

  test('a server answers, and Ctrl-C ends the loop', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    board.send(`import asyncio
async def serve(reader, writer):
  line = await reader.readline()
  writer.write(b'you said ' + line)
  await writer.drain()
  await writer.wait_closed()
async def main():
  await asyncio.start_server(serve, '0.0.0.0', 80)
  print('listening')
  while True: await asyncio.sleep(1)
asyncio.run(main())\x04`);
    await board.until('listening');
    const url = await board.url('http://');
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname, () => socket.write('hello\n'));
      let text = '';
      socket.on('data', (bytes) => {
        text += bytes;
      });
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toBe('you said hello\n');
    board.send('\x03');
    expect(await board.until('\x04>')).toContain('KeyboardInterrupt');
  });

  test('the bridge to the browser does not come back with it', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    expect(await board.run('import asyncio, js; hasattr(js, "setTimeout")')).toBe('False\r\n');
    expect(await board.run('import base64')).toContain('ImportError');
  });
});
