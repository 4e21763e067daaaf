// A portal of small files that says at every start which versions of them it found: what a cut installation is tried with.

import type { BundleFile, PortalBundle } from '../../src/portal/bundle.js';

/**
 * Reports itself ready with the versions of all its files as the name of its WiFi: `2`, or `12` for a mixture.
 * @param extra a module that only this version has, in a folder if there is a slash in its name
 * @param modules how many it has beside that
 */
export function tinyPortal(version: number, extra: string, modules = 4): PortalBundle {
  const names = [...Array.from({ length: modules }, (_, index) => `part${index}`), 'captive_portal', extra];
  const files: BundleFile[] = [
    ...names.map((name) => file(`${name}.py`, `VERSION = ${version}\n# ${name} ${version * 7919}\n`)),
    file('page.html', `${version}`),
    file('main.py', main(version, names)),
  ];
  return { mpy6: files, mpy5: files, source: files };
}

function main(version: number, names: readonly string[]): string {
  return `import sys
found = {${version}, int(open('page.html').read())}
for name in '${names.join(' ').replaceAll('/', '.')}'.split():
    __import__(name)
    found.add(sys.modules[name].VERSION)
print("Captive portal ready: join WiFi '%s', then open http://192.168.4.1/" % ''.join(str(n) for n in sorted(found)))
`;
}

function file(path: string, text: string): BundleFile {
  return { path, bytes: Buffer.from(text) };
}
