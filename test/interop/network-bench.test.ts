// Stations of another computer, found and used: Debian's ser2net and avahi, in a network namespace. Where the system
// allows no namespace, the test is skipped with a message, and the responder of test/unit/port/network decides.

import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const SCRIPT = fileURLToPath(new URL('network-bench.sh', import.meta.url));
/** Networks, mounts and processes of their own; the processes end with the first one. */
const NAMESPACES = [...(process.getuid?.() === 0 ? [] : ['-r']), '-n', '-m', '-p', '-f', '--kill-child'];

const unshare = component('unshare') ?? '';
const programs = ['ser2net', 'avahi-daemon', 'dbus-daemon', 'ip'].map((program) => component(program));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

/** Whether this system lets a test have a network; a container may not. */
function hasNamespaces(): boolean {
  if (process.platform !== 'linux' || programs.includes(undefined)) return false;
  const probe = 'mount -t tmpfs tmpfs /run && ip link add a0 type veth peer name b0';
  const { status, stderr } = spawnSync(unshare, [...NAMESPACES, 'sh', '-c', probe], { encoding: 'utf8' });
  if (status === 0) return true;
  process.stdout.write(
    `No network namespace here (${stderr?.trim()}): ser2net's ports are tested by a responder.\n`,
  );
  return false;
}

test.skipIf(!hasNamespaces())(
  'two stations are found and used at the same time, and one that goes away fails its board alone',
  async () => {
    writeFileSync(`${home.folder}/firmware.bin`, ownFirmware().bytes);
    const { stdout } = await promisify(execFile)(
      unshare,
      [...NAMESPACES, 'sh', SCRIPT, process.execPath, BIN, home.folder],
      { env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder }, timeout: 100_000 },
    ).catch((error: { stdout: string }) => error); // the last command fails
    const [found, flashed, installed] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.network).toMatchObject([
      { name: 'bench 1', host: 'pi-1.local', address: 'rfc2217://10.99.0.1:3001' },
      { name: 'bench 2', host: 'pi-1.local', address: 'rfc2217://10.99.0.1:3002' },
    ]);
    expect(flashed).toMatchObject({ ok: true, boards: [{ ok: true }, { ok: true }] });
    expect(installed).toMatchObject({
      exitCode: 3,
      boards: [
        { ok: true, state: 'portal' },
        { ok: false, error: { code: 'port-unreachable' } },
      ],
    });
  },
);
