// esp-portal add, esp-portal remove

import { join } from 'node:path';
import type { PackageName } from '../../../operations/packages/package-name.js';
import type { AddedPackage } from '../../../operations/packages/project-packages.js';
import { defineCommand } from '../../command.js';
import type { Host } from '../../host.js';
import { defaultSources } from '../../options/settings.js';
import { findProjectFile, PROJECT_FILE } from '../../options/settings-file.js';
import { lockFileBeside, packagesOptions } from '../../project/packages.js';

const PACKAGE = {
  name: 'package',
  describe: 'Name in micropython-lib, `github:org/repo@v1` (also gitlab:, codeberg:), or an https:// address',
};

export const addCommand = defineCommand({
  name: 'add',
  isWithoutBoard: true,
  summary: 'Add a MicroPython package to the project',
  details: [
    'The package is found on this computer as `mip` finds it on a board: in the index of micropython.org, or at an address, with all packages that it needs. Its name is added to `packages` in `esp-portal.json`, and its files with their SHA-256 to `esp-portal.lock.json`; put both files into your repository. `install`, `setup` and `image` send the files with your program, into the folder `lib` of the board.',
    'The files are kept in your cache folder: no network is needed afterwards. Adding a package again takes its newest version. `$ESP_PORTAL_PACKAGE_INDEX` replaces https://micropython.org/pi/v2, for a mirror.',
  ],
  options: {},
  positionals: [PACKAGE],
  examples: [
    ['add umqtt.simple', 'add a package of micropython-lib'],
    ['add github:peterhinch/micropython-mqtt@v0.8.0', 'add the package of a repository, at a tag'],
  ],
  async run(values, context) {
    const wanted = await nameOf(values);
    const { addPackage } = await import('../../../operations/packages/project-packages.js');
    const place = placeOf(context.host);
    const added = await addPackage(wanted, place, packagesOptions(context));
    return {
      fields: { package: wanted.text, file: place.file, ...added },
      lines: describeAdded(wanted, added),
    };
  },
});

export const removeCommand = defineCommand({
  name: 'remove',
  isWithoutBoard: true,
  summary: 'Remove a MicroPython package from the project',
  details: ['The next `install` removes its files from the board.'],
  options: {},
  positionals: [PACKAGE],
  examples: [['remove umqtt.simple', 'remove a package']],
  async run(values, { host }) {
    const wanted = await nameOf(values);
    const { removePackage } = await import('../../../operations/packages/project-packages.js');
    const place = placeOf(host);
    await removePackage(wanted, place);
    return {
      fields: { package: wanted.text, file: place.file },
      lines: [`Removed ${wanted.text}. esp-portal install removes its files from the board.`],
    };
  },
});

async function nameOf(values: object): Promise<PackageName> {
  const { parsePackageName } = await import('../../../operations/packages/package-name.js');
  return parsePackageName(String((values as { readonly package?: unknown }).package));
}

function placeOf(host: Pick<Host, 'env' | 'cwd'>): { file: string; lockFile: string } {
  const { folder, home } = defaultSources(host);
  const file = findProjectFile(folder, home) ?? join(folder, PROJECT_FILE);
  return { file, lockFile: lockFileBeside(file) };
}

function describeAdded({ text }: PackageName, { packages, files, hasApp }: AddedPackage): string[] {
  const [version, ...others] = Object.entries(packages).map(([name, one], at) =>
    at === 0 ? one : `${name}${one ? ` ${one}` : ''}`,
  );
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return [
    `Added ${text}${version && !text.endsWith(`@${version}`) ? ` (${version})` : ''}: ${files.length} file${files.length === 1 ? '' : 's'}, ${bytes < 1000 ? `${bytes} bytes` : `${(bytes / 1000).toFixed(1)} KB`}.`,
    ...(others.length > 0 ? [`It needs ${others.join(', ')}.`] : []),
    hasApp
      ? 'To send it to the board: esp-portal install'
      : 'Packages are sent with your program: set "app" in esp-portal.json to its folder, then run esp-portal install.',
  ];
}
