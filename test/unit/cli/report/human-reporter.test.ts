import { PassThrough } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { humanReporter } from '../../../../src/cli/report/human-reporter.js';
import { PortalError } from '../../../../src/errors.js';

function reporter(options: { quiet?: boolean; verbose?: boolean } = {}) {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    streams[name].on('data', (chunk) => {
      written[name] += chunk;
    });
  }
  const tested = humanReporter({
    stdout: streams.stdout as unknown as NodeJS.WriteStream,
    stderr: streams.stderr as unknown as NodeJS.WriteStream,
    quiet: false,
    verbose: false,
    ...options,
  });
  return { tested, written };
}

const bytesOf = (doneBytes: number, totalBytes: number) =>
  ({ event: 'bytes', step: 'write', doneBytes, totalBytes }) as const;

test('without a terminal each step is one plain line, when it is done', () => {
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'write' });
  tested.progress({ ...bytesOf(50_000, 100_000), bytesPerSecond: 40_000, secondsLeft: 2 });
  tested.progress({ ...bytesOf(100_000, 100_000), bytesPerSecond: 30_000, secondsLeft: 0 });
  tested.progress({ event: 'step', step: 'verify' });
  tested.done('flash', { fields: {}, lines: ['It runs.'] });
  expect(written.stderr).toMatch(
    /^✔ Write the firmware {2}100 % {2}100\.0 of 100\.0 KB {2}30\.0 KB\/s\n✔ Verify by MD5\n$/,
  );
  expect(written.stdout).toBe('It runs.\n');
});

test('reports a new attempt and its setting', () => {
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'write' });
  tested.progress({ event: 'fallback', setting: 'baud', value: 115200, reason: 'It got lost.' });
  expect(written.stderr).toBe('✖ Write the firmware  It got lost.\nTrying again at 115200 baud.\n');
});

test('a retry is a separate line, and the step continues', () => {
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'download' });
  tested.progress({ event: 'retry', step: 'download', reason: 'x sent\tnothing.', attempt: 2, attempts: 4 });
  tested.done('flash', { fields: {}, lines: [] });
  expect(written.stderr).toBe(
    'x sent\\x09nothing. Trying again (attempt 2 of 4).\n✔ Download the firmware\n',
  );
});

test.each([
  [2, '2 s left'],
  [121, '3 min left'],
  [3601, 'more than 1 h left'],
  [1_800_000, 'more than 1 h left'],
])('%i seconds are shown as %s', (secondsLeft, shown) => {
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'write' });
  tested.progress({ ...bytesOf(1, 100_000), bytesPerSecond: 1, secondsLeft });
  tested.failed('flash', { error: new PortalError('flash-failed', 'It failed.'), exitCode: 6 });
  expect(written.stderr).toContain(`  ${shown}\n`);
});

test('a board cannot steer the terminal', () => {
  const { tested, written } = reporter();
  tested.log({ event: 'line', timeMs: 0, board: 'x', raw: '\x1b[2Jgone\x07\x9b1m and\ttabs' });
  expect(written.stdout).toBe('\\x1b[2Jgone\\x07\\x9b1m and\ttabs\n');
});

test('an error says what happened, why, what to type, and what the board printed', () => {
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'upload' });
  tested.failed('install', {
    error: new PortalError('board-error', 'It ended.', { boardOutput: 'Traceback\n\x1b[2JValueError' }),
    exitCode: 7,
    cause: 'A bug.',
    next: 'esp-portal monitor',
  });
  expect(written.stderr).toBe(
    '✖ Upload the portal\nError: It ended.\n    Traceback\n    \\x1b[2JValueError\nLikely cause: A bug.\nNext: esp-portal monitor\n',
  );
});

test('the stack of an error is shown only on request', () => {
  for (const verbose of [false, true]) {
    const { tested, written } = reporter({ verbose });
    tested.failed('flash', { error: new PortalError('timeout', 'late'), exitCode: 8 });
    expect(written.stderr.includes('    at ')).toBe(verbose);
  }
});

test('a bug is shown with its report and where to report it', () => {
  const { tested, written } = reporter();
  tested.failed('flash', { error: new Error('a bug'), exitCode: 1, report: 'versions\nstack' });
  expect(written.stderr).toContain('Please report it');
  expect(written.stderr).toContain('    versions\n    stack\n');
});

test('quiet keeps to the log and to errors', () => {
  const { tested, written } = reporter({ quiet: true });
  tested.progress({ event: 'step', step: 'write' });
  tested.notice({ event: 'notice', message: 'by the way' });
  tested.log({ event: 'line', timeMs: 0, board: 'x', raw: 'from the board' });
  tested.done('monitor', { fields: {}, lines: ['done'] });
  expect(written).toEqual({ stdout: 'from the board\n', stderr: '' });
});

test('requested data is shown with --quiet, too', () => {
  const { tested, written } = reporter({ quiet: true });
  tested.done('ports', { fields: {}, lines: ['/dev/ttyUSB0'], isListing: true });
  expect(written.stdout).toBe('/dev/ttyUSB0\n');
});

test('without a terminal a long step reports its progress every few seconds until it ends', () => {
  vi.useFakeTimers();
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'write' });
  tested.progress({ ...bytesOf(1000, 4000), bytesPerSecond: 500, secondsLeft: 6 });
  vi.advanceTimersByTime(11_000);
  expect(
    written.stderr.match(/^… Write the firmware {2}25 % {2}1\.0 of 4\.0 KB {2}0\.5 KB\/s {2}6 s left$/gm),
  ).toHaveLength(2);
  tested.done('flash', { fields: {}, lines: [] });
  const atEnd = written.stderr;
  vi.advanceTimersByTime(60_000);
  expect(written.stderr).toBe(atEnd);
});

afterEach(() => {
  vi.useRealTimers();
});

test('a step that went well has done all of its bytes', () => {
  const { tested, written } = reporter();
  tested.progress({ event: 'step', step: 'upload' });
  tested.progress({
    event: 'bytes',
    step: 'upload',
    doneBytes: 910,
    totalBytes: 1000,
    bytesPerSecond: 5000,
    secondsLeft: 1,
  });
  tested.done('install', { fields: {}, lines: [] });
  expect(written.stderr).toBe('✔ Upload the portal  100 %  1.0 of 1.0 KB  5.0 KB/s\n');
});

test('no text of an event, a result or an error controls the terminal or starts a new line', () => {
  const names: string[] = [];
  const hostile = (name: string) => {
    names.push(name);
    return `${name}\x1b]0;t\x07\u009b2J\u202e\nNext: evil`;
  };
  const free = { freeHeapBytes: 1, freeSpaceBytes: 1 };
  const { tested, written } = reporter({ verbose: true });
  tested.notice({ event: 'notice', message: hostile('a notice') });
  tested.progress({ event: 'step', step: 'download' });
  tested.progress({ event: 'download', url: hostile('a url') });
  tested.progress({ event: 'fallback', setting: 'baud', value: 115200, reason: hostile('a reason') });
  tested.progress({ event: 'step', step: 'enter-repl' });
  tested.progress({
    event: 'board',
    version: hostile('a version'),
    platform: hostile('a platform'),
    form: 'mpy6',
    ...free,
  });
  tested.milestone([hostile('a milestone')]);
  tested.done('flash', { fields: {}, lines: [hostile('a result')] });
  const cause = new Error(hostile('a bug'), { cause: new TypeError(hostile('its cause')) });
  const texts = {
    cause: hostile('a likely cause'),
    next: hostile('a command'),
    reportFile: hostile('a file'),
    reportTrouble: hostile('a disk'),
  };
  tested.failed('flash', {
    error: new PortalError('port-lost', hostile('an error'), { cause, boardOutput: hostile('a board') }),
    exitCode: 3,
    ...texts,
  });
  tested.failed('flash', { error: cause, exitCode: 1, report: hostile('a report') });
  const all = written.stdout + written.stderr;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(all).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  expect(all).toContain('Underneath: TypeError');
  expect(all).not.toMatch(/^Next: evil/m);
  for (const name of names) expect(all).toContain(name);
});
