// esp-portal init

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { shellWord } from '../../../input/shell-word.js';
import { packageFile } from '../../../package-file.js';
import { defineCommand } from '../../command.js';

/** Generated from the options; `npm run docs` writes it anew. */
const SCHEMA = 'docs/esp-portal.schema.json';

export const initCommand = defineCommand({
  name: 'init',
  isWithoutBoard: true,
  summary: 'Make a project: settings, a program, tasks for VS Code',
  details: [
    'It makes `esp-portal.json` with a schema, by which an editor completes and checks the settings, `program/app.py`, and `.vscode/tasks.json`, whose tasks mark errors of the program in the editor. A file that exists stays as it is. [developing.md](developing.md#a-new-project) shows it.',
  ],
  options: {},
  positionals: [{ name: 'dir', describe: 'The folder (default: this one)', isOptional: true }],
  examples: [
    ['init', 'make a project in this folder'],
    ['init pump', 'make one in a new folder'],
  ],
  async run(values, { host }) {
    const { dir = '.' } = values as { readonly dir?: string };
    const { initProject } = await import('../../../operations/project/init.js');
    const folder = resolve(host.cwd(), dir);
    const schema = await readFile(packageFile(SCHEMA), 'utf8');
    const { made, kept } = await initProject(folder, schema);
    const enter = dir === '.' ? '' : `cd ${shellWord(dir.replace(/^-/, './-'))} && `;
    return {
      fields: { folder, made, kept },
      lines: [
        made.length > 0 ? `Made ${made.join(', ')} in ${folder}.` : `Nothing to make in ${folder}.`,
        ...(kept.length > 0 ? [`Kept, because they exist: ${kept.join(', ')}.`] : []),
        `Next: ${enter}esp-portal setup, or esp-portal install on a board that has MicroPython.`,
      ],
    };
  },
});
