// Reset sequences as people write them, without what flashes: the command line reads them as it is parsed.

export { parseResetSequence } from '../../esp/reset-language.js';
export type { ResetSequence } from '../../esp/resets.js';
