import { defineConfig } from 'vitest/config';
import { CountReporter } from './test/support/count-reporter.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    reporters: ['default', new CountReporter()],
    maxWorkers: 3, // tests mostly wait for a board, so that more of them than cores is faster
    maxConcurrency: 10, // so do those of one file that may run side by side
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
