// Peers that ask without end and do not read the answers: memory stays bounded.

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TelnetPort } from '../../../../src/port/rfc2217/client.js';
import { comPortCommand } from '../../../../src/port/rfc2217/codec.js';
import { TelnetClient } from '../../../../src/port/rfc2217/served-client.js';
import { FakePort } from '../../../support/fake-port.js';

const WILL_COM_PORT = Buffer.from([255, 251, 44]);
/** DO TERMINAL-TYPE, which is refused each time. */
const QUESTION = Buffer.from([255, 253, 24]);
const COMMAND = comPortCommand(7, [1]);
const HIGH_WATER_MARK = 16;

/** A socket whose other end sends questions and reads an answer only in `readAnswer`. */
class PeerThatAsks extends Duplex {
  readonly #take: (() => void)[] = [];
  readonly question: Uint8Array;
  readonly limit: number;
  asked = 0;

  constructor(question: Uint8Array, limit: number) {
    super({ highWaterMark: HIGH_WATER_MARK });
    this.question = question;
    this.limit = limit;
  }

  override _read(): void {
    setImmediate(() => this.push(this.asked++ < this.limit ? this.question : null));
  }

  override _write(_bytes: Uint8Array, _encoding: unknown, done: () => void): void {
    this.#take.push(done);
  }

  readAnswer(): void {
    this.#take.shift()?.();
  }
}

/** Each starts on a socket, and returns what ends it. */
const ENDS = [
  (socket: Socket) => {
    const client = new TelnetClient(socket, new FakePort());
    void client.serve();
    return () => client.close();
  },
  (socket: Socket) => {
    new TelnetPort(socket, { path: 'rfc2217://127.0.0.1:1', baudRate: 115200 }, 0);
    return () => void socket.destroy();
  },
] as const;
const [served, server] = ENDS;

test.each([
  ['a client of simulate', 'options', QUESTION, served],
  ['a client of simulate', 'commands', COMMAND, served],
  ['a server', 'options', QUESTION, server],
] as const)(
  '%s that asks for %s and does not read the answers is not read either',
  async (...[, , bytes, start]) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); // the negotiation's
    onTestFinished(() => void vi.useRealTimers());
    const peer = new PeerThatAsks(bytes, 500);
    peer.unshift(WILL_COM_PORT);
    const stop = start(peer as unknown as Socket);
    for (let turn = 0; turn < 2000; turn++) await nextTurn();
    expect(peer.writableLength).toBeLessThan(4 * HIGH_WATER_MARK);
    expect(peer.asked).toBeLessThan(100);
    for (let turn = 0; turn < 100_000 && peer.asked <= peer.limit; turn++) {
      peer.readAnswer();
      await nextTurn();
    }
    expect(peer.asked).toBeGreaterThan(peer.limit);
    stop();
  },
);
