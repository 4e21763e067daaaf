import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { pythonFiles } from './scripts/board-scripts.js';
import { builtModules } from './scripts/source-module.js';
import { CountReporter } from './test/support/count-reporter.js';
import { HeaviestFirst } from './test/support/heaviest-first.js';

/** Not any folder of these names: the clone may be in one. */
const folder = fileURLToPath(new URL('.', import.meta.url)).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
const BUILT = new RegExp(`${folder}(dist|build)/`);

export default defineConfig({
  plugins: [builtModules(), pythonFiles()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    setupFiles: 'test/support/boards-in-threads.ts',
    sequence: { sequencer: HeaviestFirst },
    reporters: ['default', new CountReporter()],
    server: { deps: { external: [BUILT] } }, // what was built runs as it is
    maxWorkers: 6, // more than cores, because most tests wait for a board
    maxConcurrency: 10, // of one file, the tests that may run side by side
    // For V8 in these processes, not in those that tests start: interpreters live shorter than optimising them takes, and
    // so many processes need no further threads to collect in.
    execArgv: ['--liftoff-only', '--single-threaded-gc'],
    isolate: false, // a process serves one file after the other: loading all modules again takes longer than most tests
    // On a computer that is busy with other things a test may get a tenth of a core.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
