// Custom fields of the form, as a person writes them, and their HTML.
import { describe, expect, test } from 'vitest';
import { FORMS_ONLY } from '../../../src/log/redaction/redactor.js';
import { FieldFault, parseFields } from '../../../src/portal/fields.js';
import { fieldsHtml } from '../../../src/portal/pages/field-html.js';
import { fieldsOf, mergeSettings, settingOf, settingsFile } from '../../../src/portal/settings.js';

const PLAIN = { type: 'text', default: '', required: false, hint: '', choices: [] };

describe('a field', () => {
  test('has a name and a label, or only a name', () => {
    expect(parseFields('mqtt=MQTT = broker')).toEqual([{ ...PLAIN, name: 'mqtt', label: 'MQTT = broker' }]);
    expect(parseFields('mqtt')).toEqual([{ ...PLAIN, name: 'mqtt', label: 'mqtt' }]);
  });

  test('has attributes after semicolons, as an object of a file has them', () => {
    const port = {
      ...{ ...PLAIN, name: 'port', label: 'Port', type: 'number' },
      ...{ default: '1883', required: true, hint: 'usually 1883' },
    };
    expect(
      parseFields(
        'port=Port;type=number; default=1883;required;hint=usually 1883\nm=M;type=choice;choices=a|b',
      ),
    ).toEqual([port, { ...PLAIN, name: 'm', label: 'M', type: 'choice', choices: ['a', 'b'] }]);
    expect(parseFields(JSON.stringify([{ ...port, choices: undefined, default: 1883 }, 'x=X']))).toEqual([
      port,
      { ...PLAIN, name: 'x', label: 'X' },
    ]);
  });

  test.each([
    ['9x=X', 'a name has up to 20 letters (a to z), digits and _, and no digit in front (field "9x")'],
    ['a-b=X', 'a name has'],
    ['=X', 'a name has'],
    ['é=X', 'a name has'],
    ['password=X', 'the form itself has a field of this name (field password)'],
    ['a=X\na=Y', 'two fields have this name (field a)'],
    ['abcdefghi'.replace(/./g, '$&=X\n').trim(), 'up to 8 fields, not 9'],
    [`a=${'x'.repeat(61)}`, 'label has 61 characters; 60 are the limit'],
    ['a= ', 'the label is empty'],
    ['a=\u202eX', 'label has control characters'],
    [`a=X;hint=${'x'.repeat(61)}`, 'hint has 61'],
    ['a=X;type=email', 'type is one of text, number'],
    ['a=X;colour=red', '"colour" is not one of'],
    ['a=X;hint=1;hint=2', '"hint" is set twice'],
    ['a=X;hint', '"hint" needs a value'],
    ['a=X;required=yes', 'required is true or false'],
    ['a=X;type=number;default=1e', 'default "1e" is not a number'],
    ['a=X;type=url;default=home', 'default "home" is not a URL'],
    ['a=X;type=choice', 'the type choice needs'],
    ['a=X;choices=a|b', 'only the type choice'],
    ['a=X;type=choice;choices=a|a', 'a choice is there twice'],
    ['a=X;type=choice;choices=a|', 'choices are texts'],
    ['a=X;type=choice;choices=a|b;default=c', 'default "c" is not one of: a, b'],
    [`a=X;default=${'ä'.repeat(129)}`, ' has 258 bytes; 256 are the limit'],
    ['[1]', 'a field is an object'],
    ['[{"name": 1}]', 'a name has'],
    ['[{"name": "a", "label": {}}]', 'label is not a text'],
    ['[', 'it is not JSON'],
  ])('%j is refused', (text, message) => {
    expect(() => parseFields(text)).toThrow(FieldFault);
    expect(() => parseFields(text)).toThrow(message);
  });

  test('the reason is not masked where the name is that of a secret', () => {
    for (const text of ['mqtt_password=X;type=email', 'api_key= ', 'password=X', '9token=X']) {
      expect(() => parseFields(text)).toThrow(
        expect.toSatisfy(({ message }: Error) =>
          FORMS_ONLY.mask(`--field: ${message}.`).endsWith(`${message}.`),
        ),
      );
    }
  });
});

test('texts cannot be HTML, slots of the template or the name of a network', () => {
  const html = fieldsHtml(
    parseFields('a={name}"<script>&;hint={f0}</small>\nb=B;type=choice;choices=</select>|{x}'),
  );
  expect(html).not.toMatch(/<script|\{name\}|\{x\}|\}\}/);
  expect(html).toContain('&#123;name&#125;&quot;&lt;script>&amp;</label>');
  expect(html).toContain('<small id=h0>&#123;f0&#125;&lt;/small></small>');
  expect(html).toContain('<option>&lt;/select></option>');
});

test('the browser checks what it can, except a password, which may be stored', () => {
  const html = fieldsHtml(
    parseFields(
      'n=N;type=number;required\np=P;type=password;required\nu=U;type=url\nc=C;type=choice;choices=a|b;required',
    ),
  );
  expect(html).toMatch(/<input class=t name=n id=f0 required type=number step=any\nmaxlength=256 /);
  expect(html).toMatch(/name=p id=f1 type=password/);
  expect(html).toMatch(/name=u id=f2 type=url/);
  expect(html).toMatch(/<select class=t name=c id=f3 required>/);
});

test('fields are a comment in the settings of a board, which ignores a damaged one', () => {
  const settings = mergeSettings(new Map(), { fields: [{ name: 'mqtt', label: 'Größe' }] });
  expect(Buffer.from(settingsFile(settings)).toString()).toMatch(
    /^OPTIONS = \{\n\}\n#page \["fields",[ -~]+\n$/,
  );
  expect(fieldsOf(settings)).toEqual([{ ...PLAIN, name: 'mqtt', label: 'Größe' }]);
  expect(fieldsOf(new Map([['fields', settingOf('[{"name": "9"}]')]]))).toBe(undefined);
  expect(mergeSettings(settings, { fields: null }).size).toBe(0);
  expect(mergeSettings(settings, { fields: [] }).size).toBe(0);
});
