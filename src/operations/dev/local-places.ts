// Tracebacks of a board point to the files on this computer, as editors and terminals link them.

import { join } from 'node:path';
import type { LogEntry } from '../../log/events.js';
import type { BundleFile } from '../../portal/bundle.js';

/** Files on this computer by their paths on the board. */
export type LocalFiles = ReadonlyMap<string, string>;

/** @param folder as the user named it @param app its files, of which a package lies in `app/` on the board */
export function localFiles(folder: string, app: readonly BundleFile[], isPackage: boolean): LocalFiles {
  return new Map(
    app.map(({ path }) => {
      const source = path.replace(/\.mpy$/, '.py'); // what a traceback names
      return [source, join(folder, ...(isPackage ? source.slice('app/'.length) : source).split('/'))];
    }),
  );
}

/** The same event with the files of this computer, and the place of the error if it is in one of them. */
export function withLocalPlaces(entry: LogEntry, files: LocalFiles): LogEntry {
  if (entry.event !== 'python.traceback') return entry;
  const localOf = (path: string) => files.get(path.replace(/^\.?\//, ''));
  const frames = entry.frames.map((frame) => ({ ...frame, file: localOf(frame.file) ?? frame.file }));
  const raw = entry.raw.replace(
    /^( {2}File ")(.*)(", line \d+)/gm,
    (_, before, path, after) => `${before}${localOf(path) ?? path}${after}`,
  );
  const inner = entry.frames.findLast(({ file }) => localOf(file) !== undefined);
  const file = inner && localOf(inner.file);
  return { ...entry, raw, frames, ...(inner && file && { place: { file, line: inner.line } }) };
}
