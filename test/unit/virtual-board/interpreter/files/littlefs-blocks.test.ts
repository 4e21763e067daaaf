import { expect, test } from 'vitest';
import { blocksOf } from '../../../../../src/virtual-board/interpreter/files/littlefs-blocks.js';

// The second block holds one pointer, the third two, the fourth one again, the fifth three.
test.each([
  [0, 0],
  [1, 1],
  [4096, 1],
  [4097, 2],
  [4096 + 4092, 2],
  [4096 + 4092 + 1, 3],
  [4096 + 4092 + 4088, 3],
  [4096 + 4092 + 4088 + 4092, 4],
  [4096 + 4092 + 4088 + 4092 + 4084, 5],
  [4096 + 4092 + 4088 + 4092 + 4084 + 1, 6],
])('%i bytes take %i blocks', (sizeBytes, blocks) => {
  expect(blocksOf(sizeBytes)).toBe(blocks);
});
