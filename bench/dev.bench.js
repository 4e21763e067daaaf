// dev: from the save of a file to the first line of the changed program, on a 115200 baud line, in a program of 100 files and
// 150 KB; and the exchange compared with copying by mpremote.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dev, openPort } from 'esp-portal';
import { described, recording, replay, totals } from './exchange.js';
import { bestOf, figure } from './figure.js';
import { mpremoteTurns } from './mpremote.js';
import { command, withBoard } from './program.js';
import { releaseImage } from './release-image.js';

const BOARD = 'virtual:dev?http=0&dns=0';
const MODULES = 99;
const MODULE_BYTES = 1500;
const TRIES = 5;
const IMAGE_BYTES = 100_000;

/** Yields the time of an edit, and its exchange compared with mpremote's. */
export async function* bench() {
  const state = process.env.ESP_PORTAL_STATE_DIR;
  const folder = join(state, 'program');
  const files = writeProgram(folder);
  const image = join(state, 'dev.bin');
  writeFileSync(image, releaseImage(IMAGE_BYTES));
  writeFileSync(join(state, 'wifi.creds'), 'Home WiFi,correct horse\n');
  await command('flash', '--port', `${BOARD}&speed=max`, '--firmware', image);
  await command('files', 'put', join(state, 'wifi.creds'), '--port', `${BOARD}&speed=max`);
  yield* await withBoard(BOARD, (address) => edits(address, folder, files));
}

async function edits(address, folder, files) {
  const port = recording(await openPort(address));
  const stop = new AbortController();
  let version = 1;
  let savedAt = 0;
  let onStarted = () => {};
  const save = () => {
    version += 1;
    port.takeTurns();
    savedAt = performance.now();
    writeFileSync(join(folder, 'app.py'), program(version));
  };
  const started = () =>
    new Promise((resolve) => {
      onStarted = resolve;
    });
  const dev = new Dev(port, {
    folder,
    signal: stop.signal,
    onLog: ({ raw }) => {
      if (raw.includes(`version ${version}.`)) onStarted(performance.now() - savedAt);
    },
  });
  const first = started();
  const ended = dev.run().catch((error) => error);
  await first;
  let turns = [];
  const edit = await bestOf(TRIES, async () => {
    const again = started();
    save();
    const milliseconds = await again;
    turns = port.takeTurns();
    const sum = described(totals(turns));
    return figure('from the save to the first line', milliseconds / 1000, 's', { atMost: 1, note: sum });
  });
  stop.abort(new Error('measured'));
  await ended;
  await port[Symbol.asyncDispose]();
  const changed = [{ path: 'app.py', bytes: Buffer.from(program(version)) }];
  return [edit, await besideMpremote(turns, changed, files)];
}

/** `mpremote cp -r program/. :`, which compares each file; and of the changed file alone, by its name. */
async function besideMpremote(ours, changed, files) {
  const whole = mpremoteTurns(changed, files);
  const [oursMs, wholeMs] = await Promise.all([replay(ours), replay(whole)]);
  const alone = described(totals(mpremoteTurns(changed)));
  return figure('exchange of an edit on a line', oursMs / wholeMs, '× that of mpremote 1.29', {
    atMost: 0.2,
    note: `${oursMs.toFixed(0)} ms, ${described(totals(ours))}; mpremote ${wholeMs.toFixed(0)} ms, ${described(totals(whole))}; one file by name: ${alone}, and its restart joins the network again`,
  });
}

function writeProgram(folder) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'app.py'), program(1));
  return Array.from({ length: MODULES }, (_, number) => {
    const path = `module_${number}.py`;
    let text = '';
    for (let line = 0; text.length < MODULE_BYTES; line++)
      text += `def f${line}(a):\n    return a * ${(number * 7919 + line * 104729) % 1000003}\n`;
    writeFileSync(join(folder, path), text);
    return { path };
  });
}

function program(version) {
  return `import time\n\nprint("version ${version}.")\nwhile True:\n    time.sleep(1)\n`;
}
