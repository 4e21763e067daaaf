// The functions behind the shim `socket` and `select`. They block here, in the worker, where Ctrl-C ends them.

import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../sockets/board-socket.js';
import type { Keyboard } from '../console/keyboard.js';
import { EAGAIN } from '../errno.js';
import type { CallHost } from './call-host.js';
import { hostFunction } from './host-channel.js';

const ETIMEDOUT = 110;
/** Ctrl-C came: the shim raises KeyboardInterrupt. No errno is that large. */
export const INTERRUPTED = -1000;
/** The id of `sys.stdin` in a poll. */
const STDIN = -1;

/** @param timeoutMs in each function: below zero waits without limit, zero does not wait */
export function socketFunctions(call: CallHost, keyboard: Keyboard) {
  let remotePort = 0;
  const block = <T>(attempt: () => T | number, timeoutMs: number) =>
    waitForResult(keyboard, attempt, timeoutMs);
  return {
    socket_open: hostFunction(['number'], (isTcp) => call('openSocket', isTcp ? 'tcp' : 'udp')),
    socket_bind: hostFunction(['number', 'number'], (id, port) => call('bind', id, port)),
    socket_listen: hostFunction(['number', 'number'], (id, backlog) => call('listen', id, backlog)),
    socket_close: hostFunction(['number'], (id) => call('close', id)),
    socket_remote_port: hostFunction([], () => remotePort),
    socket_remote_address: hostFunction([], () => call('clientAddress')),
    socket_accept: hostFunction(['number', 'number'], (id, timeoutMs) => {
      const accepted = block(() => call('accept', id), timeoutMs);
      if (typeof accepted === 'number') return accepted;
      remotePort = accepted.port;
      return accepted.id;
    }),
    socket_receive: hostFunction(
      ['number', 'number', 'number', 'number'],
      (id, maxBytes, peek, timeoutMs) => {
        const received = block(() => call('receive', id, maxBytes, peek !== 0), timeoutMs);
        if (typeof received === 'number') return received;
        remotePort = received.port;
        return received.bytes;
      },
    ),
    socket_send: hostFunction(['number', 'bytes', 'number'], (id, bytes, timeoutMs) =>
      bytes.length === 0 ? 0 : block(() => call('send', id, bytes), timeoutMs),
    ),
    socket_send_to: hostFunction(['number', 'bytes', 'number'], (id, bytes, port) =>
      call('sendTo', id, bytes, port),
    ),
    poll: hostFunction(['text', 'number'], (watched, timeoutMs) => poll(watched, timeoutMs, call, keyboard)),
  };
}

/**
 * @param watched JSON: a list of [id, events]
 * @returns JSON: a list of [index, events], or INTERRUPTED
 */
function poll(watched: string, timeoutMs: number, call: CallHost, keyboard: Keyboard): string | number {
  const pairs: [id: number, events: number][] = JSON.parse(watched);
  const ready = keyboard.waitFor(() => pollOnce(pairs, call, keyboard), forever(timeoutMs));
  if (ready === 'interrupted') return INTERRUPTED;
  return JSON.stringify(ready === 'timeout' ? [] : ready);
}

/** Tries again while nothing is there. */
function waitForResult<T>(keyboard: Keyboard, attempt: () => T | number, timeoutMs: number): T | number {
  const result = keyboard.waitFor(() => {
    const outcome = attempt();
    return outcome === -EAGAIN ? undefined : outcome;
  }, forever(timeoutMs));
  if (result === 'interrupted') return INTERRUPTED;
  return result === 'timeout' ? -(timeoutMs === 0 ? EAGAIN : ETIMEDOUT) : result;
}

function pollOnce(
  watched: readonly (readonly [id: number, events: number])[],
  call: CallHost,
  keyboard: Keyboard,
): [index: number, events: number][] | undefined {
  const sockets = watched.map(([id]) => id).filter((id) => id !== STDIN);
  const states = sockets.length > 0 ? call('poll', sockets) : [];
  const ready: [number, number][] = [];
  watched.forEach(([id, events], index) => {
    const state = id === STDIN ? (keyboard.hasByte ? POLLIN : 0) | POLLOUT : (states.shift() ?? 0);
    const result = state & (events | POLLERR | POLLHUP);
    if (result !== 0) ready.push([index, result]);
  });
  return ready.length > 0 ? ready : undefined;
}

function forever(timeoutMs: number): number {
  return timeoutMs < 0 ? Number.POSITIVE_INFINITY : timeoutMs;
}
