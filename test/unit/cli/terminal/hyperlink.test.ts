import { expect, test } from 'vitest';
import { hasLinks, linked } from '../../../../src/cli/terminal/hyperlink.js';

test.each([
  ['an unknown terminal', { TERM: 'xterm-256color' }, false],
  ['kitty', { TERM: 'xterm-kitty' }, true],
  ['the terminal of VS Code', { TERM_PROGRAM: 'vscode' }, true],
  ['GNOME Terminal', { VTE_VERSION: '7600' }, true],
  ['a VTE that crashes', { VTE_VERSION: '5000' }, false],
  ['Windows Terminal', { WT_SESSION: 'x' }, true],
  ['kitty without colours', { TERM: 'xterm-kitty', NO_COLOR: '1' }, false],
])('%s: links are %s', (_, env, expected) => {
  expect(hasLinks({ isTTY: true }, env)).toBe(expected);
});

test('a pipe gets no sequences', () => {
  expect(hasLinks({ isTTY: false }, { TERM: 'xterm-kitty' })).toBe(false);
  expect(linked('a.py:1', 'a.py', false)).toBe('a.py:1');
});

test('a link leads to the file, its name encoded', () => {
  expect(linked('a b.py:1', '/tmp/a b.py', true)).toBe(
    '\x1b]8;;file:///tmp/a%20b.py\x1b\\a b.py:1\x1b]8;;\x1b\\',
  );
});
