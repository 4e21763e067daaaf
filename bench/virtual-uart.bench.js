// How fast the virtual UART really is, against ten bit times a byte.
import { RawRepl } from '../dist/micropython/raw-repl.js';
import { checkFirmware, flash } from '../dist/operations/flash/flash.js';
import { openPort } from '../dist/port/open.js';

const SECONDS = 4;

/** Yields a line for each baud rate and direction. */
export async function* bench() {
  yield await toChip(115200);
  yield await toChip(921600);
  yield await toHost();
}

async function toChip(baudRate) {
  const port = await openPort('virtual:uart', { baudRate });
  const bytes = Buffer.alloc((baudRate / 10) * SECONDS, 0x55);
  const start = performance.now();
  await port.write(bytes); // resolves when the last bit has left
  const milliseconds = performance.now() - start;
  await port[Symbol.asyncDispose]();
  return report('host to chip', baudRate, bytes.length, milliseconds);
}

/** The chip sends by its program: MicroPython's REPL, which speaks 115200 baud. */
async function toHost() {
  const port = await openPort('virtual:uart?http=0&dns=0');
  await flash(port, { firmware: checkFirmware(virtualBoard('virtual:').ownFirmware, 'own firmware') });
  const repl = await RawRepl.enter(port);
  const lines = (115200 / 10 / 1024) * SECONDS;
  const start = performance.now();
  const output = await repl.exec(`x = 'x' * 1022\nfor i in range(${lines}):\n    print(x)`, {
    timeoutMs: 60_000,
  });
  const milliseconds = performance.now() - start;
  await repl[Symbol.asyncDispose]();
  await port[Symbol.asyncDispose]();
  return report('chip to host', 115200, output.length, milliseconds);
}

function report(direction, baudRate, bytes, milliseconds) {
  const limit = (bytes * 10_000) / baudRate;
  const ratio = (milliseconds / limit).toFixed(3);
  return `${direction} at ${baudRate} baud: ${bytes} bytes in ${milliseconds.toFixed(0)} ms, ${ratio} × the wire's ${limit.toFixed(0)} ms`;
}
