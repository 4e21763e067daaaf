// esptool-js on a SerialPortStream: its Transport with native input and output. Third-party code is the judge.
import type { SerialPortStream } from '@serialport/stream';
import { ESPLoader, Transport } from 'esptool-js';
import { setBaudRate, setLines } from './virtual-port.js';

const QUIET_MS = 20;

/** What esptool-js keeps and does for itself, under another name than its private fields have. */
export class StreamTransport extends Transport {
  readonly #stream: SerialPortStream;
  #received = Buffer.alloc(0);
  #dtr = false;

  constructor(stream: SerialPortStream) {
    super({} as ConstructorParameters<typeof Transport>[0]);
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
  }

  override getInfo = (): string => 'virtual';
  override getVid = (): undefined => undefined;
  override getPid = (): undefined => undefined;
  override trace = (): void => {};
  override async connect(baudRate = 115200): Promise<void> {
    this.baudrate = baudRate;
  }
  override async disconnect(): Promise<void> {}
  override async readLoop(): Promise<void> {}
  override peek = (): Uint8Array => this.#received;
  override flushInput = (): void => {
    this.#received = Buffer.alloc(0);
  };
  override inWaiting = (): number => this.#received.length;

  override async drainInput(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    this.flushInput();
  }

  override async setSignals(dtr = false, rts = false): Promise<void> {
    this.#dtr = dtr;
    await setLines(this.#stream, dtr, rts);
  }
  override setDTR = (dtr: boolean): Promise<void> => this.setSignals(dtr, false);
  override setRTS = (rts: boolean): Promise<void> => this.setSignals(this.#dtr, rts);

  override async changeBaudrate(baudRate: number): Promise<boolean> {
    await setBaudRate(this.#stream, baudRate);
    this.baudrate = baudRate;
    return false;
  }

  override async write(data: Uint8Array): Promise<void> {
    await this.writeRaw(this.slipWriter(data));
  }

  /** Bytes as they are, without a frame. */
  async writeRaw(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve()));
    });
  }

  /** One frame; a transport of ours so that noise before a frame is skipped, as on a real line. */
  override async read(timeoutMs: number): Promise<Uint8Array> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const frame = this.#takeFrame();
      if (frame) return frame;
      if (Date.now() >= deadline) throw new Error('No frame within the time allowed');
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  #takeFrame(): Uint8Array | undefined {
    const start = this.#received.indexOf(0xc0);
    const end = this.#received.indexOf(0xc0, start + 1);
    if (start < 0 || end < 0) return undefined;
    const raw = this.#received.subarray(start + 1, end).toString('latin1');
    this.#received = this.#received.subarray(end + 1);
    return Buffer.from(raw.replaceAll('\xdb\xdc', '\xc0').replaceAll('\xdb\xdd', '\xdb'), 'latin1');
  }
}

const SILENT = { clean: () => {}, write: () => {}, writeLine: () => {} };

/** A loader that is connected to the ROM and has told the chip. */
export async function connectLoader(
  stream: SerialPortStream,
  baudRate = 115200,
): Promise<{ loader: ESPLoader; transport: StreamTransport }> {
  const transport = new StreamTransport(stream);
  const loader = new ESPLoader({ transport, baudrate: baudRate, romBaudrate: 115200, terminal: SILENT });
  await loader.connect('default_reset', 2);
  // Tested with `!= null` in esptool-js, so that 0 selects registers which an ESP8266 does not have.
  Object.assign(loader.chip, { SPI_MOSI_DLEN_OFFS: null, SPI_MISO_DLEN_OFFS: null });
  return { loader, transport };
}
