// The package as it is installed: one MicroPython comes with it, the others are this project's for tests.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'esp-portal-one-'));
beforeAll(() => {
  cpSync('dist', join(folder, 'dist'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('node_modules/@micropython'), join(folder, 'node_modules/@micropython'), 'junction');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs a module beside the package. */
async function run(code: string): Promise<string> {
  const script = `import { virtualBoard } from './dist/virtual-board.js';\n${code}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    env: { ...process.env, ESP_PORTAL_STATE_DIR: folder },
    timeout: 50_000,
  });
  return stdout;
}

test('an interpreter that is not installed is named, with those that are and the command that installs it', async () => {
  const message = await run(
    "try { virtualBoard('virtual:a?micropython=1.29') } catch (e) { console.log(e.code, e.message) }",
  );
  expect(message).toBe(
    'usage micropython=1.29: that interpreter is not installed, only 1.27. Install it: ' +
      'npm install mp129@npm:@micropython/micropython-webassembly-pyscript@1.29.0-6\n',
  );
});

test('a board runs the interpreter that there is, through a folder that is a symbolic link too', async () => {
  const output = await run(`
    const { binding } = virtualBoard('virtual:b?preset=reboot-loop&speed=max&http=0&dns=0');
    const port = await binding.open({ path: 'b', baudRate: 115200 });
    await port.set({ dtr: false, rts: false });
    const buffer = Buffer.alloc(1000);
    let text = '';
    while (!text.includes('Starting')) text += buffer.toString('latin1', 0, (await port.read(buffer, 0, 1000)).bytesRead);
    await port.close();
    console.log('it runs');`);
  expect(output).toBe('it runs\n');
});
