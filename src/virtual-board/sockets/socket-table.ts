// The virtual board's sockets by number, as its programs open and close them. On the main thread.

import { EADDRINUSE, EBADF, EINVAL, ENOMEM, ENOTCONN, EOPNOTSUPP } from '../interpreter/errno.js';
import type { Accepted, Datagram } from '../interpreter/worker-messages.js';
import { type BoardSocket, NewSocket, POLLERR } from './board-socket.js';
import { type HostPortsOptions, openOnHostPort } from './host-ports.js';
import type { SocketLimits } from './limits.js';
import { TcpConnection } from './tcp-connection.js';
import { TcpListener } from './tcp-listener.js';
import { UdpSocket } from './udp-socket.js';

export interface SocketTableOptions extends HostPortsOptions {
  /** Called when a program that waits for a socket should look again. */
  readonly onChange: () => void;
  readonly limits: SocketLimits;
  /** Whether a packet to or from the board arrives; without a network none does. */
  readonly carries: () => boolean;
}

export class SocketTable {
  readonly #options: SocketTableOptions;
  readonly #sockets = new Map<number, BoardSocket>();
  /** Closed by the program, with bytes still on their way. */
  readonly #closing = new Set<TcpConnection>();
  #lastId = 0;

  constructor(options: SocketTableOptions) {
    this.#options = options;
  }

  openSocket(kind: 'tcp' | 'udp'): number {
    return this.#add(new NewSocket(kind, kind === 'tcp' ? ENOTCONN : EINVAL));
  }

  /** A TCP port opens when the program listens, a UDP port at once. */
  async bind(id: number, port: number): Promise<number> {
    const socket = this.#sockets.get(id);
    if (!(socket instanceof NewSocket)) return socket ? -EINVAL : -EBADF;
    socket.boardPort = port;
    return socket.kind === 'udp' ? this.#bindUdp(id, port) : 0;
  }

  async listen(id: number, backlog: number): Promise<number> {
    const socket = this.#sockets.get(id);
    if (!(socket instanceof NewSocket)) return socket ? -EINVAL : -EBADF;
    if (socket.kind === 'udp') return -EOPNOTSUPP;
    const { limits, carries, onChange } = this.#options;
    if (this.#count(TcpListener) >= limits.listeners) return -ENOMEM;
    const listener = new TcpListener({
      backlog,
      carries,
      hasMemory: () => this.#connectionCount() < limits.connections,
      resetsOverBacklog: limits.resetsOverBacklog,
      sendBufferBytes: limits.sendBufferBytes,
      onChange,
    });
    this.#sockets.set(id, listener);
    return this.#openPort(id, 'tcp', socket.boardPort, (port) => listener.open(port));
  }

  accept(id: number): Accepted | number {
    const listener = this.#sockets.get(id);
    if (!(listener instanceof TcpListener)) return listener ? -EINVAL : -EBADF;
    const connection = listener.accept();
    if (typeof connection === 'number') return connection;
    return { id: this.#add(connection), port: connection.remotePort };
  }

  receive(id: number, maxBytes: number, peek: boolean): Datagram | number {
    return this.#sockets.get(id)?.receive(maxBytes, peek) ?? -EBADF;
  }

  send(id: number, bytes: Uint8Array): number {
    return this.#sockets.get(id)?.send(bytes) ?? -EBADF;
  }

  async sendTo(id: number, bytes: Uint8Array, port: number): Promise<number> {
    if (this.#sockets.get(id) instanceof NewSocket) {
      const bound = await this.bind(id, 0);
      if (bound < 0) return bound;
    }
    const socket = this.#sockets.get(id);
    if (socket instanceof UdpSocket)
      return this.#options.carries() ? socket.sendTo(bytes, port) : bytes.length;
    return socket ? -EOPNOTSUPP : -EBADF;
  }

  poll(ids: readonly number[]): number[] {
    return ids.map((id) => this.#sockets.get(id)?.poll() ?? POLLERR);
  }

  close(id: number): void {
    const socket = this.#sockets.get(id);
    this.#sockets.delete(id);
    socket?.close();
    if (socket instanceof TcpConnection) this.#closing.add(socket);
    for (const one of this.#closing) if (one.isGone) this.#closing.delete(one);
  }

  closeAll(): void {
    for (const id of [...this.#sockets.keys()]) this.close(id);
  }

  /** The clients left the network: connections are reset, listeners stay. */
  dropClients(): void {
    for (const socket of this.#sockets.values()) {
      if (socket instanceof TcpConnection) socket.cutOff();
      if (socket instanceof TcpListener) socket.cutOffWaiting();
    }
    for (const socket of this.#closing) socket.cutOff();
    this.#options.onChange();
  }

  /** As a hard reset does: no socket survives it. */
  destroyAll(): void {
    for (const socket of [...this.#sockets.values(), ...this.#closing]) socket.destroy();
    this.#sockets.clear();
    this.#closing.clear();
  }

  async #bindUdp(id: number, port: number): Promise<number> {
    const { limits, carries, onChange } = this.#options;
    if (this.#count(UdpSocket) >= limits.udpSockets) return -ENOMEM;
    const socket = new UdpSocket({ queueLength: limits.datagrams, accepts: carries, onChange });
    this.#sockets.set(id, socket);
    return this.#openPort(id, 'udp', port, (hostPort) => socket.open(hostPort));
  }

  /** @returns 0, or why not; a socket that was closed by a reset meanwhile does not stay open */
  async #openPort(
    id: number,
    transport: 'tcp' | 'udp',
    boardPort: number,
    open: (hostPort: number) => Promise<number>,
  ): Promise<number> {
    const socket = this.#sockets.get(id);
    try {
      await openOnHostPort(this.#options, transport, boardPort, open);
    } catch {
      return -EADDRINUSE;
    }
    if (this.#sockets.get(id) !== socket) socket?.destroy();
    return 0;
  }

  #add(socket: BoardSocket): number {
    this.#lastId += 1;
    this.#sockets.set(this.#lastId, socket);
    return this.#lastId;
  }

  #count(kind: typeof TcpListener | typeof UdpSocket | typeof TcpConnection): number {
    return [...this.#sockets.values()].filter((one) => one instanceof kind).length;
  }

  #connectionCount(): number {
    let count = this.#count(TcpConnection);
    for (const socket of this.#sockets.values()) {
      if (socket instanceof TcpListener) count += socket.waitingCount;
    }
    return count;
  }
}
