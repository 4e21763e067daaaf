// A portal of a few files that says at every start which version each of them is: what a cut installation is tried with.

import type { BundleFile, PortalBundle } from '../../src/bundle/portal-bundle.js';

const MODULES = ['captive_portal', 'alpha', 'beta'];

/**
 * Reports itself ready with the versions of all its files as the name of its WiFi, e.g. `2222`; a mixture shows.
 * @param extra a file that only this version has
 * @param lines of padding in each module, which decide how much has to be written
 */
export function tinyPortal(version: number, extra: string, lines = 12): PortalBundle {
  const files: BundleFile[] = [
    ...MODULES.map((name) => file(`${name}.py`, `VERSION = ${version}\n${padding(version, name, lines)}`)),
    file(`${extra}.py`, `VERSION = ${version}\n`),
    file('page.html', `${version}`),
    file('main.py', main(version, extra)),
  ];
  return { mpy6: files, mpy5: files, source: files };
}

function main(version: number, extra: string): string {
  return `import captive_portal, alpha, beta, ${extra}
print("Captive portal ready: join WiFi '%d%d%d%d%s%d', then open http://192.168.4.1/" % (
    captive_portal.VERSION, alpha.VERSION, beta.VERSION, ${extra}.VERSION, open('page.html').read(), ${version}))
`;
}

/** Enough for a file to take several blocks on the wire, and different in each version. */
function padding(version: number, name: string, lines: number): string {
  return Array.from({ length: lines }, (_, line) => `# ${name} ${version * 7919 * (line + 1)}\n`).join('');
}

function file(path: string, text: string): BundleFile {
  return { path, bytes: Buffer.from(text) };
}
