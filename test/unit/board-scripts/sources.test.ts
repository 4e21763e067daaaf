// Each program for boards: as it is written, and as it is sent, with every block that depends on a parameter and with none.
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileMpy } from '../../../scripts/mpy-cross.js';
import { assemble } from '../../../src/board-scripts/python-source.js';
import { faults, formatted } from '../../support/python-checks.js';

const FOLDER = new URL('../../../src/board-scripts/', import.meta.url);
const names = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.py'));
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');
/** An import that has to come after the search path was changed, and one for the programs that come after. */
function isMeant(fault: string, name: string): boolean {
  const [, row, code] = /^(\d+): (\w+)/.exec(fault) ?? [];
  if (code !== 'F401') return code === 'E402';
  const imported = read(name).split('\n')[Number(row) - 1]?.split(' ').at(-1);
  const imports = new RegExp(`^from ${basename(name, '.py')} import .*\\b${imported}\\b`, 'm');
  return names.some((other) => imports.test(read(other)));
}

async function shortForm(name: string, choice: boolean): Promise<string> {
  const [folder, file] = name.split('/');
  const { default: text }: { default: string } = await import(
    `../../../src/board-scripts/${folder}/${basename(file ?? '', '.py')}.py`
  );
  const conditions = Array.from(
    text.matchAll(/^ *if (?:not )?\$(\w+)\$:$/gm),
    ([, parameter = '']) => parameter,
  );
  const all = Array.from(text.matchAll(/\$(\w+)\$/g), ([, parameter = '']) => parameter);
  const parameters = all.map((one) => [one, conditions.includes(one) ? choice : 'value'] as const);
  return assemble([text], Object.fromEntries(parameters));
}

describe.each(names)('%s', (name) => {
  test('is Python that every board from v1.12 on can run', () => {
    expect(faults(read(name)).filter((fault) => !isMeant(fault, name))).toEqual([]);
  });

  test('is formatted, and says at its top what it is for', () => {
    expect(formatted(read(name))).toBe(read(name));
    expect(read(name)).toMatch(/^"""[A-Z`]/);
  });

  test('is shorter in its short form', async () => {
    for (const choice of [true, false])
      expect((await shortForm(name, choice)).length).toBeLessThan(read(name).length);
  });
});

describe.each([5, 6] as const)('for format %s', (format) => {
  test.each([true, false])('all compile in their short form, with each choice %s', async (choice) => {
    const forms = await Promise.all(
      names.map(async (name) => [name, await shortForm(name, choice)] as const),
    );
    // One call of the compiler costs more than all programs.
    const all = forms.map(([, code]) => `${code}\n`).join('');
    try {
      expect(await compileMpy('programs.py', all, format)).not.toHaveLength(0);
    } catch {
      for (const [name, code] of forms) expect(await compileMpy(name, code, format)).not.toHaveLength(0);
      expect.unreachable('Each compiles, all together do not.');
    }
  });
});
