// An index of packages on this computer, in the form of micropython.org/pi/v2.

import { createHash } from 'node:crypto';
import { FirmwareSite, whole } from './firmware-site.js';

interface Package {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly urls?: readonly (readonly [string, string])[];
  readonly deps?: readonly (readonly [string, string])[];
  readonly version?: string;
  /** Format of its bytecode, or `py`. */
  readonly mpy?: string;
}

export class PackageSite implements AsyncDisposable {
  readonly site: FirmwareSite;
  readonly index: string;

  private constructor(site: FirmwareSite) {
    this.site = site;
    this.index = `${site.url}/pi/v2`;
  }

  static async start(): Promise<PackageSite> {
    return new PackageSite(await FirmwareSite.start());
  }

  /** Publishes a version, which is the latest one as well. */
  add(name: string, { files = {}, urls = [], deps = [], version = '1.0.0', mpy = '6' }: Package): void {
    const hashes = Object.entries(files).map(([path, content]) => {
      const bytes = Buffer.from(content);
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8);
      this.site.on(`/pi/v2/file/${hash.slice(0, 2)}/${hash}`, whole(bytes));
      return [path, hash];
    });
    const description = whole(Buffer.from(JSON.stringify({ v: 1, hashes, urls, deps, version })));
    for (const release of ['latest', version])
      this.site.on(`/pi/v2/package/${mpy}/${name}/${release}.json`, description);
  }

  /** Anything as the description of a package. */
  describe(name: string, text: string): void {
    this.site.on(`/pi/v2/package/6/${name}/latest.json`, whole(Buffer.from(text)));
  }

  get paths(): string[] {
    return this.site.requests.map(({ path }) => path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.site[Symbol.asyncDispose]();
  }
}
