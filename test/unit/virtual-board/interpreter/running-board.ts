// An interpreter without its chip: a UART that collects what is sent, and a folder for its files.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  Interpreter,
  type InterpreterContext,
} from '../../../../src/virtual-board/interpreter/interpreter.js';
import { RUNTIMES } from '../../../../src/virtual-board/interpreter/runtime/runtimes.js';
import { type AirNetwork, DEFAULT_AIR } from '../../../../src/virtual-board/radio/air.js';
import { Radio } from '../../../../src/virtual-board/radio/radio.js';

export const PROMPT = '>>> ';
/** For `describe.each`: what holds on one version has to hold on all. */
export const VERSIONS = RUNTIMES.map(({ version }) => version);

export function dateOf(version: string): string {
  return RUNTIMES.find((one) => one.version === version)?.buildDate ?? '';
}

const DEADLINE_MS = 30_000;
const MAC = [0x2c, 0xf4, 0x32, 0x78, 0xd0, 0xc1];

interface BoardChanges extends Partial<InterpreterContext> {
  readonly air?: readonly AirNetwork[];
  /** How long it takes to join a network. */
  readonly joinMs?: number;
  /** Files that are on the board before its first start, which sets up no filesystem then. */
  readonly firstFiles?: Readonly<Record<string, string>>;
}

/** A board whose power can be cut and restored; its files and its SDK's memory stay. */
export class RunningBoard implements AsyncDisposable {
  readonly state = mkdtempSync(join(tmpdir(), 'esp-portal-interpreter-'));
  readonly files = join(this.state, 'files');
  /** Addresses of the board's ports. */
  readonly notices: string[] = [];
  readonly messages: string[] = [];
  resets = 0;
  /** Rates that the chip's UART was set to, and whether what was not sent yet was dropped. */
  readonly rates: [baudRate: number, dropsUnsent: boolean][] = [];
  /** From the next `connect()` on. */
  joinMs: number;
  /** Called while the chip transmits, before the program that prints goes on. */
  onTransmit: () => void = () => {};
  received = '';
  readonly radio: Radio;
  readonly #changes: Partial<InterpreterContext>;
  #interpreter: Interpreter;
  #wake: () => void = () => {};

  constructor({ firstFiles, ...changes }: BoardChanges = {}) {
    this.#changes = changes;
    if (firstFiles) mkdirSync(this.files);
    for (const [name, text] of Object.entries(firstFiles ?? {})) writeFileSync(join(this.files, name), text);
    this.joinMs = changes.joinMs ?? 20;
    const joinMs = () => this.joinMs;
    this.radio = new Radio({
      ...(changes.chip ? { chip: changes.chip } : {}),
      air: changes.air ?? DEFAULT_AIR,
      mac: MAC,
      sdkFile: join(this.state, 'sdk.json'),
      get joinMs() {
        return joinMs();
      },
    });
    this.#interpreter = this.#start();
  }

  send(text: string): void {
    this.#interpreter.receive(Buffer.from(text, 'latin1'));
  }

  /** Resolves to all output up to and with `text`, and forgets it. */
  async until(text: string): Promise<string> {
    await this.#eventually(() => this.received.includes(text), `waiting for ${JSON.stringify(text)}`);
    const end = this.received.indexOf(text) + text.length;
    const seen = this.received.slice(0, end);
    this.received = this.received.slice(end);
    return seen;
  }

  /** Runs one line at the friendly prompt. @returns what it printed */
  async run(line: string): Promise<string> {
    this.send(`${line}\r`);
    await this.until('\r\n');
    return (await this.until(PROMPT)).slice(0, -PROMPT.length);
  }

  /** Runs code in the raw REPL, which has been entered. */
  async exec(code: string): Promise<{ out: string; error: string }> {
    this.send(`${code}\x04`);
    await this.until('OK');
    const out = (await this.until('\x04')).slice(0, -1);
    const error = (await this.until('\x04>')).slice(0, -2);
    return { out, error };
  }

  async enterRaw(): Promise<void> {
    this.send('\r\x01');
    await this.until('raw REPL; CTRL-B to exit\r\n>');
  }

  async resetRequested(): Promise<void> {
    await this.#eventually(() => this.resets > 0, 'waiting for a reset');
  }

  /** Resolves to the address under which a port of the board was announced. */
  async url(start: string): Promise<URL> {
    await this.#eventually(() => this.notices.some((url) => url.startsWith(start)), `waiting for ${start}`);
    return new URL(this.notices.find((url) => url.startsWith(start)) ?? '');
  }

  /** Resolves when the board has said something that contains `text`. */
  async message(text: string): Promise<void> {
    await this.#eventually(() => this.messages.some((one) => one.includes(text)), `waiting for ${text}`);
  }

  async powerCycle(): Promise<void> {
    await this.#interpreter.stop();
    this.received = '';
    this.notices.length = 0;
    this.#interpreter = this.#start();
  }

  stop(): Promise<void> {
    return this.#interpreter.stop();
  }

  /** Runs code that must succeed, in the raw REPL. @returns what it printed */
  async output(code: string): Promise<string> {
    const { out, error } = await this.exec(code);
    if (error !== '') throw new Error(`${error}\nof ${code}`);
    return out;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  #start(): Interpreter {
    return new Interpreter({
      uart: {
        transmit: (bytes) => {
          this.received += Buffer.from(bytes).toString('latin1');
          this.onTransmit();
          this.#wake();
        },
        setBaudRate: () => {},
        switchBaudRate: (rate, dropsUnsent) => {
          this.rates.push([rate, dropsUnsent]);
        },
        drained: () => Promise.resolve(),
      },
      version: '1.27.0',
      resetCause: 0,
      requestReset: () => {
        this.resets += 1;
        this.#wake();
      },
      files: { folder: this.files, capacityBytes: 256 * 1024 },
      flashSizeBytes: 4 * 1024 * 1024,
      mac: MAC,
      radio: this.radio,
      httpPort: 0,
      dnsPort: 0,
      speed: 'max',
      onNotice: (notice) => {
        this.messages.push(notice.message);
        if (notice.url !== undefined) this.notices.push(notice.url);
        this.#wake();
      },
      ...this.#changes,
    });
  }

  async #eventually(condition: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!condition()) {
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw new Error(`${what}; received so far: ${JSON.stringify(this.received)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** One board in its raw REPL for all tests of a suite: for those that leave nothing behind that others would notice. */
export function sharedBoard(changes: BoardChanges = {}): () => RunningBoard {
  let board: RunningBoard | undefined;
  beforeAll(async () => {
    board = await atRawPrompt(changes);
  });
  afterAll(() => board?.[Symbol.asyncDispose]());
  return () => board ?? expect.unreachable();
}

/** A board that has started and is in its raw REPL. */
export async function atRawPrompt(changes: BoardChanges = {}): Promise<RunningBoard> {
  const board = new RunningBoard(changes);
  await board.until(PROMPT);
  await board.enterRaw();
  return board;
}
