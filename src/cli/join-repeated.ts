// Options that can be repeated: their values become one, with a line for each, as an environment variable would have it.

import type { OptionTable } from './options/option-table.js';

export function joinRepeated(argv: readonly string[], options: OptionTable): string[] {
  const lists = Object.keys(options).filter((name) => options[name]?.isList);
  return lists.reduce<string[]>((words, name) => joinOne(words, `--${name}`), [...argv]);
}

function joinOne(words: readonly string[], flag: string): string[] {
  const values: string[] = [];
  const rest: string[] = [];
  let first = -1;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    const isApart = word === flag && next !== undefined && !/^-[^\d]/.test(next);
    if (isApart || word.startsWith(`${flag}=`)) {
      if (first < 0) first = rest.length;
      values.push(isApart ? next : word.slice(flag.length + 1));
      if (isApart) at++;
    } else rest.push(word);
  }
  if (values.length > 0) rest.splice(first, 0, `${flag}=${values.join('\n')}`);
  return rest;
}
