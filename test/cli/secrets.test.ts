// Passwords that a board prints, or that were given to us, are in nothing that a failure leaves behind.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const SECRET = 'hunter2hunter2';
/** Prints what the blog series' program prints, and ignores Ctrl-C. */
const UNINTERRUPTIBLE_PROGRAM = `import micropython, time
micropython.kbd_intr(-1)
while True:
    print("KeyboardInterrupt is off. Trying to connect to SSID 'Home' with password ${SECRET}")
    time.sleep(0.05)
`;

async function board(name: string, program: string, file = 'main.py'): Promise<string> {
  const port = `virtual:${name}?speed=max&http=0&dns=0`;
  home.makeBoard(name, 'micropython');
  const place = home.boardFile(name, file);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, program);
  return port;
}

test('what a program prints that ignores Ctrl-C is shown without its passwords, for people, in JSON and in a report', async () => {
  // In boot.py: it is there before the Ctrl-C that comes while the board starts, which would keep main.py from running.
  const ports = await Promise.all(
    ['people', 'json'].map((name) => board(name, UNINTERRUPTIBLE_PROGRAM, 'boot.py')),
  );
  const report = join(home.folder, 'busy.txt');
  const [people, json] = await Promise.all([
    home.call(['install', '--port', `${ports[0]}&lines=none`, '--verbose', '--report', report]),
    home.call(['install', '--port', `${ports[1]}&lines=none`, '--json']),
  ]);
  for (const { exitCode } of [people, json]) expect(exitCode).toBe(4);
  for (const text of [people.stderr, json.stdout, readFileSync(report, 'utf8')]) {
    expect(text).toContain('with password ***');
    expect(text).not.toMatch(/hunter2|unter2h/);
  }
});

test("a password in a program's error is masked in the message, too", async () => {
  const main = `from captive_portal import CaptivePortal\nraise ValueError("no WiFi: {'password': '${SECRET}'}")\n`;
  const port = await board('telling', main);
  const run = await home.call(['install', '--port', port, '--json']);
  expect(run.exitCode).toBe(7);
  const { message, boardOutput } = run.result().error as Record<string, string>;
  expect(message).toContain("'password': '***'");
  expect(boardOutput).toContain("'password': '***'");
  // Its log is what the whole of stdout is.
  expect(run.stdout).not.toContain(SECRET);
});

test('the value of --ap-password is in no report, in whatever form, and in no output', async () => {
  const port = await board('secret', '');
  const password = `it's ${SECRET}`;
  const report = join(home.folder, 'secret.txt');
  const args = ['install', '--ap-password', password, '--port', `${port}&powercut=20`, '--report', report];
  const run = await home.call([...args, '--json']);
  expect(run.exitCode).not.toBe(0);
  const saved = readFileSync(report, 'utf8');
  expect(saved).toContain('--ap-password ***');
  // Files travel compressed: of what was sent only control characters and sizes are shown.
  expect(saved.match(/^> .*/gm)?.join('\n')).toMatch(/^(?:> (?:\\x[01][0-9a-f]|<\d+ bytes>)+\n?)+$/);
  for (const text of [saved, run.stdout, run.stderr]) {
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('hex'));
  }
  const set = await home.call(['config', '--json'], { ESP_PORTAL_AP_PASSWORD: password });
  expect(set.stdout).toContain('$ESP_PORTAL_AP_PASSWORD');
  expect(set.stdout).not.toContain(SECRET);
});

test('a report of an interactive session is without the exchange', async () => {
  // Echoes what is typed, as a REPL does, and hangs up.
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write('>>> ');
    socket.on('data', (bytes) => {
      socket.write(bytes);
      if (bytes.includes('q')) socket.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const report = join(home.folder, 'typed.txt');
  const args = ['monitor', '--interactive', '--no-reconnect', '--port', `socket://127.0.0.1:${port}`];
  const run = await home.run(
    [...args, '--report', report],
    undefined,
    {},
    `wlan.connect('Home','${SECRET}')\nq\n`,
  );
  server.close();
  expect(run.exitCode).toBe(3);
  const saved = readFileSync(report, 'utf8');
  expect(saved).toContain('The serial log is omitted');
  expect(saved).not.toMatch(/hunter2|^[<>] /m);
});

test.each([
  ['a value without quotes', (secret: string) => `{"ap-password": ${secret}}`],
  ['text in front', (secret: string) => `${secret} {"ap-password": "${secret}"}`],
  ['a missing comma', (secret: string) => `{"ap-password": "${secret}" "port": 1}`],
  ['no end', (secret: string) => `{"ap-password": "${secret}`],
  ['a wrong escape', (secret: string) => `{"ap-password": "${secret}\\q"}`],
])('a settings file that is no JSON is not quoted: %s', async (_what, text) => {
  const folder = join(home.folder, 'broken');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'esp-portal.json'), text(SECRET));
  const { exitCode, stdout, stderr } = await home.call(['flash', '--verbose'], {}, folder);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('esp-portal.json is not JSON');
  expect(stdout + stderr).not.toMatch(/hunter|unter2/);
});

test('name and password in an address are in no output and no report', async () => {
  const report = join(home.folder, 'address.txt');
  const url = `http://joe:${SECRET}@127.0.0.1:9/firmware.bin`;
  const args = ['flash', '--port', 'virtual:address', '--firmware', url, '--report', report, '--verbose'];
  for (const run of [await home.call(args), await home.call([...args, '--json'])]) {
    expect(run.exitCode).toBe(5);
    for (const text of [run.stdout, run.stderr, readFileSync(report, 'utf8')]) {
      expect(text).not.toContain(SECRET);
    }
  }
});

test('a command line that is wrong is reported without the password on it', async () => {
  for (const given of [['--ap-password', SECRET], [`--ap-password=${SECRET}`], ['--apPassword', SECRET]]) {
    const run = await home.call(['install', `--${SECRET}`, ...given, '--essid', `of ${SECRET}`, '--verbose']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('There is no option --***.');
    expect(run.stdout + run.stderr).not.toContain(SECRET);
  }
});

test('a log with passwords shows none on the screen, as bytes, as JSON and in files, unless asked to', async () => {
  const log = readFileSync(new URL('../fixtures/logs/secrets.log', import.meta.url));
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(`${log}END\n`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = `socket://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const file = join(home.folder, 'board.log');
  const args = ['monitor', '--until', '/^END/', '--port', port, '--log-file', file];
  for (const form of [[], ['--raw'], ['--json']]) {
    rmSync(file, { force: true });
    const masked = await home.call([...args, ...form]);
    const shown = await home.call([...args, ...form, '--show-secrets']);
    expect(masked.stdout).not.toContain('S3cret');
    expect(masked.stdout).toContain("wlan.connect('Home', '***')");
    expect(shown.stdout).toContain("wlan.connect('Home', 'S3cretPw0rd')");
    const kept = readFileSync(file, 'utf8');
    expect(kept.split('S3cret').length - 1).toBe(log.toString().split('S3cret').length - 1); // of the second run
  }
  server.close();
});

test("an error in a virtual board's file of networks is reported without a quotation, also in its cause", async () => {
  const air = join(home.folder, 'air.json');
  writeFileSync(air, `[{"ssid": "Home", "password": ${SECRET}}]`);
  const run = await home.call(['flash', '--port', `virtual:quoted?air=${air}`, '--verbose']);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain("Underneath: SyntaxError: Unexpected token 'h'");
  expect(run.stderr).not.toMatch(/unter2/);
});

test('a bug that nothing awaits ends the program with status 1, and is printed without secrets and sequences', () => {
  const bug = `process.on('newListener', (name) => {
    if (name === 'uncaughtException') setImmediate(() => {
      throw new Error('\\x1b]0;t\\x07 ${SECRET}', { cause: new Error('psk=other-secret') });
    });
  });`;
  const preload = join(home.folder, 'bug.mjs');
  writeFileSync(preload, bug);
  const args = ['--import', preload, BIN, 'ports', `--ap-password=${SECRET}`];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain('\\x1b]0;t\\x07 ***');
  expect(stderr).toContain('psk=***');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(stderr).not.toMatch(/hunter|other-secret|[\x07\x1b]/);
});

test('paths of this run are named whole, whatever their names look like', async () => {
  const folder = join(home.folder, 'psk=1 password');
  mkdirSync(folder);
  writeFileSync(join(folder, 'esp-portal.json'), '[]');
  const { stderr } = spawnSync(process.execPath, [BIN, 'config'], { cwd: folder, encoding: 'utf8' });
  expect(stderr.split('\n')[0]).toBe(
    `Error: ${folder}/esp-portal.json is not a JSON object such as {"essid": "Lamp"}.`,
  );
  rmSync(join(folder, 'esp-portal.json'));
  const run = async (...args: string[]) => (await home.call(args, {}, folder)).stderr.split('\n')[0];
  expect(await run('install', '--app', 'my-password')).toBe(
    'Error: --app my-password: there is no such folder.',
  );
  expect(await run('install', '--app', '/etc/passwd')).toMatch(/^Error: --app \/etc\/passwd: this is a file/);
  expect(await run('flash', '--port', `virtual:a?air=${folder}`)).toBe(
    `Error: air=${folder} is a directory, not a regular file.`,
  );
  expect(await run('install', '--port', '/tmp/psk=1')).toBe('Error: There is no port /tmp/psk=1.');
  expect(await run('install', '--report', folder)).toContain(
    `--report ${folder}: this is not a regular file`,
  );
});
