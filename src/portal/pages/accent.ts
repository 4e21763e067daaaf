// The colour of the buttons, on which white text must be readable. Imports nothing.

/** WCAG 2.1, 1.4.3: contrast of text. */
const MIN_CONTRAST = 4.5;

/** @returns what is wrong with it, if anything, with a similar colour that works */
export function accentFault(colour: string): string | undefined {
  if (!/^#[\da-f]{6}$/i.test(colour)) return 'give a colour as #rrggbb, such as #0b62d6';
  const contrast = contrastWithWhite(colour);
  if (contrast >= MIN_CONTRAST) return undefined;
  // Not rounded up: 4.49 is not 4.5.
  const shown = (Math.floor(contrast * 10) / 10).toFixed(1);
  return `white text on it has a contrast of ${shown}:1, and ${MIN_CONTRAST}:1 is the least; ${darkened(colour)} works`;
}

function contrastWithWhite(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

/** The lightest shade of the colour that has enough contrast. */
function darkened(colour: string): string {
  for (let percent = 99; percent > 0; percent--) {
    const shade = channels(colour).map((channel) => Math.round((channel * percent) / 100));
    const text = `#${shade.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
    if (contrastWithWhite(text) >= MIN_CONTRAST) return text;
  }
  return '#000000';
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
