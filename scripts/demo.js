// npm run demo: a fresh virtual board goes through setup, and a person can join it to a network in a browser.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importModule } from './source-module.js';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const { DEFAULT_AIR } = await importModule('src/virtual-board/radio/air.ts');

console.log('This demo flashes a virtual ESP8266 and installs the portal. Networks in range:\n');
for (const { ssid, password } of DEFAULT_AIR) {
  console.log(`  ${ssid.padEnd(24)} ${password === '' ? 'open' : `password: ${password}`}`);
}
console.log('\nWhen the portal is ready, open the printed address http://127.0.0.1:… in a browser,');
console.log('choose a network and type its password. Ctrl-C ends the demo.\n');

const stateFolder = mkdtempSync(join(tmpdir(), 'esp-portal-demo-'));
const args = [path('bin/esp-portal.js'), 'setup', '--port', 'virtual:demo', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, {
  stdio: 'inherit',
  env: { ...process.env, ESP_PORTAL_STATE_DIR: stateFolder },
});
process.on('SIGINT', () => {}); // the terminal sends it to the child, too, which ends
child.on('exit', (code) => {
  rmSync(stateFolder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
