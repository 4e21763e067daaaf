// What a command on several boards shows: chooses lines that are redrawn, lines with names in front, or JSON.

import type { Redactor } from '../../../operations/log/secrets.js';
import type { Host } from '../../host.js';
import { cleaner, type ReporterValues } from '../create-reporter.js';
import type { BoardsDisplay } from '../reporter.js';
import { JsonBoards } from './json-boards.js';

interface DisplayOptions {
  readonly labels: readonly string[];
  readonly values: ReporterValues;
  readonly redactor: Redactor;
  readonly host: Host;
  /** The log is what the command shows, so nothing is drawn below it. */
  readonly showsLog: boolean;
  /** The name of the board with this MAC address, which only its loader reports. */
  readonly nameOfMac: (mac: string) => string | undefined;
}

/** Its input is masked here, so that no command can forget it. */
export async function createBoardsDisplay(options: DisplayOptions): Promise<BoardsDisplay> {
  const clean = cleaner(options.values, options.redactor);
  const plain = await createPlainDisplay(options);
  return {
    reporter: (label) => clean(plain.reporter(label)),
    started: (label) => plain.started(label),
    finish: () => plain.finish(),
  };
}

async function createPlainDisplay(options: DisplayOptions): Promise<BoardsDisplay> {
  const { values, host } = options;
  if (values.json) return new JsonBoards((line) => host.stdout.write(`${line}\n`));
  const { TextBoards } = await import('./text-boards.js');
  return new TextBoards(options);
}
