// Prints completions for a shell: one word per line, with its meaning after a tab.

import { LOG_EVENT_NAMES } from '../../../operations/log/log-events.js';
import type { Host } from '../../host.js';
import { inOneLine } from '../../terminal/text.js';
import { complete, type Sources } from './complete.js';

function sourcesOf(host: Pick<Host, 'env'>): Sources {
  return {
    async ports() {
      const { discoverPorts } = await import('../../../operations/ports/ports.js');
      const { namesFile } = await import('../../board-names.js');
      const { readBoardNames } = await import('../../../operations/boards/names.js');
      const names = await readBoardNames(namesFile(host)).catch(() => new Map<string, string>());
      const ports = await discoverPorts();
      return [
        ...[...names].map(([word, address]) => ({ word, meaning: address })),
        ...ports.map(({ path, adapter }) => ({ word: path, meaning: adapter ?? '' })),
        { word: 'virtual:', meaning: 'virtual board' },
        { word: 'all', meaning: 'every board that is connected' },
      ];
    },
    events: async () => LOG_EVENT_NAMES.map((word) => ({ word, meaning: '' })),
  };
}

/** @param words see complete */
export async function answerShell(
  words: readonly string[],
  host: Pick<Host, 'stdout' | 'env'>,
): Promise<void> {
  const candidates = await complete(words, sourcesOf(host));
  const lines = candidates.map(({ word, meaning }) => `${inOneLine(word)}\t${inOneLine(meaning)}\n`);
  host.stdout.write(lines.join(''));
}
