// The worker's side of a call to the main thread: waits for the result without an event loop.

import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { SharedMemory } from '../shared-memory.js';
import type { HostCalls, Reply, ToHost } from '../worker-messages.js';

/** Calls a function of the main thread and returns its result. */
export type CallHost = <K extends keyof HostCalls>(
  name: K,
  ...args: Parameters<HostCalls[K]>
) => Awaited<ReturnType<HostCalls[K]>>;

/** @param post sends a message to the main thread */
export function createCallHost(
  memory: SharedMemory,
  replies: MessagePort,
  post: (message: ToHost) => void,
): CallHost {
  return (name, ...args) => {
    post({ kind: 'call', name, args });
    for (;;) {
      const replyCount = memory.replyCount;
      const received = receiveMessageOnPort(replies) as { message: Reply } | undefined;
      if (received) {
        if ('error' in received.message) throw new Error(`${name}: ${received.message.error}`);
        // The other side answers with the return value of the function of that name.
        return received.message.value as Awaited<ReturnType<HostCalls[typeof name]>>;
      }
      memory.waitForReply(replyCount);
    }
  };
}
