// Finds environment variables with misspelt names of this program's variables.

import { didYouMean, nearest } from '../../input/did-you-mean.js';
import { ALL_OPTIONS } from '../commands.js';
import { variableOf } from './settings.js';
import { FIELD_VARIABLE } from './shared.js';

const PREFIX = 'ESP_PORTAL_';

/** Variables without an option: folders, and settings of the tests. */
const OTHERS = [
  ...['STATE_DIR', 'CACHE_DIR', 'FIRMWARE_SITE', 'PACKAGE_INDEX', 'WIFI_PASSWORD'],
  ...['USB_DEVICES', 'NETWORKS', 'TEST_PORT', 'TEST_FIRMWARE'],
].map((name) => PREFIX + name);

/** @returns a sentence for each; names without a similar variable are ignored */
export function misspeltVariables(env: Readonly<Record<string, unknown>>): string[] {
  const known = [...Object.keys(ALL_OPTIONS).map(variableOf), ...OTHERS];
  const unknown = Object.keys(env).filter(
    (name) => name.startsWith(PREFIX) && !name.startsWith(FIELD_VARIABLE) && !known.includes(name),
  );
  if (unknown.length === 0) return [];
  return unknown.flatMap((name) => {
    const guess = nearest(
      name.slice(PREFIX.length),
      known.map((candidate) => candidate.slice(PREFIX.length)),
    );
    return guess ? [`$${name} is not a variable of esp-portal.${didYouMean(`$${PREFIX}${guess}`)}`] : [];
  });
}
