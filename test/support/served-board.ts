// A virtual board that this process serves over RFC 2217, or by its bytes alone: without reset lines.

import type { AddressInfo } from 'node:net';
import { openPort, type PortNotice, servePort } from 'esp-portal';

/**
 * @param onClient called when a client has connected
 * @returns its TCP port, until disposed
 */
export async function serveBoard(
  address: string,
  onClient: () => void = () => {},
  protocol: 'rfc2217' | 'raw' = 'rfc2217',
): Promise<AsyncDisposable & { tcpPort: number; url: string; webUrl: string | undefined }> {
  let webUrl: string | undefined;
  const onNotice = ({ url }: PortNotice) => {
    if (url?.startsWith('http:')) webUrl = url;
  };
  const board = await openPort(address, { onNotice });
  const stop = new AbortController();
  let serving: Promise<void> = Promise.resolve();
  const listening = await new Promise<AddressInfo | undefined>((resolve, reject) => {
    serving = servePort(board, {
      protocol,
      at: { host: '127.0.0.1', port: 0 },
      signal: stop.signal,
      onListening: resolve,
      onClient: (_client, isConnected) => isConnected && onClient(),
    });
    serving.catch(reject);
  });
  const tcpPort = listening?.port ?? 0;
  return {
    tcpPort,
    url: `${protocol === 'raw' ? 'socket' : protocol}://127.0.0.1:${tcpPort}`,
    /** Where the board's web server was last reached. */
    get webUrl() {
      return webUrl;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await serving;
      await board[Symbol.asyncDispose]();
    },
  };
}
