// Telnet with the COM port option: RFC 854, RFC 856 (binary), RFC 2217. Pure: bytes in, events and bytes out.
// Serves both ends: a client's and a server's subnegotiations differ by 100.

const IAC = 255;
const SE = 240;
const SB = 250;
const WILL = 251;
const WONT = 252;
const DO = 253;
const DONT = 254;

/** Telnet options that a serial line needs. */
const BINARY = 0;
const SUPPRESS_GO_AHEAD = 3;
const COM_PORT = 44;
const SUPPORTED: ReadonlySet<number> = new Set([BINARY, SUPPRESS_GO_AHEAD, COM_PORT]);

/** Subnegotiations of the COM port option, as a client sends them; a server answers with 100 more. */
export const SET_BAUD_RATE = 1;
export const SET_DATA_SIZE = 2;
export const SET_PARITY = 3;
export const SET_STOP_SIZE = 4;
export const SET_CONTROL = 5;
export const PURGE_DATA = 12;
export const SERVER_OFFSET = 100;

/** Values of SET_CONTROL. */
export const CONTROL = { noFlowControl: 1, dtrOn: 8, dtrOff: 9, rtsOn: 11, rtsOff: 12 } as const;

/** A longer subnegotiation than any of the RFC's is cut: the peer uses another protocol. */
const MAX_SUBNEGOTIATION_BYTES = 64;

/** A piece of a stream: bytes of the serial line, a COM port subnegotiation, or the peer's consent to these (DO, WILL). */
export type TelnetPart =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'command'; readonly command: number; readonly value: Uint8Array }
  | { readonly kind: 'com-port'; readonly isAgreed: boolean; readonly isDo: boolean };

export interface TelnetInput {
  /** In the order of arrival: a baud rate applies to the bytes after it. */
  readonly parts: readonly TelnetPart[];
  /** What has to be sent back. */
  readonly reply: Uint8Array;
}

/** Parses a Telnet stream, in pieces of any size. */
export class TelnetDecoder {
  #state: 'data' | 'iac' | 'verb' | 'subnegotiation' | 'subnegotiation-iac' = 'data';
  #verb = 0;
  #subnegotiation: number[] = [];
  /** Of the bytes that are being parsed. */
  #parts: TelnetPart[] = [];
  #data: number[] = [];
  #reply: number[] = [];
  /** Options that were agreed to, so that an acknowledgement is not acknowledged again. */
  readonly #agreed = new Set<string>();

  /** @param offered options that this end has requested or offered */
  constructor(offered: Uint8Array) {
    for (let at = 0; at + 2 < offered.length; at += 3) {
      this.#agreed.add(`${offered[at + 1] === WILL ? 'us' : 'them'} ${offered[at + 2]}`);
    }
  }

  push(bytes: Uint8Array): TelnetInput {
    this.#parts = [];
    this.#reply = [];
    for (const byte of bytes) this.#take(byte);
    this.#endData();
    return { parts: this.#parts, reply: Uint8Array.from(this.#reply) };
  }

  #take(byte: number): void {
    switch (this.#state) {
      case 'data':
        if (byte === IAC) this.#state = 'iac';
        else this.#data.push(byte);
        break;
      case 'iac':
        if (byte === IAC) this.#data.push(byte);
        this.#state = byte === SB ? 'subnegotiation' : byte >= WILL && byte <= DONT ? 'verb' : 'data';
        this.#verb = byte;
        this.#subnegotiation = [];
        break;
      case 'verb':
        this.#negotiate(this.#verb, byte);
        this.#state = 'data';
        break;
      case 'subnegotiation':
        if (byte === IAC) this.#state = 'subnegotiation-iac';
        else this.#collect(byte);
        break;
      case 'subnegotiation-iac':
        if (byte === IAC) this.#collect(byte);
        else if (byte === SE) this.#endSubnegotiation();
        this.#state = byte === IAC ? 'subnegotiation' : 'data';
        break;
    }
  }

  #endData(): void {
    if (this.#data.length > 0) this.#parts.push({ kind: 'data', bytes: Uint8Array.from(this.#data) });
    this.#data = [];
  }

  #negotiate(verb: number, option: number): void {
    this.#reply.push(...this.#answer(verb, option));
    if (option !== COM_PORT) return;
    this.#endData();
    this.#parts.push({ kind: 'com-port', isAgreed: verb === DO || verb === WILL, isDo: verb === DO });
  }

  #endSubnegotiation(): void {
    const [option, command, ...value] = this.#subnegotiation;
    if (option !== COM_PORT || command === undefined) return;
    this.#endData();
    this.#parts.push({ kind: 'command', command, value: Uint8Array.from(value) });
  }

  #collect(byte: number): void {
    if (this.#subnegotiation.length < MAX_SUBNEGOTIATION_BYTES) this.#subnegotiation.push(byte);
  }

  /** RFC 854: agree once to what is supported, refuse the rest, never answer an answer. */
  #answer(verb: number, option: number): number[] {
    const asked = verb === DO || verb === DONT; // concerns this end; WILL and WONT concern the peer
    const key = `${asked ? 'us' : 'them'} ${option}`;
    if (verb === DONT || verb === WONT) {
      return this.#agreed.delete(key) ? [IAC, asked ? WONT : DONT, option] : [];
    }
    if (this.#agreed.has(key)) return [];
    if (!SUPPORTED.has(option)) return [IAC, asked ? WONT : DONT, option];
    this.#agreed.add(key);
    return [IAC, asked ? WILL : DO, option];
  }
}

/** The client's first negotiation. */
export const CLIENT_GREETING = Uint8Array.from(
  [
    [WILL, BINARY],
    [DO, BINARY],
    [WILL, SUPPRESS_GO_AHEAD],
    [DO, SUPPRESS_GO_AHEAD],
    [WILL, COM_PORT],
  ].flatMap((words) => [IAC, ...words]),
);

/** Doubles every 0xFF, which would begin a command. */
export function escapeData(data: Uint8Array): Uint8Array {
  if (!data.includes(IAC)) return data;
  const escaped = new Uint8Array(2 * data.length);
  let length = 0;
  for (const byte of data) {
    escaped[length++] = byte;
    if (byte === IAC) escaped[length++] = IAC;
  }
  return escaped.subarray(0, length);
}

/** A COM port subnegotiation. */
export function comPortCommand(command: number, value: Uint8Array | readonly number[]): Uint8Array {
  return Uint8Array.of(IAC, SB, COM_PORT, command, ...escapeData(Uint8Array.from(value)), IAC, SE);
}

/** SET_BAUD_RATE's value: 32 bits, most significant byte first. */
export function baudRateValue(baudRate: number): Uint8Array {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(baudRate);
  return value;
}
