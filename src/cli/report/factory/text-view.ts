// The factory for people: a line for what happens to a board, in words and colours, with a bell when a board can be taken
// out. On a terminal a line for each port is redrawn below.

import { styleText } from 'node:util';
import type { FactoryEvent } from '../../../operations/factory/factory-events.js';
import type { Host } from '../../host.js';
import { canRedraw } from '../../terminal/live-lines.js';
import { inOneLine } from '../../terminal/text.js';
import type { FactoryView } from './factory-view.js';
import { LivePorts } from './live-ports.js';

const BELL = '\x07';

interface TextOptions extends Pick<Host, 'stdout' | 'stderr' | 'env'> {
  readonly quiet: boolean;
  /** How many the plan wants. */
  readonly boards: number | undefined;
  readonly ports: readonly string[];
  readonly network: boolean;
  readonly labelOf: (address: string) => string;
}

export class TextFactoryView implements FactoryView {
  readonly #options: TextOptions;
  readonly #live: LivePorts | undefined;

  constructor(options: TextOptions) {
    this.#options = options;
    const { ports, network, boards, quiet, stderr, env, labelOf } = options;
    if (quiet) return;
    const named = ports.length > 0 ? ports.map(labelOf).join(', ') : 'the USB ports';
    const where = network ? `${named} and the local networks` : named;
    const wanted =
      boards === undefined ? '' : ` ${boards === 1 ? '1 board is' : `${boards} boards are`} planned.`;
    stderr.write(`${inOneLine(`Watching ${where}.${wanted} Ctrl-C ends it.`)}\n`);
    if (canRedraw(stderr, env)) this.#live = new LivePorts(stderr, options, (text) => this.#note(text));
  }

  show(event: FactoryEvent): void {
    this.#live?.show(event);
    const label = 'board' in event ? this.#options.labelOf(event.board) : '';
    switch (event.event) {
      case 'notice':
        this.#note(event.message);
        break;
      case 'factory.row':
        if (this.#live && event.state === 'new') break; // in its line
        this.#note(`${label}: row ${event.row}, ${event.serial}, MAC ${event.mac}${ROW_NOTES[event.state]}`);
        break;
      case 'factory.attempt':
        this.#note(`${label}: ${event.reason} Trying again (attempt ${event.attempt} of ${event.attempts}).`);
        break;
      case 'factory.waiting':
        this.#note(`${label}: ${event.message} Waiting for it.`);
        break;
      case 'factory.lost':
        this.#end(
          'red',
          `${label}: UNPLUGGED before it was done${event.row === undefined ? '' : `. Row ${event.row} stays with it: plug it in again`}.`,
        );
        break;
      case 'factory.done':
        this.#end(
          'green',
          `${label}: ${event.result.toUpperCase()} ${event.serial}, ${event.mac}, ${event.seconds} s. Take it out.`,
        );
        break;
      case 'factory.failed':
        this.#end(
          'red',
          `${label}: FAILED${event.mac === undefined ? '' : `, ${event.mac}`}: ${event.message}${event.next === undefined ? '' : ` Next: ${event.next}`}`,
        );
        break;
    }
  }

  finish(): void {
    this.#live?.finish();
  }

  #note(text: string): void {
    const { quiet, stderr } = this.#options;
    if (!quiet) this.#around(() => void stderr.write(`${inOneLine(text)}\n`));
  }

  #end(colour: 'green' | 'red', text: string): void {
    const { stdout, stderr, quiet } = this.#options;
    this.#around(() => void stdout.write(`${styleText(colour, inOneLine(text), { stream: stdout })}\n`));
    if (stderr.isTTY && !quiet) stderr.write(BELL);
  }

  #around(write: () => void): void {
    if (this.#live) this.#live.around(write);
    else write();
  }
}

const ROW_NOTES = {
  new: '',
  unfinished: ', which was begun earlier',
  made: ', recorded as made: it is checked',
} as const;
