// Finds out all files of a package and of what it depends on, by the rules of mip, and refuses what no package has.

import { isObject, parseJson } from '../../input/parse-json.js';
import {
  descriptionAddress,
  fileAddress,
  isModule,
  type PackageName,
  parsePackageName,
  urlOf,
} from '../../portal/package-name.js';
import type { LockedFile, LockedPackage } from './lock-file.js';
import { packageError, shown } from './package-error.js';
import { type PackageSource, sha256Of } from './package-source.js';

/** More than any has: the largest of micropython-lib have 20 files and 4 dependencies. */
const MAX_PACKAGES = 100;
const MAX_FILES = 500;
const MAX_TOTAL_BYTES = 4 * 1024 * 1024;

export interface ResolveOptions {
  readonly source: PackageSource;
  /** Such as `https://micropython.org/pi/v2`. */
  readonly index: string;
  /** Format of the board's bytecode, or `py` for sources. */
  readonly mpy: string;
  /** What keeps a path from going onto the board, as a sentence; see package-path.ts. */
  readonly problemOf: (path: string) => string | undefined;
}

interface Description {
  readonly hashes: readonly (readonly [path: string, hash: string])[];
  readonly urls: readonly (readonly [path: string, url: string])[];
  readonly deps: readonly (readonly [name: string, version: string])[];
  readonly version: string;
}

/** @throws PortalError `package-failed`, `usage`; the signal's reason */
export async function resolvePackage(name: PackageName, options: ResolveOptions): Promise<LockedPackage> {
  const resolver = new Resolver(options);
  await resolver.add(name, []);
  return resolver.result();
}

class Resolver {
  readonly #options: ResolveOptions;
  readonly #files = new Map<string, LockedFile>();
  readonly #versions = new Map<string, string>();
  #totalBytes = 0;

  constructor(options: ResolveOptions) {
    this.#options = options;
  }

  result(): LockedPackage {
    return { packages: Object.fromEntries(this.#versions), files: [...this.#files.values()] };
  }

  /** @param dependents names of the packages that need it, the outermost first */
  async add(wanted: PackageName, dependents: readonly string[]): Promise<void> {
    const { text, name, version } = wanted;
    if (dependents.includes(text)) {
      throw packageError(
        dependents[0] ?? text,
        `its dependencies form a cycle: ${[...dependents, text].map(shown).join(' → ')}`,
      );
    }
    if (this.#versions.has(text)) return;
    if (this.#versions.size >= MAX_PACKAGES) {
      throw packageError(dependents[0] ?? text, `it depends on more than ${MAX_PACKAGES} packages`);
    }
    this.#versions.set(text, version ?? '');
    if (isModule(wanted)) {
      await this.#addFile(text, name.slice(name.lastIndexOf('/') + 1), urlOf(name, version));
      return;
    }
    const address = descriptionAddress(wanted, this.#options.index, this.#options.mpy);
    const bytes = await this.#options.source.download(urlOf(address, version));
    const { hashes, urls, deps, version: found } = readDescription(text, bytes);
    this.#versions.set(text, found || (version ?? ''));
    for (const [path, hash] of hashes) {
      await this.#addFile(text, path, `${this.#options.index}/file/${hash.slice(0, 2)}/${hash}`, hash);
    }
    for (const [path, url] of urls)
      await this.#addFile(text, path, urlOf(fileAddress(url, address), version));
    for (const [dep, depVersion] of deps) {
      await this.add(dependency(text, dep, depVersion), [...dependents, text]);
    }
  }

  async #addFile(name: string, target: string, url: string, hash?: string): Promise<void> {
    const path = `lib/${target}`;
    const problem = this.#options.problemOf(path);
    if (problem !== undefined) throw packageError(name, problem);
    if (this.#files.size >= MAX_FILES) throw packageError(name, `it has more than ${MAX_FILES} files`);
    const bytes = await this.#options.source.download(url);
    const sha256 = sha256Of(bytes);
    if (hash !== undefined && !sha256.startsWith(hash)) {
      throw packageError(name, `${url} is damaged: its SHA-256 does not begin with ${hash}`);
    }
    this.#totalBytes += bytes.length;
    if (this.#totalBytes > MAX_TOTAL_BYTES) {
      throw packageError(name, `its files have more than ${MAX_TOTAL_BYTES / 1024 / 1024} MB`);
    }
    const earlier = this.#files.get(path);
    if (earlier && earlier.sha256 !== sha256) {
      throw packageError(name, `${path} is also a file of a package that it depends on, with other content`);
    }
    await this.#options.source.keep(bytes);
    this.#files.set(path, { path, url, sha256, sizeBytes: bytes.length });
  }
}

function dependency(dependent: string, name: string, version: string): PackageName {
  try {
    return parsePackageName(version === '' || version === 'latest' ? name : `${name}@${version}`);
  } catch (error) {
    throw packageError(
      dependent,
      `it depends on "${shown(name)}", which is not the name of a package`,
      error,
    );
  }
}

/** @throws PortalError `package-failed` for anything but the package.json of mip */
function readDescription(name: string, bytes: Uint8Array): Description {
  const refuse = (what: string, cause?: unknown) => packageError(name, `its package.json ${what}`, cause);
  let value: unknown;
  try {
    value = parseJson(Buffer.from(bytes).toString());
  } catch (error) {
    throw refuse('is not JSON', error);
  }
  if (!isObject(value)) throw refuse('is not an object');
  const pairs = (key: string): (readonly [string, string])[] => {
    const list = value[key] ?? [];
    if (!Array.isArray(list) || !list.every(isPair)) throw refuse(`has "${key}" that is no list of pairs`);
    if (list.length > MAX_FILES) throw refuse(`has more than ${MAX_FILES} entries in "${key}"`);
    return list;
  };
  const hashes = pairs('hashes').map(([path, hash]) => [path, hash.toLowerCase()] as const);
  if (!hashes.every(([, hash]) => /^[\da-f]{4,64}$/.test(hash)))
    throw refuse('has a hash that is not hexadecimal');
  const version = typeof value.version === 'string' ? value.version : '';
  return { hashes, urls: pairs('urls'), deps: pairs('deps'), version };
}

function isPair(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string');
}
