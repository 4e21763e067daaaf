// What dev reports between two edits, for people.

import type { ProblemEvent, ProgressEvent, SentEvent } from '../../progress.js';
import { inOneLine } from '../terminal/text.js';

type DevEvent = Extract<ProgressEvent, { event: 'watching' | 'sent' | 'problem' }>;

/** Above this, the number of files is shown instead of their names. */
const NAMED = 4;

const RESTARTS: Readonly<Record<SentEvent['restart'], string>> = {
  app: 'the program starts again on the same network',
  soft: 'MicroPython restarts',
  hard: 'the board restarts',
};

/** @param link makes a place of a file a link */
export function describeDev(event: DevEvent, link: (text: string, file: string) => string): string[] {
  switch (event.event) {
    case 'watching': {
      const folder = event.folder === '.' ? 'this folder' : inOneLine(event.folder);
      return event.pollsBecause === undefined
        ? [`Watching ${folder}.`]
        : [`Looking through ${folder} every second, because ${inOneLine(event.pollsBecause)}.`];
    }
    case 'sent':
      return [describeSent(event)];
    case 'problem':
      return describeProblem(event, link);
  }
}

function describeSent({ sent, removed, bytes, sentBytes, milliseconds, restart }: SentEvent): string {
  const what = [
    ...(sent.length > 0 ? [`sent ${named(sent)} (${bytes} bytes as ${sentBytes})`] : []),
    ...(removed.length > 0 ? [`removed ${named(removed)}`] : []),
  ].join(', ');
  const seconds = (milliseconds / 1000).toFixed(2);
  return `${what[0]?.toUpperCase() ?? 'Nothing differs'}${what.slice(1)} in ${seconds} s; ${RESTARTS[restart]}.`;
}

function named(paths: readonly string[]): string {
  return paths.length <= NAMED ? inOneLine(paths.join(', ')) : `${paths.length} files`;
}

/** In the form of compilers, which editors link, with the line marked: MicroPython knows no column. */
function describeProblem(
  { message, file, line, source }: ProblemEvent,
  link: (text: string, file: string) => string,
): string[] {
  if (file === undefined || line === undefined) return [`Not sent: ${inOneLine(message)}`];
  const place = link(inOneLine(`${file}:${line}`), file);
  const text = inOneLine((source ?? '').replaceAll('\t', ' '));
  const indent = text.search(/\S/);
  return [
    `${place}: ${inOneLine(message)}`,
    ...(indent >= 0
      ? [`    ${text}`, `    ${' '.repeat(indent)}^${'~'.repeat(text.trim().length - 1)}`]
      : []),
    'Nothing was sent.',
  ];
}
