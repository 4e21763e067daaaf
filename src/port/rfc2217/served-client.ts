// One client of a served port: raw bytes or RFC 2217. Independent of the server.

import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { type ControlLines, type Port, restLines } from '../port.js';
import {
  baudRateValue,
  CONTROL,
  comPortCommand,
  escapeData,
  SERVER_OFFSET,
  SET_BAUD_RATE,
  SET_CONTROL,
  TelnetDecoder,
  type TelnetPart,
} from './codec.js';

/** With more bytes queued the client has to wait, as with a driver. */
const MAX_WAITING_BYTES = 4096;
/** Programs negotiate as soon as they have connected. */
const NEGOTIATE_WITHIN_MS = 5000;
/** pyserial sends one line after the other, each 50 to 100 ms after the answer to the one before. */
const PAIR_WITHIN_MS = 400;

/** Bytes as they are. */
export class RawClient {
  /** Its address, such as `127.0.0.1:50112`. */
  readonly name: string;
  protected readonly socket: Socket;
  protected readonly port: Port;
  /** Resolves when all bytes of the client are written to the board. */
  protected written: Promise<void> = Promise.resolve();
  #waitingBytes = 0;
  /** Why the server hung up, if it did. */
  refusal: string | undefined;

  constructor(socket: Socket, port: Port) {
    this.socket = socket;
    this.port = port;
    this.name = `${socket.remoteAddress}:${socket.remotePort}`;
  }

  /** Nothing more is sent to it; its bytes may still be queued for the board. */
  get isGone(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves when more can be sent: a client that does not read is not read either. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed || this.socket.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('drain', done);
      this.socket.on('close', done);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Processes the client's data in order. Resolves when the client has disconnected and all is done. */
  async serve(): Promise<void> {
    try {
      for await (const bytes of this.socket) await this.take(bytes);
    } catch {
      this.close(); // the client or the port is gone: the reader of the port reports which
    }
    await this.leave();
  }

  protected async take(bytes: Uint8Array): Promise<void> {
    await this.write(bytes);
  }

  /** Clears all state for the next client. */
  protected async leave(): Promise<void> {
    await this.written.catch(() => {});
  }

  /** Limit of queued bytes: enough to keep the line busy. */
  protected async write(bytes: Uint8Array): Promise<void> {
    this.#waitingBytes += bytes.length;
    this.written = this.port.write(bytes).finally(() => {
      this.#waitingBytes -= bytes.length;
    });
    this.written.catch(() => {}); // the next await reports it
    if (this.#waitingBytes > MAX_WAITING_BYTES) await this.written;
  }
}

/** RFC 2217: a baud rate applies to the bytes after it. Before the negotiation the client has no access to the board. */
export class TelnetClient extends RawClient {
  readonly #decoder = new TelnetDecoder(Buffer.of());
  readonly #usualBaudRate: number;
  readonly #negotiationTimer: NodeJS.Timeout;
  #isAgreed = false;
  #lines: ControlLines = { dtr: false, rts: false };
  /** DTR is to be asserted together with the change of RTS that follows, or alone after this. */
  #pairing: AbortController | undefined;
  #paired: Promise<void> = Promise.resolve();

  constructor(socket: Socket, port: Port) {
    super(socket, port);
    this.#usualBaudRate = port.baudRate;
    this.#negotiationTimer = setTimeout(
      () => this.#refuse('did not negotiate RFC 2217'),
      NEGOTIATE_WITHIN_MS,
    );
  }

  override async send(bytes: Uint8Array): Promise<void> {
    if (this.#isAgreed) await super.send(escapeData(bytes));
  }

  protected override async take(bytes: Uint8Array): Promise<void> {
    const { parts, reply } = this.#decoder.push(bytes);
    if (reply.length > 0) await super.send(reply);
    for (const step of toSteps(parts)) {
      if (this.socket.destroyed) return;
      await this.#apply(step);
    }
  }

  protected override async leave(): Promise<void> {
    clearTimeout(this.#negotiationTimer);
    this.#pairing?.abort();
    await this.#paired;
    await super.leave();
    try {
      if (this.#lines.dtr || this.#lines.rts) await this.port.setLines(restLines(this.port));
      if (this.port.baudRate !== this.#usualBaudRate) await this.port.setBaudRate(this.#usualBaudRate);
    } catch {
      // The port is gone: its reader reports that.
    }
  }

  /** A web page can make a browser send bytes to any port of this computer, but not these. */
  #refuse(refusal: string): void {
    this.refusal = refusal;
    this.close();
  }

  async #apply(step: ServedStep): Promise<void> {
    if (step.kind === 'com-port') {
      this.#isAgreed = step.isAgreed;
      clearTimeout(this.#negotiationTimer);
      return;
    }
    if (!this.#isAgreed) {
      this.#refuse('sent data before it had negotiated RFC 2217');
      return;
    }
    if (step.kind === 'lines') {
      await this.written;
      await this.#changeLines(step.controls);
      return;
    }
    await this.#endPairing();
    if (step.kind === 'data') return this.write(step.bytes);
    await this.written;
    await this.#command(step.command, step.value);
  }

  async #changeLines(controls: readonly number[]): Promise<void> {
    const before = this.#lines;
    let { dtr, rts } = before;
    for (const control of controls) {
      if (isDtr(control)) dtr = control === CONTROL.dtrOn;
      else rts = control === CONTROL.rtsOn;
    }
    this.#lines = { dtr, rts };
    const isPaired = this.#pairing !== undefined && before.rts && !rts;
    if (isPaired) this.#dropPairing();
    else await this.#endPairing();
    // EN is low and GPIO0 is to be pulled: that change alone would release EN first, and the chip would boot from flash.
    if (!isPaired && before.rts && rts && !before.dtr && dtr) this.#startPairing();
    else await this.port.setLines({ dtr, rts });
    for (const control of controls) await this.#acknowledge(SET_CONTROL, Uint8Array.of(control));
  }

  #startPairing(): void {
    const pairing = new AbortController();
    const lines = this.#lines;
    this.#pairing = pairing;
    this.#paired = wait(PAIR_WITHIN_MS, undefined, { signal: pairing.signal })
      .catch(() => {})
      .then(async () => {
        if (pairing.signal.reason !== 'dropped') await this.port.setLines(lines);
        if (this.#pairing === pairing) this.#pairing = undefined;
      })
      .catch(() => {}); // the port is gone
  }

  /** What came next was no change of RTS: DTR alone, now. */
  async #endPairing(): Promise<void> {
    this.#pairing?.abort();
    await this.#paired;
  }

  #dropPairing(): void {
    this.#pairing?.abort('dropped');
    this.#pairing = undefined;
  }

  async #command(command: number, value: Uint8Array): Promise<void> {
    if (command === SET_BAUD_RATE && value.length === 4) {
      const asked = Buffer.from(value).readUInt32BE();
      if (asked > 0) await this.port.setBaudRate(asked); // 0 queries the current rate
      await this.#acknowledge(command, baudRateValue(this.port.baudRate));
    } else {
      await this.#acknowledge(command, value);
    }
  }

  async #acknowledge(command: number, value: Uint8Array): Promise<void> {
    await super.send(comPortCommand(command + SERVER_OFFSET, value));
  }
}

/** What is done for a client at once: line changes that came together are one step. */
type ServedStep = TelnetPart | { readonly kind: 'lines'; readonly controls: number[] };

const LINE_CONTROLS: readonly number[] = [CONTROL.dtrOn, CONTROL.dtrOff, CONTROL.rtsOn, CONTROL.rtsOff];

/**
 * Joins a change of DTR and one of RTS that came together: otherwise the chip would reset between them. A
 * second change of the same line is a separate step.
 */
function toSteps(parts: readonly TelnetPart[]): ServedStep[] {
  const steps: ServedStep[] = [];
  for (const part of parts) {
    const control = part.kind === 'command' && part.command === SET_CONTROL ? part.value[0] : undefined;
    const last = steps.at(-1);
    if (control === undefined || !LINE_CONTROLS.includes(control)) steps.push(part);
    else if (last?.kind === 'lines' && !last.controls.some((other) => isDtr(other) === isDtr(control))) {
      last.controls.push(control);
    } else steps.push({ kind: 'lines', controls: [control] });
  }
  return steps;
}

function isDtr(control: number): boolean {
  return control === CONTROL.dtrOn || control === CONTROL.dtrOff;
}
