import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MpyCross } from '../../../../src/portal/compiler/mpy-cross.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

test('a compiler that crashes is an error with its last words, also for the next module', async () => {
  const compiler = join(temporaryFolder(), 'compiler.js');
  writeFileSync(compiler, "exports.compile = () => { throw new TypeError('out of tables'); };");
  using mpyCross = new MpyCross(compiler, '');
  await expect(mpyCross.compile('a.py', '')).rejects.toThrow('TypeError: out of tables');
  await expect(mpyCross.compile('b.py', '')).rejects.toThrow('TypeError: out of tables');
});
