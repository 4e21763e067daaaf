// npm run pictures: docs/images/setup.svg and dev.svg, what a terminal shows of a real `esp-portal setup` and `dev` on a
// virtual board. With a name, only that one.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';

const COLUMNS = 104;
const ROWS = 40;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const BACKGROUND = '#16181d';
const FOREGROUND = '#d6d9e0';
/** The colours that the program uses, by their number in the terminal's palette. */
const PALETTE = {
  1: '#ff6b6b',
  2: '#5fd38d',
  3: '#f0c674',
  4: '#6cb6ff',
  5: '#c792ea',
  6: '#5ccfe6',
  8: '#7d8590',
};

const PROGRAM = `'${process.execPath}' '${fileURLToPath(new URL('../bin/esp-portal.js', import.meta.url))}'`;
const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'esp-portal-picture-'));
const program = join(home, 'my-program');
/** The commands that are shown, and what is done at the computer when a text has come. */
const PICTURES = {
  setup: { shown: 'esp-portal setup --port virtual:desk --until portal.ready', edits: [] },
  dev: {
    shown: 'esp-portal dev my-program --port virtual:lamp',
    prepare: prepareDev,
    edits: [
      [
        'Hello from version 1',
        () => save('app.py', 'import sensor\n\nprint("Hello from version 2"\nsensor.read()\n'),
      ],
      [
        'Nothing was sent',
        () => save('app.py', 'import sensor\n\nprint("Hello from version 2")\nsensor.read()\n'),
      ],
      ['divide by zero\r\n', () => save('sensor.py', 'def read():\n    print("21.5 degrees")\n')],
      ['21.5 degrees', (child) => child.stdin.write('q')],
    ],
  },
};
let terminal;
let shown = '';
for (const [name, recording] of Object.entries(PICTURES)) {
  if (process.argv[2] !== undefined && process.argv[2] !== name) continue;
  terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  ({ shown } = recording);
  await recording.prepare?.();
  await write(`\x1b[90m$\x1b[0m ${shown}\r\n`);
  await run(shown.replace('esp-portal', PROGRAM), recording.edits);
  writeFileSync(path(`docs/images/${name}.svg`), picture());
}
rmSync(home, { recursive: true, force: true });

/** A board on a network, as after a sign-in, and a program with a mistake. */
async function prepareDev() {
  const board = `--port 'virtual:lamp?speed=max'`;
  mkdirSync(program);
  save('app.py', 'import sensor\n\nprint("Hello from version 1")\n');
  save('sensor.py', 'def read():\n    print(21.5 / 0)\n');
  writeFileSync(join(home, 'wifi.creds'), 'Home WiFi,correct horse\n');
  const before = terminal;
  terminal = new xterm.Terminal({ allowProposedApi: true });
  for (const command of ['flash', 'install', 'files put wifi.creds'])
    await run(`${PROGRAM} ${command} ${board}`, []);
  terminal = before;
}

function save(name, text) {
  writeFileSync(join(program, name), text);
}

/** `script` is util-linux's: it gives the program a real terminal. */
async function run(command, edits) {
  const child = spawn('script', ['-qec', `stty cols ${COLUMNS} rows ${ROWS}; ${command}`, '/dev/null'], {
    stdio: [edits.length > 0 ? 'pipe' : 'ignore', 'pipe', 'inherit'],
    cwd: home,
    env: {
      ...process.env,
      ESP_PORTAL_STATE_DIR: home,
      TERM: 'xterm-256color',
      NO_COLOR: undefined,
      CI: undefined,
    },
  });
  const left = [...edits];
  let received = '';
  for await (const bytes of child.stdout) {
    await write(bytes);
    received += bytes;
    while (left[0] && received.includes(left[0][0])) {
      const [text, act] = left.shift();
      received = received.slice(received.indexOf(text) + text.length);
      act(child);
    }
  }
}

function write(data) {
  return new Promise((resolve) => terminal.write(data, resolve));
}

function picture() {
  const { active } = terminal.buffer;
  const lines = [];
  for (let row = 0; row < active.length; row++) {
    const line = active.getLine(row);
    if (line) lines.push(runsOf(line));
  }
  while (lines.at(-1)?.length === 0) lines.pop();
  const width = Math.ceil(COLUMNS * CELL.width + 2 * MARGIN);
  const height = lines.length * CELL.height + 2 * MARGIN;
  const texts = lines.flatMap((runs, row) =>
    runs.map(({ column, text, colour, dim, bold }) => {
      const x = (MARGIN + column * CELL.width).toFixed(1);
      const y = MARGIN + (row + 0.75) * CELL.height;
      const style = `fill="${colour}"${dim ? ' opacity="0.6"' : ''}${bold ? ' font-weight="bold"' : ''}`;
      return `<text x="${x}" y="${y}" textLength="${(text.length * CELL.width).toFixed(1)}" ${style}>${xmlText(text)}</text>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A terminal in which ${shown} runs">
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${texts.join('\n')}
</g>
</svg>
`;
}

/** Stretches of one style, without the blanks at the end. */
function runsOf(line) {
  const runs = [];
  const length = line.translateToString(true).length;
  for (let column = 0; column < length; column++) {
    const cell = line.getCell(column);
    const style = {
      colour: (cell.isFgPalette() && PALETTE[cell.getFgColor() % 8 || 8]) || FOREGROUND,
      dim: cell.isDim() !== 0,
      bold: cell.isBold() !== 0,
    };
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    if (last && last.colour === style.colour && last.dim === style.dim && last.bold === style.bold)
      last.text += text;
    else runs.push({ column, text, ...style });
  }
  return runs;
}

/** Blanks that no viewer takes together: not all heed `xml:space`. */
function xmlText(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(' ', '\u00a0');
}
