// npm run test:board -- --port PORT [--firmware FILE]: the board suite on a real board, and a report to paste into an
// issue. It ERASES that board when it is given a firmware, and replaces the portal on it in any case.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { discoverPorts } from '../dist/index.js';

const { values } = parseArgs({ options: { port: { type: 'string' }, firmware: { type: 'string' } } });
if (values.port === undefined) {
  console.error('Name the board: npm run test:board -- --port /dev/ttyUSB0 [--firmware FILE.bin]');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'esp-portal-report-'));
const results = join(folder, 'results.json');
const { status } = spawnSync(
  'npx',
  [
    'vitest',
    'run',
    'test/board/board.test.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ESP_PORTAL_TEST_PORT: values.port,
      ...(values.firmware && { ESP_PORTAL_TEST_FIRMWARE: values.firmware }),
    },
    shell: process.platform === 'win32',
  },
);
console.log(`\n----- paste from here -----\n\n${await report()}\n----- to here -----`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = status ?? 1;

async function report() {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const port = (await discoverPorts()).find(isNamed);
  const { testResults } = JSON.parse(readFileSync(results, 'utf8'));
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const found = tests.find(({ meta }) => meta?.board)?.meta.board;
  return [
    '### Board report',
    `- esp-portal ${version}, Node.js ${process.version}, ${process.platform} ${release()} ${process.arch}`,
    `- adapter: ${port?.adapter ?? 'unknown'} ${port?.usbId ?? `(${values.port})`}, ${port?.kind ?? 'unknown kind'}`,
    `- firmware: ${values.firmware ?? 'what was on the board'}`,
    ...(found ? described(found) : ['- chip (please fill in): ']),
    '- board (please fill in): ',
    '',
    '| test | result | seconds |',
    '|---|---|---|',
    ...tests.map(
      ({ fullName, status: result, duration = 0 }) =>
        `| ${fullName} | ${result} | ${(duration / 1000).toFixed(1)} |`,
    ),
    ...tests.flatMap(({ fullName, failureMessages }) =>
      failureMessages.map(
        (message) => `\n**${fullName}**\n\n\`\`\`\n${message.split('\n    at ')[0]}\n\`\`\``,
      ),
    ),
    '',
  ].join('\n');
}

/** By its path, `id:` or `mac:`. */
function isNamed({ path, serialNumber, mac }) {
  const names = [path, `id:${serialNumber}`, `mac:${mac}`];
  return names.includes(values.port);
}

/** What flash found out about the board. */
function described({ chip, flashSizeBytes, banner, build, usb }) {
  const flash = flashSizeBytes > 0 ? `${flashSizeBytes / 2 ** 20} MB` : 'of unknown size';
  return [
    `- chip: ${chip}, flash ${flash}`,
    `- attached by: ${usb ?? 'a USB-UART bridge'}`,
    `- runs: ${banner ?? 'no banner seen'}${build ? ` (${build})` : ''}`,
  ];
}
