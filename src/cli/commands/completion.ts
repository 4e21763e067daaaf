// esp-portal completion

import { defineCommand } from '../command.js';
import { COMPLETION_SCRIPTS } from '../options/completion/scripts.js';

const SHELLS = Object.keys(COMPLETION_SCRIPTS) as (keyof typeof COMPLETION_SCRIPTS)[];

export const completionCommand = defineCommand({
  name: 'completion',
  isWithoutBoard: true,
  summary: 'Print a shell completion script',
  details: ['The first line of the script says where to put it.'],
  options: {},
  positionals: [{ name: 'shell', describe: 'Shell', choices: SHELLS }],
  examples: [
    ['completion bash', 'in ~/.bashrc: eval "$(esp-portal completion bash)"'],
    ['completion zsh', 'in ~/.zshrc, after compinit: eval "$(esp-portal completion zsh)"'],
    ['completion fish', 'into ~/.config/fish/completions/esp-portal.fish'],
  ],
  async run(values) {
    const { shell } = values as unknown as { shell: keyof typeof COMPLETION_SCRIPTS };
    const script = COMPLETION_SCRIPTS[shell];
    return { fields: { shell, script }, lines: script.split('\n'), isListing: true };
  },
});
