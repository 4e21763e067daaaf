// Runs the real program in a process of its own, with a state folder of its own.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { runCommandLine as RunCommandLine } from '../../src/cli/command-line.js';
import { fakeHost } from './fake-host.js';
import { type BoardContent, copyBoard } from './made-boards.js';

/** No test reaches the network. */
const NOWHERE = 'http://127.0.0.1:9';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));

/** An object of `--json` output. */
type JsonLine = { event: string } & Record<string, unknown>;

export interface CliRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout as JSON, a line each. */
  json(): JsonLine[];
  /** The last JSON line. */
  result(): JsonLine;
}

function finished(exitCode: number | null, stdout: string, stderr: string): CliRun {
  const json = () =>
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonLine);
  return { exitCode, stdout, stderr, json, result: () => json().at(-1) ?? { event: 'none' } };
}

/** The address of a virtual board that ends with the command, as fast as this computer. */
export const board = (name: string, options = '') => `virtual:${name}?speed=max&http=0&dns=0${options}`;

/** The command line as it is built; from src/ each test file would compile it again. */
async function commandLine(): Promise<typeof RunCommandLine> {
  const built = new URL('../../dist/command-line.js', import.meta.url).href;
  return (await import(built)).runCommandLine;
}

/** A home for virtual boards that is removed after use. */
export class CliHome implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'esp-portal-test-'));

  /**
   * Runs a command to its end in this process, for what only its output and the board are looked at.
   * @param input what its stdin has
   */
  async call(
    args: readonly string[],
    extraEnv: Readonly<Record<string, string>> = {},
    cwd?: string,
    input?: string,
  ): Promise<CliRun> {
    // A virtual board and the library's colours look at the process they are in.
    Object.assign(process.env, { ESP_PORTAL_STATE_DIR: this.folder, NO_COLOR: '1', FORCE_COLOR: '0' });
    const { host, stdout, stderr } = fakeHost(args, this.#env(extraEnv), cwd, input);
    const output = Promise.all([text(stdout), text(stderr)]);
    await (await commandLine())(args, host);
    stdout.end();
    stderr.end();
    return finished(Number(host.exitCode ?? 0), ...(await output));
  }

  /**
   * Runs a command to its end, in a process of its own.
   * @param onLine told each line of stdout as it comes, with a way to interrupt the program
   * @param extraEnv environment variables beside this process' own
   * @param input what its stdin has
   */
  run(
    args: readonly string[],
    onLine: (line: string, interrupt: () => void) => void = () => {},
    extraEnv: Readonly<Record<string, string>> = {},
    input?: string,
  ): Promise<CliRun> {
    const child = spawn(process.execPath, [BIN, ...args], { env: this.#env(extraEnv), stdio: 'pipe' });
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
    let isInterrupted = false;
    const interrupt = () => {
      if (!isInterrupted) child.kill('SIGINT'); // a second one would end the process at once
      isInterrupted = true;
    };
    let stdout = '';
    let stderr = '';
    let unfinished = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const lines = (unfinished + text).split('\n');
      unfinished = lines.pop() ?? '';
      for (const line of lines) onLine(line, interrupt);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve) => {
      child.on('close', (exitCode) => resolve(finished(exitCode, stdout, stderr)));
    });
  }

  #env(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const { ESP_PORTAL_PORT, ESPTOOL_PORT, FORCE_COLOR, ...env } = process.env;
    return {
      ESP_PORTAL_FIRMWARE_SITE: NOWHERE,
      ESP_PORTAL_NETWORKS: '127.0.0.1',
      ...env,
      ESP_PORTAL_STATE_DIR: this.folder,
      ESP_PORTAL_CACHE_DIR: join(this.folder, 'cache'),
      NO_COLOR: '1',
      ...extra,
    };
  }

  /** Starts a command that stays, such as simulate. */
  start(args: readonly string[]): StayingRun {
    return new StayingRun((onLine) => this.run(args, onLine));
  }

  /** A board on which MicroPython runs, or the portal as well, as the program leaves it. */
  makeBoard(name: string, content: BoardContent): void {
    copyBoard(content, join(this.folder, 'virtual', name));
  }

  /** Contents of a virtual board's flash, from address 0. */
  flash(board: string): Buffer {
    return readFileSync(this.flashFile(board));
  }

  flashFile(board: string): string {
    return join(this.folder, 'virtual', board, 'flash.bin');
  }

  /** Where a virtual board keeps its files. */
  boardFile(board: string, name: string): string {
    return join(this.folder, 'virtual', board, 'files', name);
  }

  /** Gives a board this program. @returns its address */
  program(name: string, code: string): string {
    const file = this.boardFile(name, 'main.py');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code);
    return board(name);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A command that runs until it is stopped. */
export class StayingRun {
  readonly #lines: string[] = [];
  readonly #ended: Promise<CliRun>;
  #interrupt: () => void = () => {};
  #wake: () => void = () => {};
  #over = false;

  constructor(run: (onLine: (line: string, interrupt: () => void) => void) => Promise<CliRun>) {
    this.#ended = run((line, interrupt) => {
      this.#lines.push(line);
      this.#interrupt = interrupt;
      this.#wake();
    });
    void this.#ended.then(() => {
      this.#over = true;
      this.#wake();
    });
  }

  /** Waits for a line of stdout that holds `text`, be it one that has come already. */
  async line(text: string): Promise<string> {
    for (;;) {
      const found = this.#lines.find((line) => line.includes(text));
      if (found !== undefined) return found;
      if (this.#over) throw new Error(`it ended without "${text}": ${(await this.#ended).stderr}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Stops it as Ctrl-C does. */
  async stop(): Promise<CliRun> {
    this.#interrupt();
    return this.#ended;
  }

  /** Waits until it ends without being stopped. */
  end(): Promise<CliRun> {
    return this.#ended;
  }
}
