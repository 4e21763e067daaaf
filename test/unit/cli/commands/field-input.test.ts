// Values of `wifi set --field` that are not in an argument.

import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { fieldValues } from '../../../../src/cli/commands/wifi/field-input.js';
import { misspeltVariables } from '../../../../src/cli/options/misspelt-variables.js';
import { Redactor } from '../../../../src/log/redaction/redactor.js';
import { fakeHost } from '../../../support/fake-host.js';

const { signal } = new AbortController();
const named = (...names: string[]) => names.map((name) => ({ name, value: undefined }));

/** Of `--field key --field mqtt=visible --field token`, with this text on standard input. */
function valuesFrom(input: string | undefined, env: NodeJS.ProcessEnv = {}) {
  const { host } = fakeHost([], env);
  const stdin = Readable.from([...(input ?? '')].map((byte) => Buffer.from(byte)));
  const redactor = new Redactor();
  const field = [...named('key'), { name: 'mqtt', value: 'visible' }, ...named('token')];
  const values = fieldValues(
    { field, json: false, 'field-stdin': input !== undefined },
    { host: { ...host, stdin: stdin as typeof host.stdin }, redactor, signal },
  );
  return { values, redactor };
}

test('--field-stdin reads a line for each field without a value', async () => {
  const { values, redactor } = valuesFrom('first=secret\r\nsecond secret\n');
  expect(await values).toEqual({ key: 'first=secret', mqtt: 'visible', token: 'second secret' });
  expect(redactor.mask('it is second secret')).not.toContain('second');
});

test('a line without a field is an error: a secret of several lines would be cut', async () => {
  await expect(valuesFrom('first\nsecond\nthird\n').values).rejects.toMatchObject({
    code: 'usage',
    message: 'Standard input has more lines than there are fields without a value (2).',
  });
});

test('$ESP_PORTAL_FIELD_NAME has the value of a field, and is not taken for a misspelt variable', async () => {
  const env = { ESP_PORTAL_FIELD_KEY: 'a secret', ESP_PORTAL_FIELD_TOKEN: 'another one' };
  expect(await valuesFrom(undefined, env).values).toMatchObject({ key: 'a secret', token: 'another one' });
  expect(misspeltVariables({ ESP_PORTAL_FIELD_X: '' })).toEqual([]);
});

test.each([
  ['too few lines', 'only one', {}],
  ['no variable', undefined, { ESP_PORTAL_FIELD_KEY: 'a secret', ESP_PORTAL_FIELD_TOKEN: '' }],
])('names the field and the ways to give its value: %s', async (_case, input, env) => {
  await expect(valuesFrom(input, env).values).rejects.toMatchObject({
    code: 'usage',
    message: 'No value for the field token was given.',
    next: expect.stringMatching(/--field-stdin.*\$ESP_PORTAL_FIELD_TOKEN/),
  });
});
