// The port of one command: named by the user, chosen, or waited for.

import { PortalError } from '../errors.js';
import type { Port, PortNotice } from '../operations/ports/ports.js';
import type { PortChoice } from './context.js';
import type { Host } from './host.js';
import type { Reporter } from './report/reporter.js';
import { Exchange } from './report/serial-trace.js';

export interface PortValues {
  port?: string | undefined;
  wait?: boolean;
  json: boolean;
  /** Limits `wait`, in milliseconds. */
  timeout?: number | undefined;
}

interface RunContext {
  readonly host: Host;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** The command stays with the board: what the board serves on this computer can be used meanwhile. */
  readonly followsBoard: boolean;
}

export class CommandPort implements AsyncDisposable {
  readonly exchange = new Exchange();
  readonly #values: PortValues;
  readonly #run: RunContext;
  #port: Port | undefined;
  #opened: string | undefined;
  #localUrl: string | undefined;
  #hasResult = false;

  constructor(values: PortValues, run: RunContext) {
    this.#values = values;
    this.#run = run;
  }

  /** As given or chosen. */
  get address(): string | undefined {
    return this.#opened ?? this.#values.port;
  }

  /** Address of the board's web server on this computer, after the port's notice. */
  get localUrl(): string | undefined {
    return this.#localUrl;
  }

  /** See CommandContext. */
  async open(choice: PortChoice = {}): Promise<Port> {
    const { openPort, waitForPort } = await import('../operations/ports/ports.js');
    const { signal } = this.#run;
    const open = async () => {
      this.#opened = choice.address ?? this.#values.port ?? choice.otherwise ?? (await this.#choose());
      return openPort(this.#opened, {
        ...(choice.baudRate !== undefined && { baudRate: choice.baudRate }),
        signal,
        onNotice: (notice) => this.#notice(notice),
        onTraffic: (direction, bytes) => this.exchange.record(direction, bytes),
      });
    };
    const { wait, timeout } = this.#values;
    this.#port = wait
      ? await withinTime(timeout, signal, (limited) =>
          waitForPort(open, { signal: limited, onWait: () => sayWaiting(this.#run.reporter) }),
        )
      : await open();
    return this.#port;
  }

  /** The result is the last line: later notices are dropped. */
  endNotices(): void {
    this.#hasResult = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#port?.[Symbol.asyncDispose]();
  }

  async #choose(): Promise<string> {
    const { choosePort } = await import('./terminal/choose-port.js');
    const { stdin, stderr } = this.#run.host;
    const isInteractive = !this.#values.json && stdin.isTTY && stderr.isTTY;
    const terminal = isInteractive ? { input: stdin, output: stderr } : undefined;
    return choosePort(terminal, this.#run.signal);
  }

  #notice(notice: PortNotice): void {
    const { followsBoard, reporter } = this.#run;
    if (notice.url?.startsWith('http:')) this.#localUrl = notice.url;
    // An address that ends with the command is not worth a line.
    if (!this.#hasResult && (notice.url === undefined || followsBoard)) reporter.notice(notice);
  }
}

/** For `--wait`. */
export function sayWaiting(reporter: Reporter): void {
  const message = 'Waiting for the board to be plugged in. Ctrl-C ends it.';
  reporter.notice({ event: 'notice', message });
}

/** @throws PortalError `timeout`; what `run` throws */
async function withinTime<T>(
  timeoutMs: number | undefined,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeoutMs === undefined) return run(signal);
  const over = new AbortController();
  const message = `Timed out after ${timeoutMs / 1000} s waiting for the board to be plugged in.`;
  const timer = setTimeout(() => over.abort(new PortalError('timeout', message)), timeoutMs);
  try {
    return await run(AbortSignal.any([signal, over.signal]));
  } finally {
    clearTimeout(timer);
  }
}
