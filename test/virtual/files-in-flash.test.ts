// A virtual board's files are in its flash: seen by a loader that reads it, and changed by one that writes it.

import { existsSync, readFileSync } from 'node:fs';
import {
  checkFilesystem,
  flash,
  locateFilesystem,
  openPort,
  type Port,
  type ReadableFlash,
  readLittleFs,
  writeLittleFs,
} from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Compression } from '../../src/esp/compression.js';
import { ChipLoader } from '../../src/esp/loader.js';
import { checksum } from '../../src/filesystem/littlefs/format.js';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const MB = 1024 * 1024;

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

async function inLoader<T>(port: Port, act: (loader: ChipLoader) => Promise<T>): Promise<T> {
  const loader = await ChipLoader.connect(port, { fastBaudRate: 460800 });
  await loader.prepare(460800);
  try {
    return await act(loader);
  } finally {
    await loader.restart(115200);
  }
}

async function onBoard(port: Port, code: string): Promise<string> {
  await using repl = await RawRepl.enter(port);
  return await repl.exec(code);
}

describe.each([
  ['ESP8266', 'esp8266', '1.27', 4],
  ['ESP32', 'esp32', '1.23', 4],
  ['ESP32', 'esp32', '1.27', 8],
] as const)('an %s (%s) with MicroPython %s and %i MB', (chip, name, version, megabytes) => {
  const options = `chip=${name}&micropython=${version}&flash=${megabytes}M`;
  const address = `virtual:${name}-${megabytes}-${version.slice(2)}?speed=max&http=0&dns=0&${options}`;

  test('holds its files as LittleFS, mounts what a loader writes, and loses what one erases', async () => {
    await using port = await openPort(address);
    await flash(port, { firmware: ownFirmware(`virtual:?${options}`) });
    await onBoard(
      port,
      [
        'import os',
        'os.mkdir("lib")',
        'with open("lib/big", "wb") as f: f.write(b"0123456789abcdef" * 1000)',
        'with open("small", "w") as f: f.write("x")',
      ].join('\n'),
    );
    const [range, image] = await inLoader(port, async (loader) => {
      const read: ReadableFlash['read'] = (at, length) => loader.read(at, length);
      const found = await locateFilesystem({ chip, sizeBytes: megabytes * MB, read });
      return [found, await loader.read(found.address, 16 * 4096)] as const;
    });
    checkFilesystem(image.subarray(0, 8192), range);
    const { entries } = readLittleFs(image);
    expect(entries.map(({ path }) => path).sort()).toEqual(['boot.py', 'lib', 'lib/big', 'small']);
    const big = entries.find(({ path }) => path === 'lib/big');
    expect(big?.kind === 'file' && Buffer.from(big.read()).toString()).toBe('0123456789abcdef'.repeat(1000));

    const written = writeLittleFs([{ path: 'main.py', bytes: Buffer.from('print("from the flash")') }], {
      blockCount: range.sizeBytes / 4096,
    });
    await inLoader(port, (loader) => loader.write(range.address, new Compression(written)));
    expect(await onBoard(port, 'import os\nprint(os.listdir()); import main')).toBe(
      "['main.py']\r\nfrom the flash\r\n",
    );
    // Untouched since: the same bytes, whatever made them.
    const again = await inLoader(port, (loader) => loader.read(range.address, written.length));
    expect(Buffer.compare(again, written)).toBe(0);

    await inLoader(port, (loader) =>
      loader.write(range.address, new Compression(new Uint8Array(8192).fill(0xff))),
    );
    expect(await onBoard(port, 'import os\nprint(os.listdir())')).toBe("['boot.py']\r\n");
  });
});

test('a filesystem that firmware would not mount is not touched, and the board complains of it', async () => {
  home.makeBoard('other-size', 'micropython');
  await using port = await openPort('virtual:other-size?speed=max&http=0&dns=0');
  const other = writeLittleFs([], { blockCount: 5 });
  await inLoader(port, (loader) => loader.write(0x100000, new Compression(other)));
  let printed = '';
  while (!printed.includes('looks corrupt')) {
    printed += Buffer.from((await port.read({ timeoutMs: 30_000 })) ?? '').toString('latin1');
  }
  await port[Symbol.asyncDispose]();
  expect(readFileSync(home.flashFile('other-size')).subarray(0x100000, 0x102000).equals(other)).toBe(true);
});

test('names in the flash lead to no place outside the folder of the board', async () => {
  home.makeBoard('names', 'micropython');
  await using port = await openPort('virtual:names?speed=max&http=0&dns=0');
  const image = Buffer.from(
    writeLittleFs([{ path: 'aa', bytes: Buffer.from('escaped') }], { blockCount: (3 * MB - 20480) / 4096 }),
  );
  // The writer refuses such a name; so the name, and the checksum of the commit that it is in, are set by hand.
  image.write('..', image.indexOf('aa'));
  const end = image.indexOf('escaped') + 'escaped'.length + 4;
  image.writeUInt32LE(checksum(image.subarray(0, end)), end);
  expect(readLittleFs(image).entries.map(({ path }) => path)).toEqual(['..']);
  await inLoader(port, (loader) => loader.write(0x100000, new Compression(image)));
  expect(await onBoard(port, 'import os\nprint(os.listdir())')).toBe('[]\r\n');
  expect(existsSync(home.boardFile('names', '../escaped'))).toBe(false);
});
