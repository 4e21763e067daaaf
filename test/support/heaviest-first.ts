// The order of test files: what takes long begins first, so that no worker is left alone with it at the end.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest: most of them wait for deadlines of the program. */
const FIRST = [
  'cli/terminal',
  'virtual/slow-network',
  'cli/flash-trouble',
  'cli/flash',
  'cli/every-error',
  'virtual/presets',
  'cli/commands',
  'virtual/install-cut',
  'virtual/native-usb',
  'cli/install',
  'device-py/out-of-action',
  'cli/secrets',
  'interop/serial-programs',
  'virtual/wedged-board',
  'cli/monitor-end',
  'virtual/loader',
];

export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const index = FIRST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  if (index >= 0) return index;
  return project.name === 'programs' ? FIRST.length : FIRST.length + 1;
}
