// The chip's address space for its loaders: words that keep written values, and registers with behaviour.

/** A register that does something when read or written. */
export interface LiveRegister {
  read?(): number;
  write?(value: number): void;
}

/** Words by address. What was never written reads as 0. */
export class AddressSpace {
  readonly #words = new Map<number, number>();
  readonly #live: ReadonlyMap<number, LiveRegister>;

  /** @param live registers with a behaviour, by address */
  constructor(live: ReadonlyMap<number, LiveRegister>) {
    this.#live = live;
  }

  /** @returns an unsigned 32-bit word */
  read(address: number): number {
    const value = this.#live.get(address)?.read?.() ?? this.#words.get(address) ?? 0;
    return value >>> 0;
  }

  write(address: number, value: number): void {
    const register = this.#live.get(address);
    if (register?.write) register.write(value >>> 0);
    else if (!register) this.#words.set(address, value >>> 0); // else read-only: the write has no effect
  }

  /** Changes the bits of a mask. */
  writeMasked(address: number, value: number, mask: number): void {
    this.write(address, (value & mask) | (this.read(address) & ~mask));
  }

  /** Copies bytes to RAM; a last incomplete word is filled up with zeros. */
  load(address: number, bytes: Uint8Array): void {
    const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
    padded.set(bytes);
    const view = new DataView(padded.buffer);
    for (let offset = 0; offset < padded.length; offset += 4) {
      this.#words.set(address + offset, view.getUint32(offset, true));
    }
  }
}
