// The user's own fields as HTML for the form, a template for str.format. Values come from the board as {f0}, {f1} …

import { ADDRESS_TYPE, type PortalField } from '../fields.js';
import { escapeTemplate } from './escape.js';

/** Like the maximum of a value in bytes, which the board checks. */
const MAX_CHARACTERS = 256;

/** One short line for each element: a board has a line as a whole in memory. */
export function fieldsHtml(fields: readonly PortalField[]): string {
  return fields.map(fieldHtml).join('');
}

function fieldHtml(field: PortalField, index: number): string {
  if (field.type === ADDRESS_TYPE) return addressHtml(field, index);
  const { name, type, label, hint } = field;
  // A stored password is not shown, and an empty field keeps it; so the board checks this one.
  const required = field.required && type !== 'password' ? ' required' : '';
  const described = hint === '' ? '' : ` aria-describedby=h${index}`;
  const common = `class=t name=${name} id=f${index}${required}${described}`;
  const value = `{f${index}}`;
  const control =
    type === 'choice'
      ? // The first option is what is chosen now.
        `<select ${common}><option hidden selected value="${value}">${value}</option>\n` +
        `${field.choices.map((choice) => `<option>${escapeTemplate(choice)}</option>\n`).join('')}</select>\n`
      : `<input ${common} type=${type}${type === 'number' ? ' step=any' : ''}\n` +
        `maxlength=${MAX_CHARACTERS} autocapitalize=none autocomplete=off value="${value}">\n`;
  const below = hint === '' ? '' : `<small id=h${index}>${escapeTemplate(hint)}</small>\n`;
  return `<label for=f${index}>${escapeTemplate(label)}</label>\n${control}${below}`;
}

/** Folded away, since most networks need none; unfolded where there is one. */
function addressHtml({ name, label }: PortalField, index: number): string {
  const text = escapeTemplate(label);
  return (
    `<details><summary>${text}</summary>\n` +
    `<input class=t name=${name} id=f${index} aria-label="${text}" maxlength=64 inputmode=url\n` +
    `autocapitalize=none autocomplete=off placeholder=192.168.1.50/24,192.168.1.1 value="{f${index}}"></details>\n` +
    `<script>f${index}.parentNode.open=f${index}.value</script>\n`
  );
}
