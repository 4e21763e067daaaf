// The functions behind the shim filesystem (shims/streams/_files.py). Numbers below zero are errnos.

import type { FolderFilesystem } from '../files/folder-filesystem.js';
import type { PowerCut } from '../files/power-cut.js';
import { hostFunction } from './host-channel.js';

/** @returns functions for Python; structures go as JSON text */
export function fileFunctions(files: FolderFilesystem, powerCut: PowerCut) {
  return {
    file_open: hostFunction(['text', 'text'], (path, mode) => {
      if (!mode.startsWith('r')) powerCut.beforeChange();
      return files.openFile(path, mode);
    }),
    file_read: hostFunction(['number', 'number'], (fd, maxBytes) => files.open.read(fd, maxBytes)),
    file_write: hostFunction(['number', 'bytes'], (fd, bytes) => {
      powerCut.beforeChange();
      return files.open.write(fd, bytes);
    }),
    file_line_length: hostFunction(['number'], (fd) => files.open.lineLength(fd)),
    file_remaining: hostFunction(['number'], (fd) => files.open.remaining(fd)),
    file_seek: hostFunction(['number', 'number', 'number'], (fd, offset, whence) =>
      files.open.seek(fd, offset, whence),
    ),
    file_flush: hostFunction(['number'], (fd) => {
      if (files.open.isChanged(fd)) powerCut.beforeChange();
      return files.open.flush(fd);
    }),
    file_close: hostFunction(['number'], (fd) => {
      if (files.open.isChanged(fd)) powerCut.beforeChange();
      return files.open.close(fd);
    }),
    path_stat: hostFunction(['text'], (path) => jsonOrErrno(files.stat(path))),
    path_list: hostFunction(['text'], (path) => jsonOrErrno(files.list(path))),
    path_rename: hostFunction(['text', 'text'], (from, to) => {
      powerCut.beforeChange();
      return files.rename(from, to);
    }),
    path_remove: hostFunction(['text'], (path) => {
      powerCut.beforeChange();
      return files.remove(path);
    }),
    path_mkdir: hostFunction(['text'], (path) => {
      powerCut.beforeChange();
      return files.makeDirectory(path);
    }),
    path_chdir: hostFunction(['text'], (path) => files.changeDirectory(path)),
    path_getcwd: hostFunction([], () => files.currentDirectory),
    files_space: hostFunction([], () => JSON.stringify(files.space)),
  };
}

function jsonOrErrno(value: object | number): string | number {
  return typeof value === 'number' ? value : JSON.stringify(value);
}
