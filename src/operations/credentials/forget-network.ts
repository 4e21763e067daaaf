// Reads and deletes the networks that the SDK on the board stores, in addition to the portal's file.

import { BUILT_INS_ONLY } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { networkName } from '../../portal/wifi-creds.js';

const NAME = `${BUILT_INS_ONLY}
import network, ubinascii as binascii
def _name(w):
    try:
        n = w.config('essid') if sys.platform == 'esp8266' else ''
    except ValueError:
        n = '?'
    return binascii.hexlify(n if isinstance(n, bytes) else n.encode()).decode()
_s = network.WLAN(network.STA_IF)
`;

/** Prints, in hex, the name that was stored and the one that is; `?` for one that is no UTF-8 and cannot be read. */
export const FORGET = `${NAME}
_s.active(True)
_n = _name(_s)
if sys.platform == 'esp8266':
    _s.connect('', '')
_s.disconnect()
print(_n, _name(_s), sep=',')
_s.active(False)
`;

/** @returns the network that the SDK stores, '' for none */
export async function networkInSdk(repl: RawRepl): Promise<string> {
  return nameIn(await repl.exec(`${NAME}print(_name(_s))`));
}

/**
 * The ESP8266's SDK stores the last network in its own flash sectors and joins it after power-up; storing an
 * empty one replaces it. An ESP32 keeps it in RAM only, which the restart clears.
 * @returns the network that it knew, '' for none
 * @throws PortalError `board-error` if it still stores one; as RawRepl.exec
 */
export async function forgetInSdk(repl: RawRepl): Promise<string> {
  const [before = '', after = ''] = (await repl.exec(FORGET)).trim().split(',');
  if (after !== '') {
    throw new PortalError('board-error', `The SDK still stores "${nameIn(after)}" after it was deleted.`);
  }
  return nameIn(before);
}

function nameIn(hex: string): string {
  return networkName(Buffer.from(hex.trim(), 'hex'));
}
