// Where files of packages may go on the board: below lib/, without hiding another module. Pure.

import type { BundleFile } from '../../portal/bundle.js';
import { reservedNames } from '../../portal/reserved-names.js';
import { shown } from './package-error.js';

const MAX_NAME_BYTES = 64;
const MAX_DEPTH = 8;

/** @returns a path that is the folder of another one, which no board can have */
export function fileAndFolder(paths: readonly string[]): string | undefined {
  const all = new Set(paths);
  return paths.flatMap(foldersOf).find((folder) => all.has(folder));
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * @param portal files of the portal
 * @returns a function from a path on the board to what is wrong with it, without a full stop
 */
export function packagePathProblem(portal: readonly BundleFile[]): (path: string) => string | undefined {
  const reserved = reservedNames(portal);
  return (path) => {
    const parts = path.split('/');
    const isInside =
      parts[0] === 'lib' && parts.length > 1 && parts.every((part) => part !== '' && !/^\.\.?$/.test(part));
    if (!isInside)
      return `its file "${shown(path.replace(/^lib\//, ''))}" is outside the folder lib of the board`;
    if (
      /\p{Cc}|\\/u.test(path) ||
      parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES) ||
      parts.length > MAX_DEPTH
    )
      return `its file "${shown(path)}" has a name that a board cannot have`;
    return reserved(path);
  };
}
