// A plugin of the bundler: collects the licences of the packages in the bundle, as they require.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const PACKAGE_FOLDER = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** Its helpers are in the bundle too. */
const HELPERS = 'node_modules/rolldown';

export function bundledLicenses() {
  return {
    name: 'bundled-licenses',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
      const packages = modules.flatMap((path) => PACKAGE_FOLDER.exec(path) ?? []);
      const folders = new Set([...packages, HELPERS]);
      const source = [...folders].map(licenseOf).sort().join('\n');
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source });
    },
  };
}

/** @param {string} folder of a package */
function licenseOf(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined)
    throw new Error(`${basename(folder)} is bundled, but has no licence that could be shipped.`);
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
