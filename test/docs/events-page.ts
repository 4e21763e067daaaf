// docs/events.md, made from the catalogue that the compiler checks against the types of the events.

import { EVENT_CATALOGUE, LOG_EVENT_NAMES } from '../../src/log/event-catalogue.js';

const INTRODUCTION = `# Events of a board's log

Made from the program itself by \`npm run docs\`. This is what \`monitor --json\` prints, one object a line, and what the
library hands to \`onLog\`. The names are for \`--until\`, \`--fail-on\`, \`--filter\` and \`--exclude\` too; there a family
(\`wifi\`) stands for all whose names begin with it, and \`/a pattern/i\` for lines with such text.

Every event has

| field | meaning |
|---|---|
| \`event\` | its name |
| \`time\` | when its last byte arrived at this computer, ISO 8601 in UTC (in the library \`timeMs\`, milliseconds since 1970) |
| \`board\` | the port |
| \`raw\` | the text that it was read from, passwords masked; lines are joined by \`\\n\` |
| \`explanation\` | what a number or a name of the chip's means, in words, where there is something to explain |
| \`advice\` | what to do, where that is known |
| \`unfinished\` | \`true\` for a line that stops for 30 ms without an end, such as a prompt. When it has, it comes again, whole |

and the fields of its kind. A \`notice\` (\`message\`, perhaps \`url\`) and the last line, the \`result\`, come from esp-portal
and not from the board: they have none of these. A field that the board did not tell is absent. New events and fields may be added.

A line is at most 8192 bytes; a longer one comes in pieces. What the SDK says in the midst of a line is an event of its
own, and the line is put together again. Events of several lines (tracebacks, crashes) end with their last line, or
after a quarter of a second without a byte.`;

export function eventsPage(): string {
  const familyOf = (name: string) => name.split('.')[0];
  const families = [...new Set(LOG_EVENT_NAMES.map(familyOf))];
  const sections = families.map((family) => {
    const names = LOG_EVENT_NAMES.filter((name) => familyOf(name) === family);
    return [`## ${family}`, ...names.map(eventSection)].join('\n\n');
  });
  return `${[INTRODUCTION, ...sections].join('\n\n')}\n`;
}

function eventSection(name: (typeof LOG_EVENT_NAMES)[number]): string {
  const { meaning, fields, example } = EVENT_CATALOGUE[name];
  const rows = Object.entries<string>(fields).map(([field, about]) => `| \`${field}\` | ${about} |`);
  return [
    `### ${name}`,
    meaning,
    ...(rows.length > 0 ? [['| field | meaning |', '|---|---|', ...rows].join('\n')] : []),
    ...(example === undefined ? [] : [['```', example, '```'].join('\n')]),
  ].join('\n\n');
}
