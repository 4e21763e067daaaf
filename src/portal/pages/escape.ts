// Text for the pages. Imports nothing.

/** Also within double quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

/** For a template of str.format, also where the text is a name that templates.py looks for. */
export function escapeTemplate(text: string): string {
  return escapeHtml(text).replace(/\{/g, '&#123;').replace(/\}/g, '&#125;');
}
