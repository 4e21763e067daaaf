import { defineConfig } from 'vitest/config';
import { pythonFiles } from './scripts/board-scripts.js';
import { CountReporter } from './test/support/count-reporter.js';
import { HeaviestFirst } from './test/support/heaviest-first.js';

const common = {
  server: { deps: { external: [/\/dist\//] } }, // what was built runs as it is
  // On a computer that is busy with other things a test may get a tenth of a core.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  isolate: false, // a process serves one file after the other: loading all modules again takes longer than most tests
  maxConcurrency: 10, // tests of one file that may run side by side mostly wait for a board
};
const MODULES = ['test/unit/**/*.test.ts', 'test/device-py/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    sequence: { sequencer: HeaviestFirst },
    reporters: ['default', new CountReporter()],
    maxWorkers: 9, // more than cores, because most tests wait for a board
    projects: [
      {
        plugins: [pythonFiles()],
        test: { ...common, name: 'modules', include: MODULES },
      },
      {
        plugins: [pythonFiles()],
        test: {
          ...common,
          name: 'programs',
          include: ['test/**/*.test.ts'],
          exclude: MODULES,
          setupFiles: 'test/support/boards-in-threads.ts',
        },
      },
    ],
  },
});
