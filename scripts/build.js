// Compiles src/ to dist/, copies the Python that the virtual board runs, packs the portal, and puts yargs into one file.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleYargs } from './bundle-yargs.js';
import { packBundle } from './pack-bundle.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (status === 0) {
  cpSync(join(root, 'src/virtual-board/shims'), join(root, 'dist/virtual-board/shims'), {
    recursive: true,
  });
  await packBundle(join(root, 'device-py'), join(root, 'dist/portal/bundle'));
  await bundleYargs(join(root, 'dist/cli/yargs.js'));
}
process.exitCode = status ?? 1;
