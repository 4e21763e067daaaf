// RFC 2217 as a client: a serial port with baud rate and control lines behind a TCP connection.

import { PortalError } from '../../errors.js';
import type { SetOptions, UpdateOptions } from '../binding-types.js';
import { REFUSED_WITHIN_MS, SocketPort } from '../socket-port.js';
import {
  baudRateValue,
  CLIENT_GREETING,
  CONTROL,
  comPortCommand,
  escapeData,
  PURGE_DATA,
  SERVER_OFFSET,
  SET_BAUD_RATE,
  SET_CONTROL,
  SET_DATA_SIZE,
  SET_PARITY,
  SET_STOP_SIZE,
  TelnetDecoder,
  type TelnetPart,
} from './codec.js';

/** A server behind a slow network answers within a few round trips of 200 ms. */
const NEGOTIATE_WITHIN_MS = 3000;

/** Purges both directions at the server. */
const PURGE_BOTH = 3;

/** RFC 2217. Waits for the option, but not long for an acknowledgement: some servers send none. */
export class TelnetPort extends SocketPort {
  readonly #decoder = new TelnetDecoder(CLIENT_GREETING);
  /** WILL alone may be an echo of this client's own. */
  #negotiated: 'no' | 'will' | 'yes' = 'no';
  #isAcknowledged = false;
  #startedAt = 0;
  #lines = { dtr: undefined as boolean | undefined, rts: undefined as boolean | undefined };

  /**
   * Negotiates.
   * @throws PortalError `port-failed` if the server does not agree, `port-busy` if it closes the connection at once
   */
  override async begin(): Promise<void> {
    this.#startedAt = performance.now();
    const served = this.untilServed(NEGOTIATE_WITHIN_MS, () => this.#negotiated === 'yes');
    const negotiation = this.send(
      Buffer.concat([
        CLIENT_GREETING,
        comPortCommand(SET_BAUD_RATE, baudRateValue(this.openOptions.baudRate)),
        comPortCommand(SET_DATA_SIZE, [8]),
        comPortCommand(SET_PARITY, [1]), // none
        comPortCommand(SET_STOP_SIZE, [1]),
        comPortCommand(SET_CONTROL, [CONTROL.noFlowControl]),
        comPortCommand(PURGE_DATA, [PURGE_BOTH]),
      ]),
    );
    negotiation.catch(() => {}); // the connection is closed, which `served` reports
    await served.catch((error: unknown) => {
      throw error instanceof PortalError ? error : didNotNegotiate(this.openOptions.path, error);
    });
    if (this.#negotiated === 'no') throw didNotNegotiate(this.openOptions.path);
    // ser2net agrees with each client before it tells one that the port is in use.
    await this.untilServed(REFUSED_WITHIN_MS, () => this.#isAcknowledged);
    await negotiation;
  }

  protected override decode(bytes: Uint8Array): Uint8Array {
    const { parts, reply } = this.#decoder.push(bytes);
    for (const part of parts) this.#negotiate(part);
    if (reply.length > 0) this.answer(reply);
    return Buffer.concat(parts.map((part) => (part.kind === 'data' ? part.bytes : Buffer.of())));
  }

  #negotiate(part: TelnetPart): void {
    const { path } = this.openOptions;
    this.#isAcknowledged ||= part.kind === 'command' && part.command >= SERVER_OFFSET;
    if (part.kind === 'com-port' && !part.isAgreed) this.socket.destroy(refusesComPort(path));
    else if (this.#negotiated === 'yes' || part.kind === 'data') return;
    else if (part.kind === 'com-port') this.#negotiated = part.isDo ? 'yes' : 'will';
    else if (part.command >= SERVER_OFFSET) this.#negotiated = 'yes';
    else this.socket.destroy(didNotNegotiate(path)); // a client's command: the server echoes
    if (this.#negotiated === 'yes') {
      this.roundTripMs = Math.max(this.roundTripMs, performance.now() - this.#startedAt);
    }
  }

  protected override encode(bytes: Uint8Array): Uint8Array {
    return escapeData(bytes);
  }

  override async update({ baudRate }: UpdateOptions): Promise<void> {
    await this.send(comPortCommand(SET_BAUD_RATE, baudRateValue(baudRate)));
  }

  /** Sends only changed lines, both in one segment: otherwise the chip could reset in between. */
  override async set({ dtr = true, rts = true }: SetOptions): Promise<void> {
    const commands: Uint8Array[] = [];
    if (dtr !== this.#lines.dtr)
      commands.push(comPortCommand(SET_CONTROL, [dtr ? CONTROL.dtrOn : CONTROL.dtrOff]));
    if (rts !== this.#lines.rts)
      commands.push(comPortCommand(SET_CONTROL, [rts ? CONTROL.rtsOn : CONTROL.rtsOff]));
    this.#lines = { dtr, rts };
    // Servers may apply the changes one by one: RTS without DTR, on the way to neither, would be a reset.
    if (!dtr && !rts) commands.reverse();
    if (commands.length > 0) await this.send(Buffer.concat(commands));
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.send(comPortCommand(PURGE_DATA, [PURGE_BOTH]));
  }
}

function refusesComPort(address: string): PortalError {
  return new PortalError(
    'port-failed',
    `${address} is a Telnet server that refuses COM-PORT-OPTION (RFC 2217).`,
    {
      likelyCause: 'RFC 2217 is off in the server.',
      next: `Switch RFC 2217 on in the server, or use its raw bytes, without reset: ${address.replace('rfc2217:', 'socket:')}`,
    },
  );
}

function didNotNegotiate(address: string, cause?: unknown): PortalError {
  const { host } = new URL(address);
  return new PortalError('port-failed', `The server at ${host} did not negotiate RFC 2217.`, {
    cause,
    likelyCause: 'The server is not an RFC 2217 server: it serves plain TCP or another protocol.',
    next: `Use socket://${host} for a plain TCP port, or check that it is an RFC 2217 server: ser2net with telnet(rfc2217), or esp-portal simulate.`,
  });
}
