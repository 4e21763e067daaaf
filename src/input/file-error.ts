// Words for errors of the operating system about a file or its disk. Independent of the file's purpose.

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file is larger than the system permits'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
]);

/** Node.js puts the code in front for files only: a network's error begins with the call, a driver's with a sentence. */
const FILE_ERROR = /^(?:Error: )?(E[A-Z]+): .*?(?:'([^']+)')?$/;

/** @returns words such as `the disk is full`, `undefined` for an error of another kind */
export function fileFault(error: unknown): string | undefined {
  const [, code = '', path] = FILE_ERROR.exec(messageOf(error)) ?? [];
  const words = WORDS.get(code);
  return words === 'permission denied' && path !== undefined ? `${words}: ${path}` : words;
}

/** Whether there is no such file, also because a folder of its path is a file. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What to do where a file cannot be written for want of its folder; the table of errors has the other causes. */
export function missingFolder(error: unknown): { likelyCause: string; next: string } | undefined {
  if (!(error instanceof Error) || !isMissing(error)) return undefined;
  return {
    likelyCause: 'Its folder does not exist.',
    next: 'Make the folder, or name another file, and run the same command again.',
  };
}

/** For any error at all. */
export function fileErrorWords(error: unknown): string {
  return fileFault(error) ?? messageOf(error);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
