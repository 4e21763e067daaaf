// An HTTP server on this computer that stands for micropython.org, with the ways in which servers fail.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class FirmwareSite implements AsyncDisposable {
  /** Path and Range header of each request, in order. */
  readonly requests: { path: string; range: string | undefined }[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server = createServer((request, response) => {
    const path = request.url ?? '';
    this.requests.push({ path, range: request.headers.range });
    const answer = this.#answers.get(path);
    if (answer) answer(request, response);
    else response.writeHead(404).end('no such file');
  });

  static async start(): Promise<FirmwareSite> {
    const site = new FirmwareSite();
    await new Promise<void>((resolve) => site.#server.listen(0, '127.0.0.1', resolve));
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  on(path: string, answer: Answer): void {
    this.#answers.set(path, answer);
  }

  /** Where the site keeps builds. */
  build(file: string, answer: Answer): void {
    this.on(`/resources/firmware/${file}`, answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The file, or the rest of it where the client has its beginning. */
export function whole(bytes: Uint8Array): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
    response.writeHead(start > 0 ? 206 : 200, {
      'content-type': 'application/octet-stream',
      'content-length': bytes.length - start,
      ...(start > 0 && range),
    });
    response.end(bytes.subarray(start));
  };
}
