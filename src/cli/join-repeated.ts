// Options that can be repeated: their values become one, with a line for each, as an environment variable would have it.

import type { OptionTable } from './options/option-table.js';

export function joinRepeated(argv: readonly string[], options: OptionTable): string[] {
  const lists = Object.keys(options).filter((name) => options[name]?.isList);
  return lists.reduce<string[]>(
    (words, name) => {
      const alias = options[name]?.alias;
      return joinOne(words, `--${name}`, typeof alias === 'string' ? `-${alias}` : undefined);
    },
    [...argv],
  );
}

/** @param letter the short form, of which the value may follow at once */
function joinOne(words: readonly string[], flag: string, letter: string | undefined): string[] {
  const values: string[] = [];
  const rest: string[] = [];
  let first = -1;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const next = words[at + 1];
    const isApart = (word === flag || word === letter) && next !== undefined && !/^-[^\d]/.test(next);
    const joined = isApart ? next : valueIn(word, flag, letter);
    if (joined !== undefined) {
      if (first < 0) first = rest.length;
      values.push(joined);
      if (isApart) at++;
    } else rest.push(word);
  }
  if (values.length > 0) rest.splice(first, 0, `${flag}=${values.join('\n')}`);
  return rest;
}

/** Of `--port=COM3`, `-p=COM3` or `-pCOM3`. */
function valueIn(word: string, flag: string, letter: string | undefined): string | undefined {
  if (word.startsWith(`${flag}=`)) return word.slice(flag.length + 1);
  if (letter === undefined || word === letter || !word.startsWith(letter)) return undefined;
  return word.slice(letter.length).replace(/^=/, '');
}
