// Runs of esp-portal flash with images of a test, and what their JSON lines report.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliHome, CliRun } from './cli.js';

export function flashRuns(home: CliHome) {
  return {
    flash: (port: string, ...more: string[]) => home.call(['flash', '--port', port, '--json', ...more]),
    /** An image as a file. */
    file: (name: string, bytes: Uint8Array): string => {
      const path = join(home.folder, name);
      writeFileSync(path, bytes);
      return path;
    },
  };
}

export const eventsOf = (run: CliRun, event: string) => run.json().filter((line) => line.event === event);
export const stepsOf = (run: CliRun) => eventsOf(run, 'step').map(({ step }) => step);
