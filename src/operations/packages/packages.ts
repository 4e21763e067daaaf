// The files of all packages of a project, as its lock file has them; what is not in it yet is found out and added.

import { PortalError } from '../../errors.js';
import type { BundleFile, BundleForm } from '../../portal/bundle.js';
import { readPortalBundle } from '../../portal/bundle.js';
import { type PackageName, parsePackageName } from '../../portal/package-name.js';
import { type Lock, type LockedPackage, readLock, writeLock } from './lock-file.js';
import { packageError } from './package-error.js';
import { fileAndFolder, packagePathProblem } from './package-path.js';
import { PackageSource } from './package-source.js';
import { resolvePackage } from './resolve.js';

const PACKAGE_INDEX = 'https://micropython.org/pi/v2';

export interface PackagesOptions {
  /** The user's cache folder. */
  readonly cacheFolder: string;
  /** Another index than micropython.org's. */
  readonly index?: string | undefined;
  /** Of the project; `undefined`: nothing is locked. */
  readonly lockFile?: string | undefined;
  /** The lock file is not changed. */
  readonly isLockKept?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The format in which the index has packages for boards with modules of this form. */
function mpyFor(form: BundleForm): string {
  return form === 'mpy6' ? '6' : 'py';
}

/**
 * @param names as they are in the settings
 * @returns files for the board, below lib/
 * @throws PortalError `package-failed`, `usage`, `output-failed`; the signal's reason
 */
export async function packageFiles(
  names: readonly PackageName[],
  form: BundleForm,
  options: PackagesOptions,
): Promise<readonly BundleFile[]> {
  const mpy = mpyFor(form);
  const work = await Packages.open(options);
  const locked = new Map<string, LockedPackage>();
  for (const name of names) locked.set(name.text, work.locked(mpy, name) ?? (await work.resolve(mpy, name)));
  const files = await work.filesOf(locked);
  await work.store(mpy, locked);
  return files;
}

/**
 * A program and the packages that it needs.
 * @throws PortalError `package-failed` for a file that both have; as packageFiles
 */
export async function programWithPackages(
  app: readonly BundleFile[],
  names: readonly PackageName[],
  form: BundleForm,
  options: PackagesOptions,
): Promise<readonly BundleFile[]> {
  const files = await packageFiles(names, form, options);
  const own = new Set(app.map(({ path }) => path));
  const twice = files.find(({ path }) => own.has(path));
  const all = [...app, ...files];
  const folder = fileAndFolder(all.map(({ path }) => path));
  if (folder !== undefined) {
    throw new PortalError(
      'package-failed',
      `${folder} is a file and a folder: one in your program, one in its packages.`,
      {
        next: 'Remove one of them: the file, or the package with esp-portal remove NAME.',
      },
    );
  }
  if (!twice) return all;
  throw new PortalError('package-failed', `${twice.path} is in your program and in one of its packages.`, {
    next: 'Remove one of them: the file, or the package with esp-portal remove NAME.',
  });
}

/**
 * Finds out a package anew, with the newest versions of all that it needs, and locks it.
 * @param replaced an entry of the lock file that it takes the place of
 */
export async function lockPackage(
  name: PackageName,
  replaced: string | undefined,
  options: PackagesOptions,
): Promise<LockedPackage> {
  const mpy = mpyFor('mpy6');
  const work = await Packages.open(options);
  const found = await work.resolve(mpy, name);
  const others = work.lockedNames(mpy).filter((text) => text !== name.text && text !== replaced);
  const locked = new Map(others.map((text) => [text, work.locked(mpy, parsePackageName(text))] as const));
  const all = new Map(
    [...locked, [name.text, found] as const].flatMap(([text, one]) => (one ? [[text, one]] : [])),
  );
  await work.filesOf(all);
  await work.store(mpy, all, [name.text]);
  return found;
}

/** Takes packages out of the lock file. */
export async function unlockPackage(text: string, lockFile: string): Promise<void> {
  const lock = await readLock(lockFile);
  if (lock.size === 0) return;
  const without = [...lock].map(([mpy, packages]) => {
    const rest = new Map(packages);
    rest.delete(text);
    return [mpy, rest] as const;
  });
  await writeLock(lockFile, new Map(without));
}

class Packages {
  readonly #options: PackagesOptions;
  readonly #index: string;
  readonly #lock: Lock;
  readonly #source: PackageSource;
  readonly #problemOf: (path: string) => string | undefined;

  private constructor(options: PackagesOptions, lock: Lock, portal: readonly BundleFile[]) {
    const { index = PACKAGE_INDEX, cacheFolder, signal } = options;
    this.#index = index.replace(/\/+$/, '');
    this.#options = options;
    this.#lock = lock;
    this.#source = new PackageSource({ cacheFolder, signal, index: this.#index });
    this.#problemOf = packagePathProblem(portal);
  }

  static async open(options: PackagesOptions): Promise<Packages> {
    const lock = options.lockFile === undefined ? new Map() : await readLock(options.lockFile);
    return new Packages(options, lock, (await readPortalBundle()).source);
  }

  locked(mpy: string, { text }: PackageName): LockedPackage | undefined {
    return this.#lock.get(mpy)?.get(text);
  }

  lockedNames(mpy: string): string[] {
    return [...(this.#lock.get(mpy)?.keys() ?? [])];
  }

  resolve(mpy: string, name: PackageName): Promise<LockedPackage> {
    const index = this.#index;
    return resolvePackage(name, { source: this.#source, index, mpy, problemOf: this.#problemOf });
  }

  /** @throws PortalError `package-failed` where two packages have different files of one name */
  async filesOf(packages: ReadonlyMap<string, LockedPackage>): Promise<BundleFile[]> {
    const owners = new Map<string, { readonly name: string; readonly sha256: string }>();
    const files: BundleFile[] = [];
    for (const [name, { files: locked }] of packages) {
      for (const { path, url, sha256 } of locked) {
        const problem = this.#problemOf(path); // the lock file is not trusted
        if (problem !== undefined) throw packageError(name, problem);
        const owner = owners.get(path);
        if (owner && owner.sha256 !== sha256)
          throw packageError(name, `${path} is also a file of ${owner.name}, with other content`);
        if (owner) continue;
        owners.set(path, { name, sha256 });
        files.push({ path, bytes: await this.#source.file(url, sha256) });
      }
      const folder = fileAndFolder([...owners.keys()]);
      if (folder !== undefined) throw packageError(name, `${folder} would be a file and a folder`);
    }
    return files;
  }

  /** @param outdated packages whose entries for other formats are not valid any more */
  async store(
    mpy: string,
    packages: ReadonlyMap<string, LockedPackage>,
    outdated: readonly string[] = [],
  ): Promise<void> {
    const { lockFile, isLockKept } = this.#options;
    if (lockFile === undefined || isLockKept) return;
    const before = this.#lock.get(mpy);
    const isSame =
      before?.size === packages.size && [...packages].every(([name, one]) => before.get(name) === one);
    if (isSame || (!before && packages.size === 0)) return;
    const others = [...this.#lock].map(
      ([format, entries]) =>
        [
          format,
          new Map([...entries].filter(([name]) => packages.has(name) && !outdated.includes(name))),
        ] as const,
    );
    await writeLock(lockFile, new Map([...others, [mpy, packages]]));
  }
}
