// Reads the fields of a JSON object with their types. Its messages name the file and the field.

import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { PortalError } from '../../../errors.js';
import { didYouMean, nearest } from '../../../input/did-you-mean.js';
import { isObject, type JsonObject } from '../../../input/parse-json.js';

/** Each field is read once; what is left over is unknown. */
export class FieldReader {
  /** For messages. */
  readonly file: string;
  readonly #content: JsonObject;
  readonly #prefix: string;
  readonly #known: string[] = [];

  constructor(content: JsonObject, file: string, prefix = '') {
    this.#content = content;
    this.file = file;
    this.#prefix = prefix;
  }

  /** @returns the value of a field as it is, `undefined` without it */
  value(key: string): unknown {
    this.#known.push(key);
    return Object.hasOwn(this.#content, key) ? this.#content[key] : undefined;
  }

  text(key: string): string | undefined {
    const value = this.value(key);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    throw this.fault(key, 'takes a text');
  }

  flag(key: string): boolean {
    const value = this.value(key) ?? false;
    if (typeof value === 'boolean') return value;
    throw this.fault(key, 'takes true or false, without quotes');
  }

  whole(key: string, min: number, max: number): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw this.fault(key, `takes a whole number from ${min} to ${max}`);
  }

  object(key: string): FieldReader | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (isObject(value)) return new FieldReader(value, this.file, `${this.#prefix}${key}.`);
    throw this.fault(key, 'takes an object in braces');
  }

  /** A file or folder next to this one, which may come from another author: nothing elsewhere is read or written. */
  path(key: string): string | undefined {
    const value = this.text(key);
    return value === undefined ? undefined : this.inFolder(key, value);
  }

  inFolder(key: string, value: string): string {
    const folder = dirname(resolve(this.file));
    const place = resolve(folder, value);
    if (isWithin(folder, place)) return place;
    throw this.fault(key, `is outside the folder of the plan, ${folder}: move it there`);
  }

  keys(): string[] {
    return Object.keys(this.#content);
  }

  /** @throws PortalError `usage` for a field that was not asked for */
  end(): void {
    const unknown = this.keys().find((key) => !this.#known.includes(key));
    if (unknown === undefined) return;
    const guess = didYouMean(nearest(unknown, this.#known));
    throw this.fault(unknown, `is unknown.${guess} Known are ${this.#known.join(', ')}`);
  }

  fault(key: string, fault: string): PortalError {
    return planFault(this.file, `${JSON.stringify(this.#prefix + key)} ${fault}`);
  }
}

/** @param fault without a full stop */
export function planFault(file: string, fault: string): PortalError {
  return new PortalError('usage', `${file}: ${fault}.`, {
    next: `Correct ${file} and run the same command again.`,
  });
}

/** By their real paths; a folder is within itself. */
export function isWithin(folder: string, place: string): boolean {
  const way = relative(realPath(folder), realPath(place));
  return !/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way);
}

/** A chain of links that leads to nothing may be a circle. */
const MAX_LINKS = 40;

/** What does not exist yet has the real path of the folder that it will be in; a link may lead to such a place. */
function realPath(path: string, links = 0): string {
  try {
    return realpathSync(path);
  } catch {
    const target = links < MAX_LINKS ? linkTarget(path) : undefined;
    if (target !== undefined) return realPath(resolve(dirname(path), target), links + 1);
    return dirname(path) === path ? path : join(realPath(dirname(path), links), basename(path));
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
