// What a shell offers at the cursor; the shells' own scripts are in completion-scripts.ts.

import type { Command } from '../../command.js';
import { COMMANDS } from '../../commands.js';
import type { OptionSpec, OptionTable } from '../option-table.js';
import { COMMON_OPTIONS } from '../shared.js';

/** A completion and its meaning. */
export interface Candidate {
  readonly word: string;
  readonly meaning: string;
}

/** Lists that are loaded on demand. */
export interface Sources {
  ports(): Promise<readonly Candidate[]>;
  events(): Promise<readonly Candidate[]>;
}

/**
 * @param words what stands behind `esp-portal` up to the cursor, the word at the cursor last (perhaps empty)
 * @returns nothing for a file name: the shell completes file names itself
 */
export async function complete(words: readonly string[], sources: Sources): Promise<Candidate[]> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = COMMANDS.find(({ name }) => before.includes(name));
  const options: OptionTable = { ...command?.options, ...COMMON_OPTIONS };

  const awaiting = optionNamed(before.at(-1), options);
  if (awaiting && awaiting.type !== 'boolean') return valuesOf(awaiting, current, sources);
  if (current.startsWith('-')) return startingWith(current, unusedOptions(options, before));
  if (!command) return startingWith(current, COMMANDS.map(describeCommand));
  const next = command.positionals?.[countWords(before, command, options)];
  return startingWith(current, (next?.choices ?? []).map(plain));
}

/** Words after the command that are neither options nor their values. */
function countWords(before: readonly string[], command: Command, options: OptionTable): number {
  const words = before.slice(before.indexOf(command.name) + 1);
  return words.filter((word, index) => {
    const option = optionNamed(words[index - 1], options);
    return !word.startsWith('-') && (option === undefined || option.type === 'boolean');
  }).length;
}

function optionNamed(word: string | undefined, options: OptionTable): OptionSpec | undefined {
  if (!word?.startsWith('-')) return undefined;
  return Object.entries(options).find(
    ([name, { alias }]) => word === `--${name}` || word === `-${alias}`,
  )?.[1];
}

async function valuesOf(option: OptionSpec, current: string, sources: Sources): Promise<Candidate[]> {
  switch (option.complete) {
    case 'ports':
      return startingWith(current, await sources.ports());
    case 'events': {
      // A list: what stands before the last comma is settled.
      const settled = current.slice(0, current.lastIndexOf(',') + 1);
      const events = await sources.events();
      return startingWith(
        current,
        events.map(({ word, meaning }) => ({ word: settled + word, meaning })),
      );
    }
    default:
      return startingWith(current, (option.choices ?? []).map(plain));
  }
}

function unusedOptions(options: OptionTable, used: readonly string[]): Candidate[] {
  return Object.entries(options)
    .filter(([name, { alias }]) => !used.includes(`--${name}`) && !used.includes(`-${alias}`))
    .map(([name, { describe }]) => ({ word: `--${name}`, meaning: describe || '' }));
}

function describeCommand({ name, summary }: Command): Candidate {
  return { word: name, meaning: summary };
}

function plain(word: unknown): Candidate {
  return { word: String(word), meaning: '' };
}

function startingWith(text: string, candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(text));
}
