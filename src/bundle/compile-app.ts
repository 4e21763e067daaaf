// A user's modules as bytecode, by mpy-cross where it is installed: this package does not bring it.

import { createRequire } from 'node:module';
import { PortalError } from '../errors.js';
import type { BundleFile } from './portal-bundle.js';

interface MpyCross {
  compile(
    name: string,
    source: string,
    options: readonly string[],
    wasmPath: string,
  ): Promise<{ status: number; mpy?: Uint8Array; err: string[] }>;
}

/** The package that compiles for MicroPython 1.19 and later. */
const COMPILER = '@pybricks/mpy-cross-v6';

/**
 * @param files the program; what is no module stays as it is
 * @throws PortalError `usage` when there is no compiler, with what to install, or for a module with a mistake in it
 */
export async function compileApp(files: readonly BundleFile[]): Promise<BundleFile[]> {
  const { compile, wasmPath } = await loadCompiler();
  const compiled: BundleFile[] = [];
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, 'fetch'); // Emscripten takes it for a sign of a browser, and the path for an address
  try {
    for (const { path, bytes } of files) {
      if (!path.endsWith('.py')) {
        compiled.push({ path, bytes });
        continue;
      }
      const { status, mpy, err } = await compile(path, Buffer.from(bytes).toString('utf8'), [], wasmPath);
      if (status !== 0 || !mpy) throw new PortalError('usage', `--app: ${path}: ${err.join(' ').trim()}`);
      compiled.push({ path: path.replace(/\.py$/, '.mpy'), bytes: mpy });
    }
  } finally {
    globalThis.fetch = fetch;
  }
  return compiled;
}

async function loadCompiler(): Promise<MpyCross & { wasmPath: string }> {
  try {
    const { compile } = (await import(COMPILER)) as MpyCross;
    const wasmPath = createRequire(import.meta.url).resolve(`${COMPILER}/build/mpy-cross-v6.wasm`);
    return { compile, wasmPath };
  } catch (error) {
    const message = `--app-mpy needs mpy-cross: npm install ${COMPILER} beside esp-portal, or leave --app-mpy out.`;
    throw new PortalError('usage', message, { cause: error });
  }
}
