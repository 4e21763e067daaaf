// The portal's settings of one board, from their templates. Pure.

import { PortalError } from '../../../errors.js';
import { parseWhole } from '../../../input/decimal.js';
import { checkConfig, FieldFault, type PortalConfig, parseFields } from '../../install/portal-config.js';
import { type BoardValues, fillPlaceholders } from './placeholders.js';
import type { SettingTemplate } from './plan-file.js';

/** All texts of a template, which may be in a list of fields. */
export function textsOf(template: unknown): string[] {
  if (typeof template === 'string') return [template];
  return typeof template === 'object' && template !== null ? Object.values(template).flatMap(textsOf) : [];
}

/**
 * @param place of the template, for messages
 * @throws PortalError `usage` for a value that cannot work
 */
export function fillSetting<K extends keyof PortalConfig>(
  key: K,
  template: SettingTemplate,
  values: BoardValues,
  place: () => string,
): PortalConfig[K] {
  const setting = { [key]: settingOf(key, filled(template, key === 'logo' ? undefined : values), place) };
  checkConfig(setting, place);
  return setting[key] as PortalConfig[K];
}

function filled<T>(template: T, values: BoardValues | undefined): T {
  if (!values) return template;
  if (typeof template === 'string') return fillPlaceholders(template, values) as T;
  if (Array.isArray(template)) return template.map((each) => filled(each, values)) as T;
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, each]) => [name, filled(each, values)]),
  ) as T;
}

function settingOf(key: keyof PortalConfig, value: SettingTemplate, place: () => string): unknown {
  if (key === 'fields') return fieldsOf(value, place);
  if (typeof value !== 'string' || (key !== 'timeout_s' && key !== 'button')) return value;
  const number = parseWhole(value);
  if (number !== undefined) return number;
  throw new PortalError('usage', `${place()} "${value}": give a whole number.`);
}

function fieldsOf(value: SettingTemplate, place: () => string): PortalConfig['fields'] {
  try {
    return parseFields(typeof value === 'string' ? value : JSON.stringify(value));
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    throw new PortalError('usage', `${place()} ${error.message}.`, { cause: error });
  }
}
