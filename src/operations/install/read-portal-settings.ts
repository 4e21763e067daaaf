// The portal's options as they are on a board, which reads them itself: a user may have written the module.

import { BUILT_INS_ONLY, minify } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { type Settings, settingOf } from '../../portal/settings.js';

/**
 * Prints of each option its name, its literal, and its value where that is text or a number: as JSON in hex, on the
 * last line, since the module may print something itself. One that is missing or broken counts as empty, as it does
 * for the portal.
 */
export const SETTINGS = minify(`
${BUILT_INS_ONLY}
import ujson as json,ubinascii as binascii
o=[]
sys.path[:]=['']
try:
    import portal_config
    for k in portal_config.OPTIONS:
        v=portal_config.OPTIONS[k]
        o.append((k,repr(v),v if type(v) in (str,int) else None))
    del portal_config
except Exception:
    o=[]
sys.modules.pop('portal_config',0)
sys.path[:]=['*']
print()
print(binascii.hexlify(json.dumps(o).encode()).decode())
`);

/**
 * @returns no options without a module, or if it cannot be read
 * @throws PortalError `transfer-failed`; as RawRepl.exec
 */
export async function readPortalSettings(repl: RawRepl): Promise<Settings> {
  const line = (await repl.exec(SETTINGS)).trim().split('\n').pop() ?? '';
  let options: [name: string, representation: string, value: string | number | null][];
  try {
    options = JSON.parse(Buffer.from(line.trim(), 'hex').toString('utf8'));
  } catch (error) {
    // Its output is not shown, because it may contain a password.
    throw new PortalError('transfer-failed', 'The settings that the board sent cannot be read.', {
      cause: error,
    });
  }
  return new Map(
    options.map(([name, representation, value]) => [
      name,
      value === null ? { literal: representation, value: representation } : settingOf(value),
    ]),
  );
}
