// The order of test files: what takes long begins first, so that no worker is left alone with it at the end.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take 5 s or more, the longest first: some compute, most wait for deadlines of the program. */
const FIRST = [
  'cli/terminal',
  'virtual/native-usb',
  'cli/install-pages',
  'cli/every-error',
  'cli/flash',
  'virtual/install-cut',
  'virtual/slow-network',
  'virtual/setup-in-flash',
  'cli/commands',
  'virtual/faster-upload',
  'device-py/out-of-action',
  'virtual/loader',
  'cli/install',
  'virtual/presets',
  'cli/files-from-flash',
  'interop/serial-programs',
  'cli/flash-trouble',
  'unit/linear-time',
  'cli/settings',
  'cli/run',
  'board/slow-board',
  'cli/wifi',
  'cli/backup',
  'browser/sign-in',
  'virtual/families',
  'cli/files',
  'virtual/uninstall-cut',
  'virtual/transfer',
  'cli/wifi-fields',
  'cli/image',
  'virtual/power-cut',
  'cli/qr-code',
  'cli/several-boards',
  'interop/clients',
  'cli/hostile-text',
  'cli/reset-creds',
  'cli/firmware',
  'cli/secrets',
  'virtual/esp32',
  'virtual/disturbed-install',
  'virtual/usb-cut',
  'interop/microbit',
  'cli/simulate',
  'virtual/stalled-repl',
  'cli/monitor-terminal',
  'virtual/wedged-board',
  'virtual/files-in-flash',
  'examples/library-page',
  'virtual/board-process',
  'interop/pyserial',
  'virtual/usb-devices',
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
