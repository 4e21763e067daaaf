// Values for the fields that a board's portal has, before they are sent.
import { describe, expect, test } from 'vitest';
import type { PortalError } from '../../../../src/errors.js';
import { FORMS_ONLY } from '../../../../src/log/redaction/redactor.js';
import { checkValues } from '../../../../src/operations/wifi/field-values.js';
import { parseFields } from '../../../../src/portal/fields.js';

const FIELDS = parseFields(
  'mqtt=MQTT;required\nport=Port;type=number\nmode=Mode;type=choice;choices=a|b\nweb=Web;type=url',
);
const check = (name: string, value: string) => checkValues(FIELDS, new Map([[name, value]]));

describe('a value of a field', () => {
  test.each([
    ['brand', 'x', 'no field "brand". It has: mqtt, port, mode, web.'],
    ['port', 'x1', 'field port is not a number'],
    ['port', 'nan', 'field port is not a number'],
    ['mode', 'c', 'field mode is not one of: a, b'],
    ['web', 'home', 'field web is not a URL'],
    ['mqtt', '', 'field mqtt is empty, and the field is required'],
    ['mqtt', 'a\u0007', 'field mqtt has control characters'],
    ['mqtt', 'a\u202e', 'field mqtt has control characters'],
    ['mqtt', 'x'.repeat(10_000), 'field mqtt has 10000 bytes; 256 are the limit'],
    ['mqtt', 'ä'.repeat(129), 'field mqtt has 258 bytes'],
  ])('%s = %j is refused', (name, value, message) => {
    expect(() => check(name, value)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
    );
  });

  test.each([
    ['mqtt', 'ä'.repeat(128)],
    ['port', '-1.5e3'],
    ['port', ''],
    ['mode', ''],
    ['web', 'mqtt://x'],
  ])('%s = %j is taken', (name, value) => {
    expect(() => check(name, value)).not.toThrow();
  });

  test('for a portal without fields, the error has the command that adds one', () => {
    try {
      checkValues([], new Map([['mqtt_password', 'b']]));
      expect.unreachable();
    } catch (error) {
      const { code, message, next = '' } = error as PortalError;
      expect(code).toBe('usage');
      expect(message).toBe('The portal on the board has no fields, and so no "mqtt_password".');
      expect(FORMS_ONLY.mask(message)).toBe(message);
      expect(next).toContain('esp-portal install --field mqtt_password --port PORT');
      expect(FORMS_ONLY.mask(next)).toBe(next);
    }
  });
});
