// A static address of the board in the network that it joins, as people write it and as the board reads it. Pure.

import { parseWhole } from '../input/decimal.js';

interface StaticAddress {
  readonly address: string;
  readonly netmask: string;
  readonly gateway: string;
  readonly nameServer: string;
}

const FORM = 'give ADDRESS/PREFIX,GATEWAY[,DNS], such as 192.168.1.50/24,192.168.1.1';

/** @returns what is wrong with the text, if anything */
export function staticAddressFault(text: string): string | undefined {
  const parsed = parse(text);
  return typeof parsed === 'string' ? parsed : undefined;
}

/** @returns the tuple that `ifconfig` of a board takes, as MicroPython's repr() writes it */
export function staticAddressLiteral(text: string): string {
  const parsed = parse(text);
  if (typeof parsed === 'string') throw new Error(`unchecked static address: ${parsed}`);
  const { address, netmask, gateway, nameServer } = parsed;
  return `('${address}', '${netmask}', '${gateway}', '${nameServer}')`;
}

/** @returns a string for what is wrong */
function parse(text: string): StaticAddress | string {
  const match = /^([\d.]+)\/(\d+),([\d.]+)(?:,([\d.]+))?$/.exec(text);
  if (!match) return FORM;
  const [, address = '', prefix = '', gateway = '', nameServer = gateway] = match;
  const bits = parseWhole(prefix);
  if (bits === undefined || bits < 1 || bits > 30) return 'the prefix is 1 to 30, 24 for 255.255.255.0';
  const netmask = (0xffffffff << (32 - bits)) >>> 0;
  for (const part of [address, gateway, nameServer]) {
    if (!isHost(numberOf(part))) return `${part} is no IPv4 address of a host`;
  }
  const [own, router] = [numberOf(address) ?? 0, numberOf(gateway) ?? 0];
  const hostBits = (number: number) => (number & ~netmask) >>> 0;
  if ([own, router].some((number) => [0, ~netmask >>> 0].includes(hostBits(number))))
    return `the first and the last address of the network /${bits} belong to no host`;
  if (((own ^ router) & netmask) !== 0) return `the gateway ${gateway} is not in the network of ${address}`;
  if (own === router) return 'the board and the gateway cannot have the same address';
  return { address, netmask: textOf(netmask), gateway, nameServer };
}

function numberOf(text: string): number | undefined {
  const parts = text.split('.').map(parseWhole);
  if (parts.length !== 4) return undefined;
  let number = 0;
  for (const part of parts) {
    if (part === undefined || part > 255) return undefined;
    number = number * 256 + part;
  }
  return number;
}

/** Neither 0/8 nor loopback, multicast or reserved. */
function isHost(number: number | undefined): boolean {
  if (number === undefined) return false;
  const first = number >>> 24;
  return first !== 0 && first !== 127 && first < 224;
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}
