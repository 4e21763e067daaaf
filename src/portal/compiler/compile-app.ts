// Compiles a user's modules to bytecode with mpy-cross, which is installed separately.

import { createRequire } from 'node:module';
import { PortalError } from '../../errors.js';
import type { BundleFile } from '../bundle.js';
import { type CompiledModule, MpyCross } from './mpy-cross.js';

/** The package that compiles for MicroPython 1.19 and later. */
const COMPILER = '@pybricks/mpy-cross-v6';

/**
 * @param files the program; what is no module stays as it is
 * @throws PortalError `usage` without a compiler, or for a module with an error
 */
export async function compileApp(files: readonly BundleFile[]): Promise<BundleFile[]> {
  const { compilerPath, wasmPath } = findCompiler();
  using compiler = new MpyCross(compilerPath, wasmPath);
  const compiled: BundleFile[] = [];
  for (const file of files) {
    compiled.push(file.path.endsWith('.py') ? await compileModule(compiler, file) : file);
  }
  return compiled;
}

async function compileModule(compiler: MpyCross, { path, bytes }: BundleFile): Promise<BundleFile> {
  let module: CompiledModule;
  try {
    module = await compiler.compile(path, Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PortalError('usage', `--app-mpy: ${path}: mpy-cross failed: ${why}.`, { cause: error });
  }
  const { status, mpy, err } = module;
  if (status !== 0 || !mpy) throw new PortalError('usage', `--app-mpy: ${describeMistake(path, err)}.`);
  return { path: path.replace(/\.py$/, '.mpy'), bytes: mpy };
}

/** @param output a traceback: `File "…", line 1`, then `SyntaxError: invalid syntax` */
function describeMistake(path: string, output: readonly string[]): string {
  const line = output.findLast((text) => /, line \d+/.test(text))?.match(/, line (\d+)/)?.[1];
  const mistake = (output.at(-1) ?? '').replace(/^SyntaxError: /, '');
  return `${path}${line === undefined ? '' : `, line ${line}`}: ${mistake}`;
}

function findCompiler(): { compilerPath: string; wasmPath: string } {
  const { resolve } = createRequire(import.meta.url);
  try {
    return { compilerPath: resolve(COMPILER), wasmPath: resolve(`${COMPILER}/build/mpy-cross-v6.wasm`) };
  } catch (error) {
    const message = `--app-mpy needs mpy-cross: run npm install ${COMPILER} where esp-portal is installed, or omit --app-mpy.`;
    throw new PortalError('usage', message, { cause: error });
  }
}
