// What machines of the network announce by DNS-SD (RFC 6763), from the records of their answers. Pure. Nothing in an
// answer is trusted: a machine can announce services at its own address only, and a limited number of them.

import type { Answer } from 'dns-packet';

/** A service, with what its machine says about it. */
export interface AnnouncedService {
  /** As it is called, without the type; any text. */
  readonly name: string;
  /** Host name, such as `pi-1.local`; any text. */
  readonly host: string;
  /** Of the machine that announced it. */
  readonly address: string;
  readonly port: number;
  /** By keys in lower case; any text. */
  readonly txt: ReadonlyMap<string, string>;
}

const MAX_MACHINES = 64;
/** Of one machine, of each kind: a bench has a hub or two on each. */
const MAX_RECORDS = 64;
const MAX_TXT_BYTES = 2048;

/** The records of one machine, by their names in lower case. */
class Machine {
  /** Names of services as written. */
  readonly pointers = new Map<string, string>();
  readonly services = new Map<string, { target: string; port: number }>();
  readonly texts = new Map<string, ReadonlyMap<string, string>>();
  readonly addresses = new Map<string, string[]>();
}

export class AnnouncedServices {
  readonly #type: string;
  readonly #machines = new Map<string, Machine>();

  /** @param type such as `_iostream._tcp.local` */
  constructor(type: string) {
    this.#type = type;
  }

  /** @param from address of the machine that sent the records */
  add(records: readonly Answer[], from: string): void {
    const machine = this.#machines.get(from) ?? new Machine();
    if (!this.#machines.has(from) && this.#machines.size >= MAX_MACHINES) return;
    this.#machines.set(from, machine);
    for (const record of records) this.#take(record, machine);
  }

  /** Names of services of which port and host are still to be asked for. */
  get unresolved(): string[] {
    return [...this.#machines.values()].flatMap(({ pointers, services }) =>
      [...pointers].filter(([key]) => !services.has(key)).map(([, name]) => name),
    );
  }

  /** In the order of hosts and names. A machine that is reached by two networks is listed once. */
  get list(): AnnouncedService[] {
    const found = new Map<string, AnnouncedService>();
    for (const [address, machine] of this.#machines) {
      for (const service of this.#servicesOf(address, machine)) {
        const key = JSON.stringify([service.host.toLowerCase(), service.port, service.name]);
        if (!found.has(key)) found.set(key, service);
      }
    }
    const order = ({ host, name }: AnnouncedService) => `${host}\0${name}`;
    const collator = new Intl.Collator('en', { numeric: true });
    return [...found.values()].sort((a, b) => collator.compare(order(a), order(b)));
  }

  #servicesOf(address: string, machine: Machine): AnnouncedService[] {
    return [...machine.pointers].flatMap(([key, full]) => {
      const service = machine.services.get(key);
      if (service === undefined) return [];
      const { target: host, port } = service;
      // It points to another machine, which did not ask for that.
      const addresses = machine.addresses.get(host.toLowerCase()) ?? [address];
      if (!addresses.includes(address)) return [];
      const name = full.slice(0, -this.#type.length - 1);
      return [{ name, host, address, port, txt: machine.texts.get(key) ?? new Map() }];
    });
  }

  #take(record: Answer, machine: Machine): void {
    if (!('name' in record) || !('data' in record)) return;
    const key = record.name.toLowerCase();
    switch (record.type) {
      case 'PTR':
        if (key === this.#type) this.#point(machine, record.data, record.ttl);
        break;
      case 'SRV': {
        const { target, port } = record.data;
        if (port > 0 && hasRoom(machine.services, key)) machine.services.set(key, { target, port });
        break;
      }
      case 'TXT':
        if (hasRoom(machine.texts, key)) machine.texts.set(key, readTexts(record.data));
        break;
      case 'A': {
        const known = machine.addresses.get(key) ?? [];
        if (hasRoom(machine.addresses, key) && known.length < MAX_RECORDS)
          machine.addresses.set(key, [...known, record.data]);
        break;
      }
    }
  }

  /** Without a time to live, the service is withdrawn. */
  #point({ pointers }: Machine, name: string, ttl: number | undefined): void {
    const key = name.toLowerCase();
    if (!key.endsWith(`.${this.#type}`)) return;
    if (ttl === 0) pointers.delete(key);
    else if (hasRoom(pointers, key)) pointers.set(key, name);
  }
}

function hasRoom(map: ReadonlyMap<string, unknown>, key: string): boolean {
  return map.has(key) || map.size < MAX_RECORDS;
}

/** `key=value` each; a key counts once (RFC 6763, section 6.4). */
function readTexts(data: string | Buffer | (string | Buffer)[]): Map<string, string> {
  const texts = new Map<string, string>();
  let leftBytes = MAX_TXT_BYTES;
  for (const each of Array.isArray(data) ? data : [data]) {
    const text = each.toString();
    leftBytes -= text.length;
    if (leftBytes < 0) break;
    const [, key = '', value = ''] = /^([^=]+)=?(.*)$/s.exec(text) ?? [];
    if (key !== '' && !texts.has(key.toLowerCase())) texts.set(key.toLowerCase(), value);
  }
  return texts;
}
