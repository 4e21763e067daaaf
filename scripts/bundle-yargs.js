// Puts yargs and what it imports into one file, without what takes most of its time to load. Build-time only.
//
// Loaded from node_modules, yargs costs a command line 85 ms. Half of it is the package string-width, whose regular
// expressions know every emoji; our help has none, so the number of characters serves. The rest is some thirty files.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const WIDTH = 'string-width';

/** @param {string} file a module that re-exports yargs; replaced by its bundle, with the licences beside it */
export async function bundleYargs(file) {
  const bundle = await rolldown({
    input: file,
    platform: 'node',
    plugins: [
      {
        name: 'narrow-text',
        resolveId: (id) => (id === WIDTH ? `\0${WIDTH}` : undefined),
        load: (id) => (id === `\0${WIDTH}` ? 'export default (text) => text.length;' : undefined),
      },
    ],
  });
  const { output } = await bundle.write({ file });
  writeFileSync(file.replace('.js', '-licenses.txt'), licensesOf(output[0].moduleIds));
}

/** @param {string[]} modules paths of the files in the bundle */
function licensesOf(modules) {
  const folders = modules.flatMap((path) => /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path) ?? []);
  return [...new Set(folders)]
    .map((folder) => {
      const license = readdirSync(folder).find((name) => /^license/i.test(name));
      return license ? readFileSync(join(folder, license), 'utf8') : '';
    })
    .join('\n\n');
}
