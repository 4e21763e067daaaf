// .vscode/tasks.json of a new project: the commands, and how the editor finds errors in their output.

const WORKSPACE = variable('workspaceFolder');

/** `app.py:12: ValueError: …`, and `--app-mpy: app.py, line 12: invalid syntax`. */
const PLACE = {
  regexp: '^(?:.*?: )?([^\\s:"][^:"]*\\.py)(?::|, line )(\\d+): (.*)$',
  ...{ file: 1, line: 2, message: 3 },
};

/** The innermost frame of a traceback, and the line after it. */
const TRACEBACK = [
  { regexp: '^[\\s▸]*File "([^"]+\\.py)", line (\\d+)', file: 1, line: 2 },
  { regexp: '^\\s*(?!File )(\\w[\\w.]*(?:: .*)?)$', message: 1 },
];

const COMMON = {
  owner: 'esp-portal',
  severity: 'error',
  // The board's paths begin in the folder of the program.
  fileLocation: ['search', { include: [WORKSPACE, `${WORKSPACE}/program`] }],
};

/** What dev says when it has sent a change: what was wrong before is forgotten. */
const BEGINS = '^(?:Sent|Removed|Nothing differs)\\b';

/** dev does not end: a line says when a problem is complete. The compiler knows two kinds. */
const DEV_MATCHERS = [
  {
    ...COMMON,
    pattern: { ...PLACE, regexp: '^(.+\\.py):(\\d+): ((?:Syntax|Indentation)Error.*)$' },
    background: { activeOnStart: true, beginsPattern: BEGINS, endsPattern: '^Nothing was sent\\.' },
  },
  {
    ...COMMON,
    ...{ source: 'traceback', pattern: TRACEBACK },
    background: {
      ...{ activeOnStart: true, beginsPattern: BEGINS },
      endsPattern: '^.+\\.py:\\d+: (?!(?:Syntax|Indentation)Error)[A-Z]\\w*(?:: |$)',
    },
  },
];

const MATCHERS = [
  { ...COMMON, pattern: PLACE },
  { ...COMMON, source: 'traceback', pattern: TRACEBACK },
];

/** For the extension that runs tasks of VS Code. */
export const TASKS = {
  version: '2.0.0',
  tasks: [
    {
      label: 'esp-portal: install',
      ...{ type: 'shell', command: 'esp-portal install', problemMatcher: MATCHERS },
      group: { kind: 'build', isDefault: true },
    },
    {
      label: 'esp-portal: dev',
      ...{ type: 'shell', command: 'esp-portal dev', isBackground: true, problemMatcher: DEV_MATCHERS },
    },
    {
      label: 'esp-portal: run this file in the memory of the board',
      ...{ type: 'shell', command: `esp-portal run "${variable('relativeFile')}"`, problemMatcher: MATCHERS },
    },
    {
      label: 'esp-portal: log',
      ...{ type: 'shell', command: 'esp-portal monitor', problemMatcher: [] },
    },
  ],
} as const;

/** Of VS Code, which puts its value in. */
function variable(name: string): string {
  return `$\{${name}}`;
}
