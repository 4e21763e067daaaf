// Prints completions for a shell: one word per line, with its meaning after a tab.

import { LOG_EVENT_NAMES } from '../../operations/log/log-events.js';
import type { Host } from '../host.js';
import { inOneLine } from '../terminal/text.js';
import { complete, type Sources } from './complete.js';

const SOURCES: Sources = {
  async ports() {
    const { discoverPorts } = await import('../../operations/ports/ports.js');
    const ports = await discoverPorts();
    return [
      ...ports.map(({ path, adapter }) => ({ word: path, meaning: adapter ?? '' })),
      { word: 'virtual:', meaning: 'virtual board' },
    ];
  },
  events: async () => LOG_EVENT_NAMES.map((word) => ({ word, meaning: '' })),
};

/** @param words see complete */
export async function answerShell(words: readonly string[], { stdout }: Pick<Host, 'stdout'>): Promise<void> {
  const candidates = await complete(words, SOURCES);
  stdout.write(candidates.map(({ word, meaning }) => `${inOneLine(word)}\t${inOneLine(meaning)}\n`).join(''));
}
