// What names a MicroPython package, and where its description and files are, by the rules of mip (micropython-lib's
// mip/__init__.py and mpremote's mip.py). Pure.

import { PortalError } from '../errors.js';

/** Next to the file that names the packages. */
export const LOCK_FILE = 'esp-portal.lock.json';

/** A package of the index, or one at an address. */
export interface PackageName {
  /** As it was given. */
  readonly text: string;
  /** Without the version. */
  readonly name: string;
  /** A release, a branch or a tag. */
  readonly version: string | undefined;
  readonly isAddress: boolean;
}

/** Hosts by their short form; `{ref}` is a branch, a tag, or HEAD. */
const HOSTS: Readonly<Record<string, string>> = {
  'github:': 'https://raw.githubusercontent.com/{org}/{repo}/{ref}/{path}',
  'gitlab:': 'https://gitlab.com/{org}/{repo}/-/raw/{ref}/{path}',
  'codeberg:': 'https://codeberg.org/api/v1/repos/{org}/{repo}/raw/{path}?ref={ref}',
};

const ADDRESS = /^(?:https?:\/\/|github:|gitlab:|codeberg:)/;
const INDEX_NAME = /^[a-z\d][\w.-]{0,99}$/i;
const REPOSITORY = /^\w+:[\w.-]+\/[\w.-]+(?:\/|$)/;
const VERSION = /^[\w.+-]+(?:\/[\w.+-]+)*$/;
const MAX_CHARACTERS = 500;

/** @throws PortalError `usage` for what is no name of a package */
export function parsePackageName(text: string): PackageName {
  const isAddress = ADDRESS.test(text);
  const at = text.indexOf('@', isAddress ? text.indexOf('/', text.indexOf('://') + 3) : 0);
  const name = at < 0 ? text : text.slice(0, at);
  const version = at < 0 ? undefined : text.slice(at + 1);
  const isShort = isAddress && !/^https?:/.test(name);
  const isValid = isAddress
    ? isShort
      ? REPOSITORY.test(name) && !hasDots(name)
      : URL.canParse(name) && !name.includes('@')
    : INDEX_NAME.test(name);
  const isVersion = version === undefined || (VERSION.test(version) && !hasDots(version));
  if (isValid && isVersion && text.length <= MAX_CHARACTERS) return { text, name, version, isAddress };
  throw new PortalError(
    'usage',
    `"${text.slice(0, MAX_CHARACTERS)}" is not a package: give a name of micropython-lib (umqtt.simple, umqtt.simple@1.4.0), github:org/repo@v1, or an https:// address.`,
  );
}

function hasDots(path: string): boolean {
  return path.split('/').some((part) => /^\.\.?$/.test(part));
}

/** A single module rather than a description of a package. */
export function isModule({ name, isAddress }: PackageName): boolean {
  return isAddress && /\.m?py$/.test(name);
}

/**
 * Where the description is; an address still in its short form, because others are relative to it.
 * @param index such as `https://micropython.org/pi/v2`
 * @param mpy format of bytecode, `py` for sources
 */
export function descriptionAddress(
  { name, version, isAddress }: PackageName,
  index: string,
  mpy: string,
): string {
  if (!isAddress) return `${index}/package/${mpy}/${name}/${version ?? 'latest'}.json`;
  return name.endsWith('.json') ? name : `${name.replace(/\/$/, '')}/package.json`;
}

/** The URL of an address in its short form; any other is returned as it is. */
export function urlOf(address: string, version: string | undefined): string {
  const host = Object.keys(HOSTS).find((prefix) => address.startsWith(prefix));
  if (host === undefined) return address;
  const [org = '', repo = '', ...path] = address.slice(host.length).split('/');
  const parts: Readonly<Record<string, string>> = { org, repo, ref: version ?? 'HEAD', path: path.join('/') };
  return (HOSTS[host] ?? '').replace(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '');
}

/** The address of a file that a description lists. */
export function fileAddress(url: string, description: string): string {
  return ADDRESS.test(url) ? url : `${description.slice(0, description.lastIndexOf('/'))}/${url}`;
}
