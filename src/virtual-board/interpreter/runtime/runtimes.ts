// The installed MicroPython interpreters, and which of them runs a given firmware.

import { createRequire } from 'node:module';
import { minorOf } from '../../versions.js';

/** One build of MicroPython's WebAssembly port. */
export interface Runtime {
  readonly version: string;
  /** As in the banner of the firmware of that release. */
  readonly buildDate: string;
  /** Name under which package.json installs it. */
  readonly packageName: 'mp123' | '@micropython/micropython-webassembly-pyscript' | 'mp129';
  readonly npmVersion: string;
}

/**
 * Oldest first. Older ones lack what the virtual board needs: 1.22 and before are not tried.
 * @public tests run on each of them
 */
export const RUNTIMES = [
  { version: '1.23.0', buildDate: '2024-06-02', packageName: 'mp123', npmVersion: '1.23.0' },
  {
    version: '1.27.0',
    buildDate: '2025-12-09',
    packageName: '@micropython/micropython-webassembly-pyscript',
    npmVersion: '1.27.0',
  },
  { version: '1.29.0', buildDate: '2026-08-24', packageName: 'mp129', npmVersion: '1.29.0-6' },
] as const satisfies readonly Runtime[];

/** An interpreter that is installed, with the path of its module, free of symbolic links. */
export interface InstalledRuntime {
  readonly runtime: Runtime;
  readonly path: string;
}

let installed: readonly InstalledRuntime[] | undefined;

/** The installed interpreters: one is a dependency, others are for tests. Oldest first. */
export function installedRuntimes(): readonly InstalledRuntime[] {
  const { resolve } = createRequire(import.meta.url);
  installed ??= RUNTIMES.flatMap((runtime) => {
    try {
      return [{ runtime, path: resolve(`${runtime.packageName}/micropython.mjs`) }];
    } catch {
      return [];
    }
  });
  return installed;
}

/** For a process without access to them. */
export function assumeInstalled(runtimes: readonly InstalledRuntime[]): void {
  installed = runtimes;
}

/** How a user names them. */
export const RUNTIME_RELEASES = ['1.23', '1.27', '1.29'] as const;
export type RuntimeRelease = (typeof RUNTIME_RELEASES)[number];

/** E.g. `1.27` for 1.27.0. */
export function releaseOf({ version }: Runtime): string {
  return version.split('.').slice(0, 2).join('.');
}

/** What a board runs unless something else is flashed. */
export const OWN_RUNTIME: Runtime = RUNTIMES[1];

/**
 * @param version of a firmware, such as `1.26.1`
 * @returns the nearest runtime that is installed, the newer of two that are equally near; `isExact` when it has the same minor version
 */
export function runtimeFor(version: string): InstalledRuntime & { readonly isExact: boolean } {
  const wanted = minorOf(version);
  const distance = ({ runtime }: InstalledRuntime): number => Math.abs(minorOf(runtime.version) - wanted);
  const [first, ...others] = installedRuntimes();
  if (first === undefined)
    throw new Error(`${OWN_RUNTIME.packageName} is missing: install esp-portal again.`);
  const nearest = others.reduce((best, one) => (distance(one) <= distance(best) ? one : best), first);
  return { ...nearest, isExact: distance(nearest) === 0 };
}
