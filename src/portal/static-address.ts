// A fixed address of the station, as a person writes it: `192.168.1.50/24,192.168.1.1` with, if it is not the gateway, the name
// server behind another comma.

import { quote } from '../board-scripts/python-literal.js';
import { parseWhole } from '../input/decimal.js';

/** Networks in which a host, a gateway and a broadcast address have room. */
const PREFIX_BITS = { min: 8, max: 30 };

const FORM = 'give ADDRESS/PREFIX,GATEWAY or ADDRESS/PREFIX,GATEWAY,DNS, such as 192.168.1.50/24,192.168.1.1';

interface StaticAddress {
  readonly address: number;
  readonly mask: number;
  readonly gateway: number;
  readonly dns: number;
}

/** @returns what is wrong with it, if anything */
export function staticAddressFault(text: string): string | undefined {
  const parsed = parse(text);
  if (!parsed) return FORM;
  const { address, mask, gateway, dns } = parsed;
  if (![address, gateway, dns].every(isHost)) return 'an address cannot be assigned to a host';
  const host = address & ~mask;
  if (host === 0 || host === ~mask) return 'the address is that of the network, or its broadcast address';
  if ((address & mask) !== (gateway & mask)) return 'the gateway is not in the network of the address';
  return address === gateway ? 'the gateway has the same address' : undefined;
}

/** What WLAN.ifconfig() takes, of a text without fault: address, netmask, gateway, name server. */
export function staticAddress(text: string): string[] {
  const parsed = parse(text);
  if (!parsed) throw new Error(`no static address: ${text}`);
  const { address, mask, gateway, dns } = parsed;
  return [address, mask, gateway, dns].map(dotted);
}

/** The same as a tuple, as MicroPython prints it. */
export function staticAddressLiteral(text: string): string {
  return `(${staticAddress(text).map(quote).join(', ')})`;
}

function parse(text: string): StaticAddress | undefined {
  const [range = '', gatewayText = '', dnsText = gatewayText, ...rest] = text
    .split(',')
    .map((part) => part.trim());
  const [addressText = '', prefixText = '', ...more] = range.split('/');
  const [address, gateway, dns] = [addressText, gatewayText, dnsText].map(numberOf);
  const prefix = parseWhole(prefixText);
  if (address === undefined || gateway === undefined || dns === undefined || prefix === undefined)
    return undefined;
  if (prefix < PREFIX_BITS.min || prefix > PREFIX_BITS.max || rest.length + more.length > 0) return undefined;
  return { address, mask: -1 << (32 - prefix), gateway, dns };
}

function numberOf(text: string): number | undefined {
  const parts = text.split('.').map(parseWhole);
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    if (part === undefined || part > 255) return undefined;
    number = (number << 8) | part;
  }
  return number;
}

/** Not 0.0.0.0/8, and neither loopback, multicast nor reserved. */
function isHost(number: number): boolean {
  const first = number >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
