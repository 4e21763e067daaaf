// Masks passwords in lines of the blog series' program, which prints them. Ours never does.

const MASK = '***';

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/^(Trying to connect to SSID '.*' with password ).*$/, `$1${MASK}`],
  [/^(Failed to connect to .* with ).*(\. WLAN status=\d+)$/, `$1${MASK}$2`],
  [/^(Invalid credentials file:).*(?<!wifi\.creds)$/, `$1 ${MASK}`],
];

/** @param line one line without its line end */
export function redact(line: string): string {
  for (const [pattern, replacement] of SECRETS) {
    if (pattern.test(line)) return line.replace(pattern, replacement);
  }
  return line;
}
