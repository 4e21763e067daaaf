// The order of test files: what takes long begins first, so that no worker is left alone with it at the end.

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take 9 s or more, the longest first: some compute, most wait for deadlines of the program. */
const FIRST = [
  'cli/every-error',
  'cli/commands',
  'virtual/setup-in-flash',
  'virtual/slow-network',
  'browser/translated',
  'cli/terminal',
  'board/slow-board',
  'cli/flash-trouble',
  'virtual/presets',
  'cli/flash',
  'browser/sign-in',
  'cli/factory',
  'cli/install-pages',
  'virtual/install-cut',
  'virtual/factory',
  'virtual/power-cut',
  'virtual/dev',
  'virtual/faster-upload',
  'interop/clients',
  'cli/dev',
  'interop/microbit',
  'cli/wifi',
  'cli/secrets',
  'cli/backup',
  'unit/virtual-board/interpreter/bridge',
  'virtual/transfer',
  'virtual/stalled-repl',
  'virtual/families',
  'virtual/loader-cut',
  'unit/virtual-board/interpreter/sockets',
  'virtual/native-usb',
  'cli/several-boards',
  'interop/serial-programs',
  'cli/monitor-end',
  'examples/library-page',
  'unit/esp/loader-diagnosis',
  'device-py/out-of-action',
  'cli/files-from-flash',
  'virtual/served-usb',
  'interop/network-bench',
  'virtual/disturbed-install',
  'unit/virtual-board/interpreter/prepared-interpreter',
  'virtual/usb-cut',
  'unit/virtual-board/interpreter/killed',
  'cli/init',
  'virtual/loader',
  'cli/monitor',
  'virtual/esp32',
  'unit/virtual-board/interpreter/console/overrun',
  'cli/wifi-fields',
  'cli/run',
  'cli/install',
  'interop/pyserial',
  'unit/filesystem/littlefs/edit',
  'cli/files',
  'virtual/full-session-log',
  'virtual/keep',
  'unit/portal/app-folder',
  'virtual/no-restart',
  'cli/image',
  'virtual/network-port',
  'device-py/portal-keep',
];

export class HeaviestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const index = FIRST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  if (index >= 0) return index;
  return /\/test\/(?:unit|device-py)\//.test(moduleId) ? FIRST.length + 1 : FIRST.length;
}
