// Every error, provoked through the command line; the compiler checks that none is missing.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { openPort } from 'esp-portal';
import { virtualBoard } from 'esp-portal/virtual-board';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ERROR_TABLE, type ErrorCode } from '../../src/error-table.js';
import { ByteReader } from '../../src/port/byte-reader.js';
import {
  asAnotherBuild,
  line,
  silentWhenRead,
  spoilsBlocks,
  withoutOutput,
} from '../support/changed-line.js';
import { board, CliHome } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { esp32Image, esp8266Image } from '../support/images.js';
import { serveBoard } from '../support/served-board.js';

const home = new CliHome();
const stations: AsyncDisposable[] = [];
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(async () => {
  await Promise.all(stations.map((station) => station[Symbol.asyncDispose]()));
  home[Symbol.dispose]();
});

/** A board of its own that has MicroPython, and these files. */
function flashed(name: string, files: Readonly<Record<string, string>> = {}, options = ''): string {
  home.makeBoard(name, 'micropython');
  for (const [file, text] of Object.entries(files)) writeFileSync(home.boardFile(name, file), text);
  return board(name, options);
}

function file(name: string, content: Uint8Array | string): string {
  const path = join(home.folder, name);
  writeFileSync(path, content);
  return path;
}

/** A folder for the PATH in which `udevadm`, which lists ports on Linux, knows these adapters. */
function withAdapters(name: string, paths: readonly string[]): string {
  const folder = join(home.folder, name);
  mkdirSync(folder);
  const devices = paths.map(
    (path) =>
      `P: /devices/${path}\nN: ${path}\nE: DEVNAME=/dev/${path}\nE: ID_VENDOR_ID=1a86\nE: ID_MODEL_ID=7523\n`,
  );
  const script = join(folder, 'udevadm');
  writeFileSync(script, `#!/bin/sh\ncat <<'END'\n${devices.join('\n')}\nEND\n`);
  chmodSync(script, 0o755);
  return `${folder}:${process.env.PATH}`;
}

/** Of 4 MB of erased flash. */
function backupOfEsp32(): string {
  const facts = { chip: 'ESP32', mac: '24:0a:c4:00:00:01', flashSizeBytes: 0x400_000, partitions: [] };
  const format = { format: 'esp-portal backup', version: 1, pieceBytes: 0x400_000, md5: [''] };
  return `${JSON.stringify({ ...format, ...facts })}\n`;
}

/** Serves a board, and gives its address. */
async function served(port: string): Promise<string> {
  const station = await serveBoard(port);
  stations.push(station);
  return station.url;
}

/** An index with a package that is none. */
async function packageIndex(): Promise<string> {
  const server = createHttpServer((_request, response) => {
    response.end(JSON.stringify({ urls: [['../main.py', 'https://example.com/main.py']] }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Waits until a served board says this. */
async function hears(url: string, words: string): Promise<void> {
  await using port = await openPort(url);
  expect(await ByteReader.of(port).readUntil(words, { timeoutMs: 30_000 })).toMatchObject({ end: 'found' });
}

interface Provocation {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For a process of its own, which finds other programs there. */
  readonly path?: string;
  /** Ctrl-C at the first line that holds this text. */
  readonly interruptAt?: string;
}

/** Words that only MicroPython has. */
const UNINTERRUPTIBLE_TEXT = 'KeyboardInterrupt is off';
/** Says so once it has turned Ctrl-C off. */
const UNINTERRUPTIBLE_PROGRAM = `import micropython, time
micropython.kbd_intr(-1)
while True:
    print('${UNINTERRUPTIBLE_TEXT}')
    time.sleep(0.2)
`;

const MAIN = 'from captive_portal import CaptivePortal\n';

/** `output-failed` cannot be told where the others are; it has a test of its own. */
type Provoked = Exclude<ErrorCode, 'output-failed'>;

const PROVOCATIONS: Readonly<Record<Provoked, () => Provocation | Promise<Provocation>>> = {
  usage: () => ({ args: ['flash', '--prot', 'x'] }),
  'port-none': () => ({ args: ['install'], path: withAdapters('none', []) }),
  'port-ambiguous': () => ({ args: ['install'], path: withAdapters('two', ['ttyUSB0', 'ttyUSB1']) }),
  'port-not-found': () => ({ args: ['install', '--port', '/dev/no-such-port'] }),
  'port-unreachable': async () => ({
    args: ['install', '--port', `rfc2217://127.0.0.1:${await freePort()}`],
  }),
  'port-busy': async () => {
    const port = flashed('held');
    const holder = home.start(['simulate', '--port', port, '--listen', '127.0.0.1:0', '--json']);
    stations.push({ [Symbol.asyncDispose]: async () => void (await holder.stop()) });
    await holder.line('rfc2217://');
    return { args: ['install', '--port', port] };
  },
  // The kernel lets no user write to this file, not even root.
  'port-denied': () => ({ args: ['install', '--port', '/sys/devices/system/cpu/possible'] }),
  'port-lost': () => ({ args: ['install', '--port', flashed('lost', {}, '&unplug=2000')] }),
  'port-failed': () => ({ args: ['install', '--port', '/proc/cpuinfo'] }),
  'loader-silent': () => ({ args: ['flash', '--port', board('silent', '&preset=silent')] }),
  'board-restarts': () => ({ args: ['flash', '--port', board('weak', '&supply=failing')] }),
  'repl-silent': () => ({ args: ['install', '--port', board('mute', '&preset=silent')] }),
  'repl-stalled': async () => ({
    args: ['install', '--port', await line(await served(flashed('stalls')), withoutOutput())],
  }),
  'repl-in-loader': () => ({
    args: ['install', '--port', board('held-down', '&lines=none&starts=download')],
  }),
  'repl-boot-loop': () => ({ args: ['install', '--port', board('blank32', '&chip=esp32')] }),
  'repl-busy': async () => {
    const url = await served(flashed('busy', { 'main.py': UNINTERRUPTIBLE_PROGRAM }, '&lines=none'));
    await hears(url, UNINTERRUPTIBLE_TEXT);
    return { args: ['install', '--port', url] };
  },
  'repl-not-micropython': async () => {
    const chatter = createServer((socket) => {
      const timer = setInterval(() => socket.write('Temperature: 21.5\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => chatter.once('listening', resolve));
    chatter.unref();
    return { args: ['install', '--port', `socket://127.0.0.1:${(chatter.address() as AddressInfo).port}`] };
  },
  'repl-off': () => ({ args: ['install', '--port', board('off', '&preset=repl-off')] }),
  'portal-silent': () => ({
    args: [
      'install',
      '--port',
      flashed('slow', { 'boot.py': 'import time\nwhile True:\n    time.sleep(1)\n' }),
    ],
  }),
  'log-file-failed': () => ({
    args: ['monitor', '--port', flashed('log'), '--log-file', '/no-such-folder/board.log'],
  }),
  'backup-invalid': () => ({
    args: ['restore', file('notes.backup', 'notes\n'), '--port', board('nowhere')],
  }),
  'backup-other-board': () => ({
    args: ['restore', file('esp32.backup', backupOfEsp32()), '--port', flashed('other-kind')],
  }),
  'firmware-missing': () => ({ args: ['flash', '--port', board('m'), '--firmware', 'no-such.bin'] }),
  'firmware-download': async () => ({
    args: ['flash', '--port', board('m'), '--firmware', `http://127.0.0.1:${await freePort()}/ESP8266.bin`],
  }),
  'package-failed': async () => ({
    args: ['add', 'umqtt.simple'],
    env: { ESP_PORTAL_PACKAGE_INDEX: await packageIndex(), HOME: home.folder },
  }),
  'firmware-invalid': () => ({
    args: ['flash', '--port', board('m'), '--firmware', file('notes.txt', 'Hello, board!')],
  }),
  'firmware-damaged': () => ({
    args: ['flash', '--port', board('m'), '--firmware', file('cut.bin', esp8266Image().subarray(0, -100))],
  }),
  'board-locked': () => ({
    args: ['flash', '--port', board('locked', '&chip=esp32&fuses=flash-encryption')],
  }),
  'firmware-wrong-chip': () => ({
    args: ['flash', '--port', flashed('chip'), '--firmware', file('esp32.bin', esp32Image())],
  }),
  'firmware-too-large': () => ({
    args: [
      'flash',
      '--port',
      board('small', '&flash=512K'),
      '--firmware',
      file('big.bin', esp8266Image(600_000)),
    ],
  }),
  'flash-failed': async () => {
    const url = await line(await served(flashed('stops')), silentWhenRead());
    return {
      args: ['flash', '--port', url, '--firmware', file('f.bin', esp8266Image()), '--baud', '115200'],
    };
  },
  'flash-mismatch': () => ({ args: ['flash', '--port', board('worn', '&flash-fault=0x3000')] }),
  'flash-missing': () => ({ args: ['flash', '--port', board('flashless', '&flash-fault=missing')] }),
  'flash-protected': () => ({ args: ['flash', '--port', board('protected', '&flash-fault=protected')] }),
  'firmware-not-running': async () => {
    const url = await line(await served(board('other')), { down: asAnotherBuild() });
    const own = virtualBoard(board('other')).ownFirmware;
    return { args: ['flash', '--port', url, '--firmware', file('own.bin', own)] };
  },
  'firmware-silent': () => {
    const image = esp8266Image(5000, '-');
    image[2] = 3; // dout: there is no simpler mode to try
    return { args: ['flash', '--port', board('dumb'), '--firmware', file('dumb.bin', image)] };
  },
  'transfer-failed': async () => ({
    args: ['install', '--port', await line(await served(flashed('noisy')), { up: spoilsBlocks() })],
  }),
  'board-error': () => ({
    args: ['install', '--port', flashed('e', { 'main.py': `${MAIN}raise ValueError('no such pin')\n` })],
  }),
  'board-boot-error': () => ({ args: ['install', '--port', flashed('b', { 'boot.py': 'no_such_name\n' })] }),
  'board-import-error': () => ({
    args: ['install', '--port', flashed('i', { 'main.py': `${MAIN}import no_such_module\n` })],
  }),
  'board-no-memory': () => ({
    args: [
      'install',
      '--port',
      flashed('mem', {
        'main.py': `${MAIN}raise MemoryError('memory allocation failed, allocating 4096 bytes')\n`,
      }),
    ],
  }),
  'board-no-space': () => ({ args: ['install', '--port', flashed('full', {}, '&files=16K')] }),
  'board-no-wifi': async () => {
    const port = board('h2', '&chip=esp32h2');
    await home.call(['flash', '--port', port]);
    return { args: ['install', '--port', port] };
  },
  'board-no-portal': () => ({ args: ['wifi', 'list', '--port', flashed('no-portal')] }),
  'wifi-join-failed': () => {
    home.makeBoard('misjoins', 'portal');
    return {
      args: ['wifi', 'set', 'Home WiFi', '--port', board('misjoins')],
      env: { ESP_PORTAL_WIFI_PASSWORD: 'not the password' },
    };
  },
  'board-no-file': () => ({ args: ['files', 'cat', 'missing.py', '--port', flashed('misspelt')] }),
  'board-no-filesystem': () => ({ args: ['install', '--port', board('corrupt', '&preset=corrupt-fs')] }),
  timeout: () => ({
    args: ['monitor', '--port', flashed('t'), '--until', 'wifi.connected', '--timeout', '0.2'],
  }),
  // It is tried for longer than any Ctrl-C takes to come.
  interrupted: () => ({
    args: ['install', '--port', board('stop', '&preset=silent')],
    interruptAt: '"enter-repl"',
  }),
};

/** The longest ones begin first: what they wait for is fixed, such as the time that a portal may take. */
const CODES = (Object.keys(PROVOCATIONS) as Provoked[]).sort((one, other) => duration(other) - duration(one));

function duration(code: ErrorCode): number {
  return (
    {
      'portal-silent': 45,
      'repl-stalled': 32,
      'repl-busy': 15,
      'repl-not-micropython': 15,
      'repl-boot-loop': 15,
    }[code as string] ?? 0
  );
}

/** A message without what differs from case to case: names, paths and figures. */
function shape(message: string): string {
  return message
    .replace(/: .* \(process \d+\)/, ': PROGRAM (process #)')
    .replace(/(?:virtual|socket|rfc2217):[\w/.:-]*\w/g, 'PATH')
    .replace(/\/[\w./-]*\w|\b[\w-]+\.(?:bin|txt)\b/g, 'PATH')
    .replace(/\bESP(?:8266|32)_[\w-]+/g, 'BUILD')
    .replace(/\b(?:ESP8266|ESP32)\b/g, 'CHIP')
    .replace(/\b(?:CH340|CP210x)\b/g, 'ADAPTER')
    .replace(/\b(name|named) '\w+'/g, "$1 'NAME'")
    .replace(/\b(?:0x[\da-f]+|\d[\d.]*\d|\d)\b/g, '#');
}

describe.runIf(process.platform === 'linux')('provoked, it matches the table', () => {
  test.concurrent.each(CODES)('%s', { timeout: 300_000 }, async (code) => {
    const { args, env, path, interruptAt } = await PROVOCATIONS[code]();
    const line = [...args, '--json'];
    const run =
      path === undefined && interruptAt === undefined
        ? await home.call(line, env)
        : await home.run(
            line,
            (text, interrupt) => {
              if (interruptAt !== undefined && text.includes(interruptAt)) interrupt();
            },
            path === undefined ? {} : { PATH: path },
          );
    const { exitStatus, cause, example } = ERROR_TABLE[code];
    expect(run.result()).toMatchObject({ ok: false, exitCode: exitStatus, error: { code, cause } });
    expect(run.exitCode).toBe(exitStatus);
    const { message, next } = run.result().error as Record<string, string>;
    expect(shape(message ?? '')).toBe(shape(example));
    expect(next).not.toBe('');
    expect(next).toEqual(expect.any(String));
  });
});
