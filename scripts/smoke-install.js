// npm run smoke-install: acts as a new user: packs the package, installs it into an empty folder with an empty HOME and
// only Node.js and a shell on the PATH, and runs the commands of README, docs/ and `--help` on virtual boards. Their
// output must match what the pages show, except for figures. Other releases of Node.js run fewer commands. Rounds run in
// parallel, each with its own HOME. CI runs it after the tests. Needs the npm registry.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { importModule } from './source-module.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'esp-portal-smoke-'));
const OTHER_NODES = ['22', '24'];
/** Pages with `console` blocks, in the order in which their commands build on each other. */
const PAGES = ['README', 'docs/flashing', 'docs/installing', 'docs/virtual-board', 'docs/monitoring'];
/** Commands that start with a blank board; the others use the board that the pages set up. */
const FROM_SCRATCH = ['setup', 'flash'];
/** Commands that run until Ctrl-C: what they print when they have done their work. */
const STAYING = {
  simulate: /Ctrl-C ends it/,
  monitor: /./,
  setup: /portal is open|joined "/,
};
/**
 * Examples that need a network, a serial port, a file or socat, which are missing here; and `factory`, which would erase
 * boards that are plugged into this computer.
 */
const NOT_HERE =
  /^factory(?! status| export| labels)|^(?:add|remove) |^init$|^dev\b|--download|\/dev\/|--app |--pty|--firmware \S+|--release preview/;
/** What lies in the folder where the examples are typed. */
const FILES_OF_THE_USER = [
  ['main.py', 'print("Hello")\n'],
  ['sensor.py', 'temperature = 21\n'],
  ['factory.json', '{ "portal": { "essid": "Lamp {serial}" } }'],
  ['key.txt', 'f00d\n'],
  ['lamp.json', '{ "boards": 10, "record": "lamps.jsonl" }'],
];
/** What examples need on the board, and the command for it. */
const ON_THE_BOARD = [
  [/^files (get|rm) main\.py/, 'esp-portal files put main.py'],
  [/^wifi set --field key /, 'esp-portal install --field key'],
  [/^setup .*--until portal\.ready/, 'esp-portal reset-creds'],
];
/** The address of a virtual board's page, and the line after which the board serves it. */
const PAGE = /reachable at (http:\/\/\S+)[\s\S]*Captive portal ready/;
const COMMAND_TIMEOUT_MS = 90_000;
const INSTALL_TIMEOUT_MS = 180_000;
const USER_CONFIG = execFileSync('npm', ['config', 'get', 'userconfig'], { encoding: 'utf8' }).trim();

let passed = 0;
let failed = 0;
let air = [];
try {
  const tarball = pack();
  const bin = emptyPath('bin', process.execPath);
  const [, ...others] = await Promise.all([install(tarball, bin), ...OTHER_NODES.map(nodeOf)]);
  ({ DEFAULT_AIR: air } = await importModule('src/virtual-board/radio/air.ts'));
  const { COMMANDS: commands } = await importModule('src/cli/commands.ts');
  const isFromScratch = ({ name }) => FROM_SCRATCH.includes(name);
  await Promise.all([
    longRound(
      bin,
      commands.filter((command) => !isFromScratch(command)),
    ),
    helpRound({ bin, home: emptyHome('home-help') }, commands.filter(isFromScratch)),
    shortRounds(others, tarball),
  ]);
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(`smoke-install: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function pack() {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place], { cwd: root }),
  );
  return join(place, filename);
}

/** A folder that is the whole PATH. */
function emptyPath(name, node) {
  const bin = join(place, name);
  mkdirSync(bin);
  symlinkSync(node, join(bin, 'node'));
  for (const tool of ['sh', 'env', 'cut', 'mkdir']) symlinkSync(`/bin/${tool}`, join(bin, tool));
  return bin;
}

function emptyHome(name) {
  const home = join(place, name);
  mkdirSync(home);
  return home;
}

/** As `npm install -g` does, by the Node.js of that PATH and into it; there is no compiler on it. */
async function install(tarball, bin) {
  const prefix = `${bin}-prefix`;
  await npm(['install', '--global', '--prefix', prefix, tarball], { PATH: bin });
  symlinkSync(join(prefix, 'bin/esp-portal'), join(bin, 'esp-portal'));
}

/** Another release of Node.js, from npm. @returns the path of its program */
async function nodeOf(release) {
  const folder = join(place, `node-${release}`);
  const name = `node-${process.platform}-${process.arch}`;
  await npm(['install', '--prefix', folder, `${name}@${release}`]);
  return { release, node: join(folder, 'node_modules', name, 'bin/node') };
}

async function npm(args, env = {}) {
  const program = join(dirname(process.execPath), 'npm');
  await promisify(execFile)(program, [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: place,
    // Where this machine finds the registry is the one thing that is set up beforehand.
    env: { ...process.env, HOME: place, npm_config_userconfig: USER_CONFIG, ...env },
    timeout: INSTALL_TIMEOUT_MS,
  });
}

/** The commands of the pages, then the examples of `--help` on the boards that the pages set up. */
async function longRound(bin, commands) {
  const user = { bin, home: emptyHome('home') };
  await check(
    'typing',
    user,
    'esp-portal instal',
    ['Error: There is no command instal. Did you mean install?'],
    2,
  );
  for (const page of PAGES) {
    for (const { line, shown } of shownCommands(page)) await check(page, user, line, shown);
  }
  await helpRound(user, commands);
}

async function helpRound(user, commands) {
  const [{ password }] = air;
  for (const [name, content] of [...FILES_OF_THE_USER, ['password.txt', password]])
    writeFileSync(join(user.home, name), content);
  for (const [line] of commands.flatMap(({ examples }) => examples)) {
    if (NOT_HERE.test(line)) continue;
    const first = ON_THE_BOARD.find(([pattern]) => pattern.test(line))?.[1];
    if (first) await check('before', user, first, []);
    await check('--help', user, `esp-portal ${line}`, []);
  }
}

/** On other releases of Node.js, one after the other. */
async function shortRounds(nodes, tarball) {
  for (const { release, node } of nodes) {
    const bin = emptyPath(`bin-${release}`, node);
    await install(tarball, bin);
    const user = { bin, home: emptyHome(`home-${release}`) };
    const where = `Node.js ${release}`;
    await check(where, user, 'esp-portal --version', ['#.#.#']);
    await check(where, user, 'esp-portal setup --until portal.ready', []);
    await check(where, user, 'esp-portal reset-creds', []);
  }
}

/** The commands in the `console` blocks of a page, with the output that it shows. */
function shownCommands(page) {
  const blocks = readFileSync(join(root, `${page}.md`), 'utf8').matchAll(/^```console\n([\s\S]*?)^```/gm);
  return [...blocks].flatMap(([, block]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [line, ...shown] = part.trimEnd().split('\n');
        return { line, shown };
      }),
  );
}

/** @param status the exit status that is right */
async function check(where, user, line, shown, status = 0) {
  const { exitCode, output } = await run(user, line, shown);
  const missing = firstMissing(shown, output);
  const ok = exitCode === status && missing === undefined;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${where}: ${line}`);
  if (ok) passed++;
  else {
    failed++;
    console.log(
      `  status ${exitCode}${missing === undefined ? '' : `; missing: ${missing}`}\n${output.replace(/^/gm, '  | ')}`,
    );
  }
}

/** Runs one line through a shell, as printed; presses Ctrl-C when a command that stays has shown its output. */
function run({ bin, home }, line, shown) {
  const [program, command] = line.split(' ');
  const ends = /--until|--timeout/.test(line) ? undefined : STAYING[command];
  const isDone = (output) =>
    shown.length > 0 ? firstMissing(shown, output) === undefined : ends?.test(output);
  const connects = command === 'setup' && shown.some((text) => text.startsWith('Connected to'));
  const needsSignIn = connects || /--until wifi\.connected/.test(line);
  let phone = needsSignIn ? 'has to sign in' : 'stays away';
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', program === 'esp-portal' ? `exec ${line} 2>&1` : line], {
      cwd: home,
      // A password is asked for on a terminal only.
      env: {
        PATH: bin,
        HOME: home,
        ESP_PORTAL_PORT: 'virtual:desk',
        ESP_PORTAL_NETWORKS: '127.0.0.1', // not the network of this computer
        ESP_PORTAL_WIFI_PASSWORD: air[0].password,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let isInterrupted = false;
    const timer = setTimeout(() => child.kill('SIGKILL'), COMMAND_TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (ends && !isInterrupted && isDone(output)) {
        isInterrupted = true; // a second Ctrl-C would end it at once
        child.kill('SIGINT');
      }
      const page = PAGE.exec(output)?.[1];
      if (page && phone === 'has to sign in') {
        phone = 'has signed in';
        signIn(page).catch((error) => {
          output += `\nThe sign-in at ${page} failed: ${error.cause ?? error}\n`;
        });
      }
    });
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, output });
    });
  });
}

/** Signs in to the strongest network in range of every virtual board; an example of install asks for a broker, too. */
async function signIn(page) {
  const [{ ssid, password }] = air;
  await fetch(new URL('/login', page), {
    method: 'POST',
    body: new URLSearchParams({ ssid, password, mqtt: 'broker.local' }),
  });
}

/** The first shown line that is missing in the output, in this order; a line `…` matches any number of lines. */
function firstMissing(shown, output) {
  const lines = output.split('\n').map(shape);
  let at = 0;
  for (const line of shown) {
    if (line.trim() === '…') continue;
    const wanted = shape(line);
    // `…` in a line matches its rest.
    const isMatch = (candidate) =>
      wanted.includes('…') ? candidate.startsWith(wanted.split('…')[0]) : candidate === wanted;
    const found = lines.findIndex((candidate, index) => index >= at && isMatch(candidate));
    if (found < 0) return line;
    at = found + 1;
  }
  return undefined;
}

/** A line without what differs from run to run: figures, addresses, names made from them. */
function shape(line) {
  return line
    .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MAC')
    .replace(/(ESP8266|ESP32)-[0-9a-f]{6}/g, '$1-ID')
    .replace(/\d+/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}
