// npm run stranger: plays somebody who has never heard of us. Packs the package, installs it into an empty folder with
// an empty HOME and nothing on the PATH but Node.js and a shell, and runs what README and `--help` say, in that order,
// on a virtual board. What README shows has to be what comes, but for figures. Other releases of Node.js get the short
// round. Needs the npm registry.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'esp-portal-stranger-'));
const OTHER_NODES = ['22', '24'];
/** Commands that end only when they are told to: what they print when they have done their work. */
const STAYING = { simulate: /Ctrl-C ends it/, monitor: /./, setup: /portal is open|joined "/ };
/** Examples that need what is not here: a network, a serial port, a file of one's own, socat. */
const NOT_HERE = /--download|\/dev\/|--app |--pty|--firmware \S+|--release preview/;
/** Where a virtual board tells that its page is, and the line after which it serves it. */
const PAGE = /reachable at (http:\/\/\S+)[\s\S]*Captive portal ready/;
const COMMAND_TIMEOUT_MS = 90_000;
const INSTALL_TIMEOUT_MS = 180_000;
const USER_CONFIG = execFileSync('npm', ['config', 'get', 'userconfig'], { encoding: 'utf8' }).trim();

let passed = 0;
let failed = 0;
let air = [];
try {
  const tarball = pack();
  const home = emptyHome('home', process.execPath);
  const installed = install(tarball, home);
  air = await load(installed, 'virtual-board/radio/air.js', 'DEFAULT_AIR');
  for (const { line, shown } of readmeExamples()) await check('README', home, line, shown);
  for (const line of await helpExamples(installed)) {
    if (!NOT_HERE.test(line)) await check('--help', home, line, []);
  }
  for (const release of OTHER_NODES) await shortRound(release, tarball);
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(`stranger: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function pack() {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place], { cwd: root }),
  );
  return join(place, filename);
}

/** A folder that is the HOME, with a `bin` that is the whole PATH. */
function emptyHome(name, node) {
  const home = join(place, name);
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(node, join(bin, 'node'));
  for (const tool of ['sh', 'env', 'cut']) symlinkSync(`/bin/${tool}`, join(bin, tool));
  return home;
}

/** As `npm install -g` does, into the HOME; there is no compiler on its PATH. */
function install(tarball, home) {
  const npm = join(dirname(process.execPath), 'npm');
  execFileSync(npm, ['install', '--global', '--prefix', home, '--no-audit', '--no-fund', tarball], {
    cwd: home,
    // Where this machine finds the registry is the one thing that the stranger has set up.
    env: { ...process.env, PATH: join(home, 'bin'), HOME: home, npm_config_userconfig: USER_CONFIG },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: INSTALL_TIMEOUT_MS,
  });
  return join(home, 'lib/node_modules/esp-portal');
}

function environment(home) {
  return { PATH: join(home, 'bin'), HOME: home, ESP_PORTAL_PORT: 'virtual:desk' };
}

/** Blocks of README that begin with `$ esp-portal`, with what they show. */
function readmeExamples() {
  const blocks = readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^```console\n([\s\S]*?)^```/gm);
  return [...blocks].flatMap(([, block]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [line, ...shown] = part.trimEnd().split('\n');
        return { line: line.replace(/^esp-portal /, ''), shown };
      }),
  );
}

async function helpExamples(installed) {
  const commands = await load(installed, 'cli/commands.js', 'COMMANDS');
  return commands.flatMap(({ examples }) => examples.map(([line]) => line));
}

/** What a module of the installed package exports under a name. */
async function load(installed, file, name) {
  const exported = await import(pathToFileURL(join(installed, 'dist', file)).href);
  return exported[name];
}

async function shortRound(release, tarball) {
  const folder = join(place, `node-${release}`);
  const name = `node-${process.platform}-${process.arch}`;
  execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', `${name}@${release}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: INSTALL_TIMEOUT_MS,
  });
  const home = emptyHome(`home-${release}`, join(folder, 'node_modules', name, 'bin/node'));
  install(tarball, home);
  const where = `Node.js ${release}`;
  await check(where, home, '--version', ['#.#.#']);
  await check(where, home, 'setup --until portal.ready', []);
  await check(where, home, 'reset-creds', []);
}

async function check(where, home, line, shown) {
  const { exitCode, output } = await run(home, line);
  const missing = firstMissing(shown, output);
  const ok = exitCode === 0 && missing === undefined;
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${where}: esp-portal ${line}`);
  if (ok) passed++;
  else {
    failed++;
    console.log(
      `  status ${exitCode}${missing === undefined ? '' : `; missing: ${missing}`}\n${output.replace(/^/gm, '  | ')}`,
    );
  }
}

/** Runs one line through a shell, as it is printed; ends what would stay. */
function run(home, line) {
  const command = line.split(' ')[0];
  const ends = /--until|--timeout/.test(line) ? undefined : STAYING[command];
  let phone = /--until wifi\.connected/.test(line) ? 'has to sign in' : 'stays away';
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', `exec esp-portal ${line} 2>&1`], {
      cwd: home,
      env: environment(home),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let isInterrupted = false;
    const timer = setTimeout(() => child.kill('SIGKILL'), COMMAND_TIMEOUT_MS);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (ends?.test(output) && !isInterrupted) {
        isInterrupted = true; // a second Ctrl-C would end it at once
        child.kill('SIGINT');
      }
      const page = PAGE.exec(output)?.[1];
      if (page && phone === 'has to sign in') {
        phone = 'has signed in';
        void signIn(page);
      }
    });
    child.on('close', (exitCode) => {
      clearTimeout(timer);
      resolve({ exitCode, output });
    });
  });
}

/** Chooses the strongest of the networks that are in the air around every virtual board. */
async function signIn(page) {
  const [{ ssid, password }] = air;
  await fetch(new URL('/login', page), { method: 'POST', body: new URLSearchParams({ ssid, password }) });
}

/** The first line that was shown and did not come, in this order; a line `…` stands for any number of lines. */
function firstMissing(shown, output) {
  const lines = output.split('\n').map(shape);
  let at = 0;
  for (const line of shown) {
    if (line.trim() === '…') continue;
    const wanted = shape(line);
    // `…` in the midst of a line stands for the rest of it.
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
