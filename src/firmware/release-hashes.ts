// SHA-256 of releases, for what the site itself publishes no checksums of. Only values on which two sources agree that
// have nothing to do with each other; what is not here is recorded when it is fetched first (cache.ts).

export const RELEASE_SHA256: Readonly<Record<string, string>> = {
  'ESP32_GENERIC-20241025-v1.24.0.bin': '648e655fdaa8c31ece4e8f2a5c7815b015a7bca1c8db56246287799164ad9bff',
};
