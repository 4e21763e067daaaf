// The order of test files: what takes long begins first, so that no worker is left alone with it at the end.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take 10 s or more, the longest first: most of them wait for deadlines of the program. */
const FIRST = [
  'virtual/native-usb',
  'cli/terminal',
  'device-py/out-of-action',
  'virtual/slow-network',
  'cli/every-error',
  'cli/flash',
  'interop/serial-programs',
  'cli/commands',
  'virtual/loader',
  'virtual/presets',
  'cli/flash-trouble',
  'board/slow-board',
  'cli/secrets',
  'virtual/usb-cut',
  'virtual/install-cut',
  'cli/install',
  'virtual/power-cut',
  'interop/pyserial',
  'browser/sign-in',
  'virtual/families',
  'virtual/disturbed-install',
  'interop/clients',
  'interop/microbit',
  'virtual/transfer',
  'virtual/stalled-repl',
  'virtual/esp32',
  'examples/library-page',
  'virtual/uninstall-cut',
  'virtual/usb-devices',
  'virtual/wedged-board',
  'virtual/stalled-flash',
  'cli/monitor-end',
  'virtual/full-session-log',
  'virtual/network-port',
  'virtual/app',
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
