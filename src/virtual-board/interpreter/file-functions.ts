// The functions behind the shim filesystem (shims/_files.py). Numbers below zero are errnos.

import type { BoardFiles } from './board-files.js';
import type { BoardMemory } from './board-memory.js';
import type { PowerCut } from './power-cut.js';

/** @returns functions for Python; structures go as JSON text */
export function fileFunctions(files: BoardFiles, memory: BoardMemory, powerCut: PowerCut) {
  return {
    file_open(path: string, mode: string): number {
      if (!mode.startsWith('r')) powerCut.beforeChange();
      return files.openFile(path, mode);
    },
    file_read(fd: number, address: number, maxBytes: number): number {
      const bytes = files.open.read(fd, maxBytes);
      if (typeof bytes === 'number') return bytes;
      memory.write(address, bytes);
      return bytes.length;
    },
    file_write(fd: number, address: number, length: number): number {
      const bytes = memory.read(address, length);
      powerCut.beforeChange(() => files.open.write(fd, bytes.subarray(0, length >> 1)));
      return files.open.write(fd, bytes);
    },
    file_line_length: (fd: number) => files.open.lineLength(fd),
    file_remaining: (fd: number) => files.open.remaining(fd),
    file_seek: (fd: number, offset: number, whence: number) => files.open.seek(fd, offset, whence),
    file_flush: (fd: number) => files.open.flush(fd),
    file_close: (fd: number) => files.open.close(fd),
    path_stat: (path: string) => jsonOrErrno(files.stat(path)),
    path_list: (path: string) => jsonOrErrno(files.list(path)),
    path_rename(from: string, to: string): number {
      powerCut.beforeChange();
      return files.rename(from, to);
    },
    path_remove(path: string): number {
      powerCut.beforeChange();
      return files.remove(path);
    },
    path_mkdir(path: string): number {
      powerCut.beforeChange();
      return files.makeDirectory(path);
    },
    path_chdir: (path: string) => files.changeDirectory(path),
    path_getcwd: () => files.currentDirectory,
    files_space: () => JSON.stringify(files.space),
  };
}

function jsonOrErrno(value: object | number): string | number {
  return typeof value === 'number' ? value : JSON.stringify(value);
}
