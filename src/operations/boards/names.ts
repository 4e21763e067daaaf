// Names that a person gives to boards, in a JSON file: {"bench-3": "mac:7c:df:a1:00:11:22"}. A name means the address of
// a port; which board has it is found out when the port is opened.

import { dirname } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { makeFolder } from '../../input/make-folder.js';
import { isObject, parseJson } from '../../input/parse-json.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { utf8Text } from '../../input/utf8-text.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import { type DiscoveredPort, macIn } from '../../port/discovery/discovery.js';

/** Addresses of boards by their names. */
export type BoardNames = ReadonlyMap<string, string>;

const MAX_FILE_BYTES = 256 * 1024;
/** Not a path, an address, or a list of them. */
const NAME = /^[a-z\d][\w.-]{0,39}$/i;
const TAKEN = /^(?:all|com\d+|con|nul)$/i;
const ADDRESS = /^(?:(?:id|virtual|socket|rfc2217):.|[/\\].|com\d+$)/i;

/** Whether a port may be a name; anything else is an address. */
export function mayBeName(port: string): boolean {
  return NAME.test(port) && !TAKEN.test(port);
}

/**
 * @param file need not exist
 * @throws PortalError `usage` for a file that does not hold names
 */
export async function readBoardNames(file: string): Promise<BoardNames> {
  let content: unknown;
  try {
    content = parseJson(utf8Text(await readRegularFile(file, { maxBytes: MAX_FILE_BYTES })));
  } catch (error) {
    if (error instanceof FileProblem && error.isMissing) return new Map();
    const problem = error instanceof SyntaxError ? `is not JSON: ${error.message}` : (error as Error).message;
    throw wrongFile(file, `The file of board names, ${file}, ${problem}.`);
  }
  if (!isObject(content))
    throw wrongFile(file, `${file} is not a JSON object such as {"bench-3": "mac:7c:df:a1:00:11:22"}.`);
  const entries = Object.entries(content);
  const wrong = entries.find(([name, address]) => !mayBeName(name) || !isAddress(address));
  if (wrong) throw wrongFile(file, `${file} has the name "${wrong[0]}" for what is no address of a board.`);
  return new Map(entries as [string, string][]);
}

function wrongFile(file: string, message: string): PortalError {
  return new PortalError('usage', message, { next: `Correct ${file}, or remove it.` });
}

function isAddress(text: unknown): text is string {
  return typeof text === 'string' && (ADDRESS.test(text) || macOf(text) !== undefined);
}

function macOf(address: string): string | undefined {
  return address.startsWith('mac:') ? macIn(address.slice('mac:'.length)) : undefined;
}

/**
 * Gives a board a name, instead of the one that it has; the name's earlier board loses it.
 * @returns the address as it is stored
 * @throws PortalError `usage`, `output-failed`
 */
export async function nameBoard(file: string, given: string, name: string): Promise<string> {
  if (!mayBeName(name)) {
    throw new PortalError('usage', `A board cannot be called "${name}".`, {
      next: 'Give a name of letters, digits, ".", "_" and "-", up to 40, that is no port, such as bench-3.',
    });
  }
  const mac = macOf(given);
  const address = mac === undefined ? given : `mac:${mac}`;
  if (!isAddress(address)) {
    throw new PortalError('usage', `"${given}" is no address of a board.`, {
      next: 'Give one that stays the same, such as mac:7c:df:a1:00:11:22, id:SERIAL or rfc2217://host:port.',
    });
  }
  const others = [...(await readBoardNames(file))].filter(([, of]) => of !== address);
  await write(file, [...others, [name, address]]);
  return address;
}

/** @throws PortalError `usage` for a name that no board has, `output-failed` */
export async function unnameBoard(file: string, name: string): Promise<void> {
  const names = await readBoardNames(file);
  if (!names.has(name)) {
    const list = names.size > 0 ? `there are ${[...names.keys()].join(', ')}` : 'no board has a name';
    throw new PortalError('usage', `No board is called "${name}": ${list}.`, { next: 'esp-portal ports' });
  }
  await write(
    file,
    [...names].filter(([other]) => other !== name),
  );
}

async function write(file: string, entries: readonly (readonly [string, string])[]): Promise<void> {
  try {
    makeFolder(dirname(file));
  } catch (error) {
    throw new PortalError('output-failed', `${file} cannot be written: ${fileErrorWords(error)}.`, {
      cause: error,
    });
  }
  const text = `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
  await writeWholeFile(file, [Buffer.from(text)], { mode: 0o600 }); // an address may have a password
}

/** The name of what a port of this computer belongs to, or of the chip behind it. */
export function nameOf(
  { path, mac, serialNumber }: { [K in 'path' | 'mac' | 'serialNumber']?: DiscoveredPort[K] | undefined },
  names: BoardNames,
): string | undefined {
  const own = [path, mac && `mac:${mac}`, serialNumber && `id:${serialNumber}`];
  return [...names].find(([, address]) => own.includes(address))?.[0];
}
