// npm run bench [name…]: measures speed as a ratio to a physical limit, because machines differ. Never a test.
// A figure over its limit fails the run.
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env.ESP_PORTAL_STATE_DIR = await mkdtemp(join(tmpdir(), 'esp-portal-bench-'));
const wanted = process.argv.slice(2);
const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.bench.js'));
const missed = [];
for (const file of files) {
  const name = file.replace('.bench.js', '');
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n${name}`);
  try {
    const { bench } = await import(`./${file}`);
    for await (const figure of bench()) {
      console.log(`  ${figure.text}`);
      if (!figure.isWithinLimit) missed.push(`${name}: ${figure.text}`);
    }
  } catch (error) {
    console.log(`  ${error.stack}`);
    missed.push(`${name}: ${error.message}`);
  }
}
await rm(process.env.ESP_PORTAL_STATE_DIR, { recursive: true, force: true });
if (missed.length > 0) {
  console.log(`\nOver the limit:\n${missed.map((text) => `  ${text}`).join('\n')}`);
  process.exitCode = 1;
}
