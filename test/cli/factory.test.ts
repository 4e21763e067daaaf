// esp-portal factory as scripts and people use it.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { planFolder, recordOf } from '../support/factory-plan.js';
import { freePort } from '../support/free-port.js';
import { announcement, startResponder } from '../support/mdns-responder.js';
import { PackageSite } from '../support/package-site.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const BELL = '\x07';
const home = new CliHome();
process.env.ESP_PORTAL_STATE_DIR = home.folder;

/** A plan for boards that are served, with the firmware that they get. */
function plannedForServed(name: string): string {
  const folder = planFolder(join(home.folder, name), 5, { label: undefined, firmware: 'own.bin' });
  writeFileSync(join(folder, 'own.bin'), ownFirmware().bytes);
  return folder;
}

/** At real speed it is still written when a signal comes, however busy this computer is. */
const slowly = (name: string) => board(name).replace('speed=max', 'speed=real');
afterAll(() => home[Symbol.dispose]());

describe('with two boards', () => {
  const folder = planFolder(join(home.folder, 'two'), 3);
  const plan = join(folder, 'factory.json');
  const ports = `${board('one')},${board('two')}`;
  const make = (...more: string[]) => home.call(['factory', plan, '--once', '--ports', ports, ...more]);

  test('reports every event with its board in JSON, without the passwords, and records them', async () => {
    const run = await make('--json');
    expect(run.exitCode).toBe(0);
    const events = run.json();
    expect(
      events.slice(0, -1).every((event) => [board('one'), board('two')].includes(String(event.board))),
    ).toBe(true);
    expect(run.result()).toMatchObject({ ok: true, made: 2, checked: 0, failed: [], unfinished: 0 });
    const passwords = recordOf(folder).flatMap(({ event, password }) =>
      event === 'made' ? [String(password)] : [],
    );
    expect(passwords).toHaveLength(2);
    for (const password of passwords) expect(run.stdout + run.stderr).not.toContain(password);
    expect(statSync(join(folder, 'made.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('checks them without a new row, repairs one that differs, and makes them anew with --redo', async () => {
    const removed = await home.call(['files', 'rm', 'device.json', '--port', board('one')]);
    expect(removed.exitCode).toBe(0);
    const run = await make();
    expect(run.stdout).toMatch(/one\S*: HEALED L-\d, /);
    expect(run.stdout).toMatch(/two\S*: CHECKED L-\d, /);
    expect(JSON.parse(readFileSync(home.boardFile('one', 'device.json'), 'utf8'))).toHaveProperty('token');
    expect((await make('--redo', '--jobs', '1')).stdout).toMatch(/2 made, 0 failed\./);
    const started = recordOf(folder).filter(({ event }) => event === 'started');
    expect(started.map(({ row }) => row)).toEqual([1, 2]);
  });

  test('says what is made and left, and writes the record and the labels again', async () => {
    const status = await home.call(['factory', 'status', '--plan', plan, '--json']);
    expect(status.result()).toMatchObject({ made: 2, failed: [], unfinished: [], left: 1 });
    const csv = join(folder, 'out.csv');
    const exported = await home.call(['factory', 'export', csv, '--plan', plan]);
    expect(exported.stdout).toBe(`The record is in ${csv}: 2 boards.\n`);
    const [keys, first] = readFileSync(csv, 'utf8').split('\r\n');
    expect(keys).toMatch(/^serial,row,mac,state,time,.*,essid,password,code,message$/);
    expect(first).toMatch(/^L-1,1,[\da-f:]{17},made,/);
    expect(statSync(csv).mode & 0o777).toBe(0o600);

    const label = join(folder, 'made-labels', '0001-L-1.svg');
    const before = readFileSync(label, 'utf8');
    writeFileSync(label, '');
    const labels = await home.call(['factory', 'labels', 'L-1', '--plan', plan]);
    expect(labels.stdout).toBe(`${label}\n`);
    expect(readFileSync(label, 'utf8')).toBe(before);
  });

  test.each(['made.jsonl', 'factory.json', 'boards.csv', 'label.svg', 'app/app.py'])(
    'the export does not take the place of %s',
    async (name) => {
      const file = join(folder, name);
      const before = readFileSync(file, 'utf8');
      const run = await home.call(['factory', 'export', file, '--plan', plan]);
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toContain('is not an export of esp-portal factory, and is not overwritten.');
      expect(readFileSync(file, 'utf8')).toBe(before);
    },
  );

  test('the export takes the place of an earlier one', async () => {
    const csv = join(folder, 'out.csv');
    expect((await home.call(['factory', 'export', csv, '--plan', plan])).exitCode).toBe(0);
  });

  test('refuses a second controller on the same record, with the name of the first', async () => {
    writeFileSync(join(folder, 'made.jsonl.lock'), '1 1 station-2 ann, since noon');
    const run = await make();
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('made.jsonl is in use by ann, since noon on station-2 (process 1).');
  });
});

test('--network makes the boards of other computers, and leaves one that is gone alone', async () => {
  const folder = planFolder(join(home.folder, 'network'), 3, { label: undefined, firmware: 'own.bin' });
  writeFileSync(join(folder, 'own.bin'), ownFirmware().bytes);
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  await using station = await serveBoard(board('far'));
  const { url } = station;
  await using _responder = await startResponder(5353, [
    announcement('made 1', { port: Number(new URL(url).port) }),
    announcement('made 2', { port: await freePort() }), // nothing listens there
  ]);
  const run = await home.call(['factory', join(folder, 'factory.json'), '--once', '--network', '--json']);
  expect(run.result()).toMatchObject({ exitCode: 3, error: { code: 'port-unreachable' } });
  expect(run.json()).toContainEqual(
    expect.objectContaining({ event: 'factory.done', board: url.replace(/\/$/, ''), result: 'made' }),
  );
});

test('watches until Ctrl-C, which ends it well between two boards and with the rest named within one', async () => {
  const folder = plannedForServed('watch');
  const watch = async (until: string, port: string) => {
    await using served = await serveBoard(port);
    const args = ['factory', join(folder, 'factory.json'), '--json', '--ports', served.url];
    return await home.run(args, (line, interrupt) => {
      if (line.includes(until)) interrupt();
    });
  };
  const cut = await watch('"step":"write"', slowly('watched'));
  expect(cut.exitCode).toBe(130);
  expect(cut.result()).toMatchObject({ error: { message: expect.stringContaining('1 unfinished') } });
  const whole = await watch('factory.done', board('watched'));
  expect(whole.exitCode).toBe(0);
  expect(whole.json()).toContainEqual(
    expect.objectContaining({ event: 'factory.row', row: 1, state: 'unfinished' }),
  );
  expect(whole.result()).toMatchObject({ made: 1, failed: [], unfinished: 0 });
});

test('--once that Ctrl-C ends has not made all boards, and counts those in work', async () => {
  const folder = plannedForServed('once');
  await using served = await serveBoard(slowly('once'));
  const run = await home.run(
    [
      'factory',
      join(folder, 'factory.json'),
      '--json',
      '--once',
      '--jobs',
      '1',
      '--ports',
      `${served.url},${board('next')}`,
    ],
    (line, interrupt) => {
      if (line.includes('"step":"write"')) interrupt();
    },
  );
  expect(run.exitCode).toBe(130);
  expect(run.result()).toMatchObject({ error: { message: expect.stringContaining('1 unfinished') } });
});

test('--ports takes names of boards, which get the packages of the plan, and refuses a word that names none', async () => {
  await using site = await PackageSite.start();
  site.add('greeting', { files: { 'greeting.mpy': 'bytecode' } });
  const folder = planFolder(join(home.folder, 'names'), 3, { label: undefined, packages: ['greeting'] });
  const factory = (ports: string) =>
    home.call(['factory', join(folder, 'factory.json'), '--once', '--ports', ports], {
      ESP_PORTAL_PACKAGE_INDEX: site.index,
    });
  expect((await home.call(['ports', 'name', board('fixture'), 'bench-1'])).exitCode).toBe(0);
  expect((await factory('bench-1')).stdout).toMatch(/^bench-1: MADE L-1, .*\n1 made, 0 failed\.\n$/);
  expect(readFileSync(home.boardFile('fixture', 'lib/greeting.mpy'), 'utf8')).toBe('bytecode');
  expect(readFileSync(join(folder, 'esp-portal.lock.json'), 'utf8')).toContain('greeting.mpy');
  const unknown = await factory('socket');
  expect(unknown.exitCode).toBe(3);
  expect(unknown.stderr).toBe(
    'Error: No board is called socket.\nLikely cause: The board was unplugged, or the name is misspelt.\nNext: esp-portal ports\n',
  );
});

test('a record without a folder, and a wrong cell, are reported with what mends them', async () => {
  const at = (name: string, more: object) =>
    planFolder(join(home.folder, name), 2, { label: undefined, ...more });
  const make = (folder: string) =>
    home.call(['factory', join(folder, 'factory.json'), '--once', '--ports', board('untouched')]);
  const lost = await make(at('no-folder', { record: 'records/made.jsonl' }));
  expect(lost.stderr).toMatch(/Likely cause: Its folder does not exist\.\nNext: Make the folder, /);
  const short = await make(at('short', { portal: { essid: 'Lamp', 'ap-password': '{serial}' } }));
  expect(short.stderr).toMatch(
    /boards\.csv row 1, column serial: .*\nNext: Correct \S*factory\.json, or the file /,
  );
});

test('stops where a label cannot be written: no board is made without its label and its record', async () => {
  const folder = planFolder(join(home.folder, 'unwritable'), 3);
  writeFileSync(join(folder, 'made-labels'), 'a file in the place of the folder');
  const ports = `${board('unwritable-1')},${board('unwritable-2')}`;
  const run = await home.call(['factory', join(folder, 'factory.json'), '--ports', ports]);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toMatch(/Error: \S*made-labels cannot be made: /);
  expect(run.stderr).toContain('Next: Remove what has this name');
  expect(recordOf(folder)).toEqual([]); // no board was touched
});

test('ends with the status of the worst failure, and names the boards', async () => {
  const folder = planFolder(join(home.folder, 'worst'), 5, { label: undefined });
  const locked = board('locked', '&chip=esp32&fuses=flash-encryption');
  const missing = '/dev/serial/no-such-board';
  const run = await home.call([
    ...['factory', join(folder, 'factory.json'), '--once', '--json'],
    ...['--ports', `${locked},${board('whole')},rfc2217://127.0.0.1:9,${missing}`],
  ]);
  expect(run.exitCode).toBe(5);
  expect(run.result()).toMatchObject({
    error: {
      code: 'board-locked',
      // In the order in which they failed.
      message: expect.stringMatching(
        /^3 of 4 boards failed\.(?=.*no-such-board)(?=.*127\.0\.0\.1:9)(?=.*eFuses)/,
      ),
    },
  });
  expect(recordOf(folder).map(({ event, row }) => `${event} ${row}`)).toEqual(['started 1', 'made 1']);
});

test.each([
  [['factory', 'nowhere.json'], /nowhere\.json does not exist/],
  [['factory', '--jobs', '0'], /--jobs 0: give a whole number from 1/],
  [['factory', '--port', '/dev/ttyUSB0'], /name them with --ports/],
  [['factory', 'status', 'more'], /takes no second word: more/],
  [['factory', 'a.json', 'b'], /takes no second word: b/],
  [
    ['factory', '--ports', 'virtual:a,virtual:a?speed=max'],
    /The same board is given twice: as virtual:a and as /,
  ],
  [['factory', '--ports', ','], /--ports , names no port/],
  [['factory', '--ports', 'all'], /without --ports, all boards on USB are watched/],
])('refuses %j', async (args, message) => {
  const run = await home.call(args);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toMatch(message);
});

test.skipIf(!python)(
  'a terminal has a line for each port, figures below, and a bell for each board that is done',
  async () => {
    const folder = plannedForServed('terminal');
    await using one = await serveBoard(board('tty-a'));
    await using other = await serveBoard(board('tty-b'));
    const ports = `${one.url},${other.url}`;
    const run = new TerminalRun(home, ['factory', '--ports', ports], { cwd: folder, columns: 100, rows: 20 });
    await run.sent(/2 made, 0 failed, 5 planned/);
    await run.sent(new RegExp(`${BELL}.*${BELL}`, 's'));
    const screen = await run.screen();
    expect(screen.slice(-3)).toEqual([
      ...[one, other].map(({ tcpPort }) =>
        expect.stringMatching(
          RegExp(`^✔ \\S*:${tcpPort} +[\\da-f:]{17} {2}0:\\d\\d {2}MADE L-\\d\\. Take it out\\.$`),
        ),
      ),
      expect.stringMatching(/^2 made, 0 failed, 5 planned, \d\.\d minutes per board, 0:\d\d$/),
    ]);
    expect(run.received.split(BELL)).toHaveLength(3);
    expect(run.received).toMatch(/row \d, L-\d: [A-Z]/);
    run.type('\x03');
    expect(await run.end()).toBe(0);
    const kept = await run.screen();
    expect(kept.filter((line) => /: MADE L-\d, [\da-f:]{17}, /.test(line))).toHaveLength(2);
    expect(kept.at(-1)).toBe('2 made, 0 failed.');
  },
);
