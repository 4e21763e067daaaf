// A program's folder as it is now, and what keeps it from being sent.

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PortalError } from '../../errors.js';
import type { BundleFile } from '../../portal/bundle.js';
import { SyntaxCheck } from '../../portal/compiler/syntax-check.js';
import { shortHash } from '../../portal/manifest.js';
import type { ProblemEvent } from '../../progress.js';
import { appFiles } from '../install/app-files.js';
import { type LocalFiles, localFiles } from './local-places.js';

interface FolderOptions {
  readonly folder: string;
  /** Send its modules as bytecode; line numbers stay. */
  readonly compiled?: boolean | undefined;
  readonly refuseLinksOut?: boolean | undefined;
}

/** The files for the board, and where they are on this computer. */
export interface Program {
  readonly files: readonly BundleFile[];
  readonly local: LocalFiles;
}

export class ProgramFolder implements Disposable {
  readonly #options: FolderOptions;
  /** Absolute: the current folder may be removed and come back. */
  readonly #place: string;
  readonly #syntax = new SyntaxCheck();
  /** Hashes of modules without an error. */
  readonly #correct = new Map<string, string>();

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#place = resolve(options.folder);
  }

  /**
   * Reads all of it.
   * @returns a syntax error instead, before anything is compiled or sent
   * @throws PortalError `usage` for what cannot go onto a board
   */
  async read(): Promise<Program | ProblemEvent> {
    const { folder, compiled = false, refuseLinksOut = false } = this.#options;
    const sources = await appFiles(this.#place, { refuseLinksOut });
    const isPackage = sources.every(({ path }) => path.startsWith('app/'));
    const local = localFiles(folder, sources, isPackage && (await isPackageFolder(this.#place)));
    for (const file of sources) {
      const problem = await this.#problemOf(file, local);
      if (problem) return problem;
    }
    return { files: compiled ? await appFiles(this.#place, { compiled, refuseLinksOut }) : sources, local };
  }

  async #problemOf({ path, bytes }: BundleFile, local: LocalFiles): Promise<ProblemEvent | undefined> {
    if (!path.endsWith('.py')) return undefined;
    const hash = shortHash(bytes);
    if (this.#correct.get(path) === hash) return undefined;
    const source = Buffer.from(bytes).toString('utf8');
    const problem = await this.#syntax.find(source);
    if (problem === undefined) {
      this.#correct.set(path, hash);
      return undefined;
    }
    const { line, message } = problem;
    return {
      event: 'problem',
      message,
      file: local.get(path) ?? path,
      line,
      source: source.split(/\r?\n/)[line - 1] ?? '',
    };
  }

  [Symbol.dispose](): void {
    this.#syntax[Symbol.dispose]();
  }
}

/** As readAppFolder decides it. */
async function isPackageFolder(folder: string): Promise<boolean> {
  return stat(join(folder, '__init__.py')).then(
    () => true,
    () => false,
  );
}

/** @returns what is reported of an error that the next change may mend; others are thrown */
export function problemOf(error: unknown): ProblemEvent {
  if (!(error instanceof PortalError)) throw error;
  return { event: 'problem', message: error.next ? `${error.message} ${error.next}` : error.message };
}
