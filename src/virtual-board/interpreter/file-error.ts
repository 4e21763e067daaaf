/**
 * To be thrown by the port's files. Its own class finds a stack and a text for each of the many files that imports look
 * for in vain, which is a tenth of the time of a start.
 */
export class FileError {
  readonly name = 'ErrnoError'; // by which the port recognizes it
  readonly errno: number;

  constructor(errno: number) {
    this.errno = errno;
  }
}
