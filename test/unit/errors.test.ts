import { expect, test } from 'vitest';
import { PortalError } from '../../src/errors.js';

test('what a board sent without end is cut: the middle of a message, the beginning of an output', () => {
  const error = new PortalError('board-error', `The program raised ${'x'.repeat(100_000)}`, {
    boardOutput: `${'>'.repeat(100_000)}\nValueError: last`,
  });
  expect(error.message).toMatch(/^The program raised x+…x+$/);
  expect(error.message.length).toBeLessThan(2100);
  expect(error.boardOutput).toMatch(/^…>+\nValueError: last$/);
  expect(error.boardOutput?.length).toBeLessThan(2100);
  expect(error.with({ adds: 'Nothing was changed.' }).message).toMatch(/ Nothing was changed\.$/);
});

test('shorter texts are kept whole', () => {
  const error = new PortalError('board-error', 'a', { boardOutput: 'b' });
  expect([error.message, error.boardOutput]).toEqual(['a', 'b']);
});
