// The real program on a real terminal: a pseudo-terminal whose screen is read by xterm's own code.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Terminal } from '@xterm/headless';
import type { CliHome } from './cli.js';
import { component } from './components.js';

const LINE_FEED = 0x0a;
/** A control sequence of the relay, which no program sends. */
const RESIZE = 777;
const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const RELAY = fileURLToPath(new URL('terminal-relay.py', import.meta.url));

/** Isolated, without its site packages: half of the time of its start. */
const PYTHON_FLAGS = ['-I', '-S'];

export const python = interpreterBehind(component('python3'));

/** A version manager's script takes longer to find Python than Python takes to start. */
function interpreterBehind(program: string | undefined): string | undefined {
  if (program === undefined) return undefined;
  const args = [...PYTHON_FLAGS, '-c', 'import sys; print(sys.executable)'];
  return spawnSync(program, args, { encoding: 'utf8' }).stdout.trim() || program;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface Surroundings extends Partial<Size> {
  readonly cwd?: string;
  readonly extraEnv?: Readonly<Record<string, string>>;
  /** A program that starts it, with its words. */
  readonly starter?: readonly string[];
}

/** A program on a terminal of its own. */
export class TerminalRun {
  readonly #relay: ChildProcess;
  readonly #screen: Terminal;
  readonly #ended: Promise<number | null>;
  #received = '';
  #seen = 0;
  #outputs = 0;
  #wake: () => void = () => {};
  #isOver = false;

  constructor(
    home: CliHome,
    args: readonly string[],
    { columns = 100, rows = 30, cwd, extraEnv, starter = [] }: Surroundings = {},
  ) {
    const { NO_COLOR, FORCE_COLOR, CI, ESP_PORTAL_PORT, ESPTOOL_PORT, ...env } = process.env;
    this.#screen = new Terminal({
      cols: Math.max(columns, 2),
      rows: Math.max(rows, 2),
      allowProposedApi: true,
    });
    this.#screen.parser.registerOscHandler(RESIZE, (size) => {
      const [columns = 0, rows = 0] = size.split(';').map(Number);
      if (columns > 1) this.#screen.resize(columns, rows);
      return true;
    });
    this.#relay = spawn(
      python ?? '',
      [...PYTHON_FLAGS, RELAY, `${columns}`, `${rows}`, ...starter, process.execPath, BIN, ...args],
      {
        ...(cwd !== undefined && { cwd }),
        env: {
          ...env,
          ESP_PORTAL_FIRMWARE_SITE: 'http://127.0.0.1:9',
          ESP_PORTAL_STATE_DIR: home.folder,
          ESP_PORTAL_CACHE_DIR: `${home.folder}/cache`,
          TERM: 'xterm-256color',
          ...extraEnv,
        },
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    this.#relay.stdin?.on('error', () => {}); // it may have ended
    this.#relay.stdout?.on('data', (bytes: Buffer) => {
      this.#received += bytes.toString('latin1');
      // On a busy computer many lines come as one piece.
      this.#outputs += Math.max(1, bytes.filter((byte) => byte === LINE_FEED).length);
      this.#screen.write(bytes);
      this.#wake();
    });
    this.#ended = new Promise((resolve) => {
      this.#relay.on('close', (status) => {
        this.#isOver = true;
        this.#wake();
        resolve(status);
      });
    });
  }

  /** Waits until it has sent text that holds `pattern`, be it long ago. */
  async sent(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#received)) {
      if (this.#isOver) throw new Error(`it ended without ${pattern}: ${this.#received}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits until it has sent this text, behind what was waited for before. */
  async sentNext(text: string): Promise<void> {
    for (;;) {
      const at = this.#received.indexOf(text, this.#seen);
      if (at >= 0) {
        this.#seen = at + text.length;
        return;
      }
      if (this.#isOver) throw new Error(`it ended without ${text}: ${this.#received}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Waits until it has sent something this many times. */
  async outputs(count: number): Promise<void> {
    while (this.#outputs < count && !this.#isOver) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** All that it has sent, control sequences included. */
  get received(): string {
    return this.#received;
  }

  type(keys: string): void {
    this.#command({ keys });
  }

  /** The screen changes behind the output that was sent before. */
  resize({ columns, rows }: Size): void {
    if (this.#isOver) this.#screen.write(`\x1b]${RESIZE};${columns};${rows}\x07`);
    else this.#command({ resize: [columns, rows] });
  }

  /** Sends a signal to the program alone. */
  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
    this.#command({ signal: name });
  }

  /** Closes the terminal. */
  hangUp(): void {
    this.#command({ hang_up: true });
  }

  /** @returns its exit status, 128 + n when signal n has ended it, 99 when it left the terminal in another mode */
  end(): Promise<number | null> {
    return this.#ended;
  }

  /** What is to be seen, without empty lines at the end. */
  async screen(): Promise<string[]> {
    await new Promise<void>((resolve) => this.#screen.write('', resolve));
    const { active } = this.#screen.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  #command(request: object): void {
    this.#relay.stdin?.write(`${JSON.stringify(request)}\n`);
  }
}
