// Where this package's own files are. The code of dist/ lies in no folder below it, so that the way up from there is the
// same as from src/.

/** @param path from the package's root, such as `dist/portal.json` */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
