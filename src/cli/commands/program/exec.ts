// esp-portal exec

import { defineCommand } from '../../command.js';
import { RUN_OPTIONS } from './run.js';

export const execCommand = defineCommand({
  name: 'exec',
  summary: 'Run one line of Python on the board, and show its output',
  details: [
    'As [`run`](#run), with the code on the command line. `print` shows a value; quote the code for your shell.',
  ],
  options: RUN_OPTIONS,
  positionals: [{ name: 'code', describe: 'Python code, in one word' }],
  examples: [
    ["exec 'import gc; print(gc.mem_free())'", 'print the free memory'],
    ["exec 'import os; print(os.uname())' --json", 'the same for a script'],
  ],
  async run(values, context) {
    const { code } = values as unknown as { readonly code: string };
    const { runOnTerminal } = await import('../../terminal/program/run-terminal.js');
    return runOnTerminal({ code: Buffer.from(code), name: '<string>' }, values, context);
  },
});
