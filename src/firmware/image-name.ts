// File names of MicroPython's builds: BOARD[-VARIANT]-DATE-vVERSION.bin. Pure text.

export interface ImageName {
  /** The whole file name. */
  readonly file: string;
  /** As the site names it, e.g. `ESP8266_GENERIC`; up to 1.20 `esp8266`. */
  readonly board: string;
  /** E.g. `FLASH_1M`; up to 1.20 `1m`. */
  readonly variant: string | undefined;
  /** Such as `20260824`. */
  readonly date: string;
  /** Such as `1.29.0` or `1.30.0-preview.12.g0123abcde`. */
  readonly version: string;
}

const NAME =
  /^(?<board>[A-Za-z0-9_]+)(?:-(?<variant>[A-Za-z][A-Za-z0-9_]*|\d+[mk]))?-(?<date>20\d{6})-v(?<version>\d+\.\d+(?:\.\d+)?(?:-preview\.\d+\.g[0-9a-f]+)?)\.bin$/;

/** @returns `undefined` for a name that does not follow the rule */
export function parseImageName(file: string): ImageName | undefined {
  const groups = NAME.exec(file)?.groups;
  if (!groups) return undefined;
  const { board = '', variant, date = '', version = '' } = groups;
  return { file, board, variant, date, version };
}

/**
 * @param file a name or path
 * @returns board and variant as `sys.implementation._build` names them, of a file that is named by the rule
 */
export function buildIn(file: string): string | undefined {
  const { board, variant } = parseImageName(file.replace(/^.*[/\\]/, '')) ?? {};
  return variant === undefined ? board : `${board}-${variant}`;
}

export function isPreview(version: string): boolean {
  return version.includes('-preview');
}

/** Orders versions from the oldest to the newest; a preview comes before its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [versionNumbers(a), versionNumbers(b)];
  for (let index = 0; index < left.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Major, minor, patch, number of the preview. */
function versionNumbers(version: string): number[] {
  const [release = '', preview] = version.split('-preview.');
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  // A release is newer than all its previews.
  const build = preview === undefined ? Number.MAX_SAFE_INTEGER : Number.parseInt(preview, 10);
  return [major, minor, patch, build];
}
