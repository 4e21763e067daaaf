// esp-portal files

import { isUtf8 } from 'node:buffer';
import { PortalError } from '../../errors.js';
import type { FilesOptions, ListedEntry } from '../../operations/files/board-files.js';
import { defineCommand } from '../command.js';
import type { CommandContext } from '../context.js';
import { LOADER_OPTIONS, loaderOptions } from '../options/flash.js';
import { UPLOAD_OPTIONS } from '../options/shared.js';
import type { Outcome } from '../report/reporter.js';

const ACTIONS = ['ls', 'get', 'put', 'rm', 'cat'] as const;

interface Words {
  readonly action: (typeof ACTIONS)[number];
  readonly path?: string;
  readonly to?: string;
}

export const filesCommand = defineCommand({
  name: 'files',
  summary: 'List, copy and remove files on the board',
  details: [
    'Paths on the board begin at its root, with or without a slash in front. `ls` lists what is in PATH, with sizes, and what belongs to the portal. `get PATH [TO]` copies a file to this computer, `put PATH [TO]` copies one to the board, `cat` prints one, `rm` removes one.',
    'With `--recursive`, `get` copies the files in the folder PATH into the folder TO, and `put` those in the folder PATH into the folder TO on the board (its root, if TO is omitted); `rm` removes a folder with all that is in it. `get` writes nothing outside TO: a file whose name this computer cannot use is listed and skipped.',
    'What is copied is compared by SHA-256. `put` puts all its files in place in one step, as `install` does: after an interruption the board has the old files or the new ones. Links in a folder are not followed.',
    'The program on the board is stopped meanwhile; the board restarts at the end.',
    'With `--from-flash`, the files are read and changed in the flash by the ROM loader, without the firmware and its programs: a `main.py` that cannot be interrupted is fetched and removed. Only the blocks of the file are written and verified, in an order in which a failure at any moment leaves the old file or the new one. `put` needs folders that exist, and `rm` removes files only.',
    'A terminal gets no control characters of `cat`; a pipe or a file gets the bytes as they are. With `--json`, the result has `text`, or `base64` for what is not UTF-8.',
  ],
  options: {
    recursive: {
      alias: 'r',
      type: 'boolean',
      default: false,
      describe: 'A folder with all that is in it',
    },
    'from-flash': {
      type: 'boolean',
      default: false,
      describe: 'By the ROM loader, without MicroPython: also where a program locks you out',
    },
    ...LOADER_OPTIONS,
    ...UPLOAD_OPTIONS,
  },
  positionals: [
    { name: 'action', describe: 'What to do', choices: ACTIONS },
    {
      name: 'path',
      describe: 'The file or folder on the board; for `put` on this computer',
      isOptional: true,
      isFile: true,
    },
    { name: 'to', describe: 'Where `get` and `put` copy it to', isOptional: true, isFile: true },
  ],
  examples: [
    ['files ls', 'list all files with their sizes'],
    ['files get main.py', 'copy main.py from the board into this folder'],
    ['files put sensor.py lib/', 'copy a module into the folder lib of the board'],
    ['files get --recursive / ./board', 'copy all files of the board into the folder board'],
    ['files rm main.py', 'remove a file'],
    ['files rm main.py --from-flash', 'remove a main.py that cannot be interrupted'],
  ],
  async run(values, context) {
    const words = values as unknown as Words;
    const options = {
      ...loaderOptions(values, context),
      fromFlash: values['from-flash'],
      uploadBaudRate: values['upload-baud'],
    };
    return ACTS[words.action]({ ...words, recursive: values.recursive }, context, options);
  },
});

type Act = (
  words: Words & { readonly recursive: boolean },
  context: CommandContext,
  options: FilesOptions,
) => Promise<Outcome>;

const load = () => import('../../operations/files/files.js');

const ACTS: Readonly<Record<Words['action'], Act>> = {
  async ls({ action, path = '', to }, { openPort }, options) {
    refuseWord(action, to);
    const { listFiles } = await load();
    const entries = await listFiles(await openPort(), path, options);
    return {
      fields: { entries },
      lines: entries.length > 0 ? entries.map(describeEntry) : ['No files.'],
      isListing: true,
    };
  },
  async cat({ action, path, to }, { openPort, host, outputLost }, options) {
    refuseWord(action, to);
    const wanted = required(action, path);
    const { readFile } = await load();
    const bytes = await readFile(await openPort(), wanted, options);
    const text = isUtf8(bytes) ? Buffer.from(bytes).toString() : undefined;
    const base64 = Buffer.from(bytes).toString('base64');
    const fields = { path: wanted, sizeBytes: bytes.length, ...(text === undefined ? { base64 } : { text }) };
    const isForPerson = host.stdout.isTTY || isJson(host.argv);
    if (isForPerson)
      return { fields, lines: linesOf(text ?? Buffer.from(bytes).toString('latin1')), isListing: true };
    outputLost.throwIfAborted();
    host.stdout.write(bytes);
    return { fields, lines: [] };
  },
  async get({ action, path, to, recursive }, { openPort }, options) {
    const { getFiles } = await load();
    const result = await getFiles(await openPort(), { path: required(action, path), to, recursive }, options);
    const { files, bytes, skipped } = result;
    return {
      fields: { ...result },
      lines: [
        `${count(files)} (${kilobytes(bytes)} KB) copied to ${result.to}.`,
        ...(skipped.length > 0
          ? [
              `Skipped, because their names cannot be used on this computer: ${skipped.map((name) => JSON.stringify(name)).join(', ')}.`,
            ]
          : []),
      ],
    };
  },
  async put({ action, path, to, recursive }, { openPort }, options) {
    const { putFiles } = await load();
    const from = required(action, path);
    const result = await putFiles(await openPort(), { from, path: to, recursive }, options);
    const { files, bytes } = result;
    const names = files.length <= NAMED ? `: ${files.join(', ')}` : '';
    return {
      fields: { ...result },
      lines: [`${count(files)} (${kilobytes(bytes)} KB) copied to the board${names}.`],
    };
  },
  async rm({ action, path, to, recursive }, { openPort }, options) {
    refuseWord(action, to);
    const { removeFiles } = await load();
    const removed = await removeFiles(await openPort(), { path: required(action, path), recursive }, options);
    const names = removed.length <= NAMED ? removed.join(', ') : `${removed.length} files and folders`;
    return { fields: { removed }, lines: [`Removed: ${names}.`] };
  },
};

/** Above this, the number of files is shown instead of their names. */
const NAMED = 5;

function required(action: string, path: string | undefined): string {
  if (path !== undefined) return path;
  throw new PortalError('usage', `files ${action} needs a path.`, { next: 'esp-portal files --help' });
}

function refuseWord(action: string, word: string | undefined): void {
  if (word !== undefined)
    throw new PortalError('usage', `files ${action} takes one path, not also "${word}".`, {
      next: 'esp-portal files --help',
    });
}

function isJson(argv: readonly string[]): boolean {
  return argv.includes('--json');
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

function describeEntry({ path, kind, sizeBytes, isPortal }: ListedEntry): string {
  const size = kind === 'folder' ? '' : String(sizeBytes);
  return `${size.padStart(9)}  ${path}${kind === 'folder' ? '/' : ''}${isPortal ? '  (portal)' : ''}`;
}

function count(files: readonly string[]): string {
  return `${files.length} file${files.length === 1 ? '' : 's'}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
