// The process of a virtual board: one board, one port, one pipe to the process that opened it. It ends with the pipe.

import { once } from 'node:events';
import { Socket } from 'node:net';
import type { VirtualBinding } from '../binding.js';
import { assumeInstalled } from '../interpreter/runtime/runtimes.js';
import { wholeBoardBinding } from '../whole-board.js';
import { encodeFrame, FrameReader } from './frames.js';
import { PIPE_FD } from './launch.js';
import type { BoardCall, BoardError, FromBoard, ToBoard } from './pipe-messages.js';

type OpenBoard = Awaited<ReturnType<VirtualBinding['open']>>;

const pipe = new Socket({ fd: PIPE_FD, readable: true, writable: true });
const reader = new FrameReader();
let board: OpenBoard | undefined;

// Neither a socket nor a busy program may keep an unused board running.
pipe.once('close', () => process.exit());
pipe.on('error', () => {}); // 'close' follows
// It is the opener that Ctrl-C is for.
process.on('SIGINT', () => {});

pipe.on('data', (piece) => {
  // Each on its own: a write that waits keeps no line change from taking place.
  for (const { message, bytes } of reader.push(piece)) void answer(message as ToBoard, bytes);
});

function send(message: FromBoard, bytes?: Uint8Array): boolean {
  return pipe.write(encodeFrame(message, bytes));
}

async function answer(call: ToBoard, bytes: Uint8Array): Promise<void> {
  const { id } = call;
  try {
    await perform(call, bytes);
    send({ kind: 'done', id });
  } catch (error) {
    send({ kind: 'failed', id, error: inPlainData(error) });
  }
}

async function perform(call: BoardCall, bytes: Uint8Array): Promise<void> {
  if (call.kind === 'open') {
    board = await open(call);
    void passOn(board);
    return;
  }
  if (board === undefined) throw new Error('Port is not open');
  switch (call.kind) {
    case 'write':
      return board.write(Buffer.from(bytes));
    case 'update':
      return board.update({ baudRate: call.baudRate });
    case 'set':
      return board.set({ dtr: call.dtr, rts: call.rts });
    case 'flush':
      return board.flush();
    case 'drain':
      return board.drain();
    case 'close':
      return board.close();
  }
}

function open(call: Extract<BoardCall, { kind: 'open' }>): Promise<OpenBoard> {
  assumeInstalled(call.runtimes);
  const binding = wholeBoardBinding({
    ...call,
    onNotice: (notice) => send({ kind: 'notice', notice }),
    onUsbDevice: (device) => send({ kind: 'usb', device }),
  });
  return binding.open({ path: call.address, baudRate: call.baudRate, hupcl: call.hupcl });
}

/** Hands over what the board sends, no faster than it is taken. */
async function passOn(port: OpenBoard): Promise<void> {
  const buffer = Buffer.alloc(16 * 1024);
  try {
    for (;;) {
      const { bytesRead } = await port.read(buffer, 0, buffer.length);
      if (!send({ kind: 'received' }, buffer.subarray(0, bytesRead))) await once(pipe, 'drain');
    }
  } catch (error) {
    send({ kind: 'lost', error: inPlainData(error) });
  }
}

function inPlainData(error: unknown): BoardError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, code, processId } = error as Error & { code?: string; processId?: number };
  return { message, code, processId };
}
