// The part of MicroPython's WebAssembly port that the virtual board uses; the package comes without types.
declare module '@micropython/micropython-webassembly-pyscript' {
  export interface LoadOptions {
    /** Bytes; no limit: the heap grows when it is full. */
    heapsize: number;
    /** Words of the Python stack. */
    pystack: number;
    linebuffer: boolean;
    stdin(): number | null;
    stdout(bytes: Uint8Array): void;
    stderr(bytes: Uint8Array): void;
  }

  export interface OpenStream {
    stream_ops: { write(stream: unknown, memory: Int8Array, offset: number, length: number): number };
  }

  export interface MicroPython {
    readonly FS: {
      ErrnoError: new (errno: number) => { readonly name: string; readonly errno: number };
      mkdir(path: string): void;
      writeFile(path: string, data: Uint8Array): void;
      getStream(fd: number): OpenStream;
      /** By their number; null for one that is closed. */
      readonly streams: readonly (OpenStream | null)[];
      /** @param id from `makedev` */
      registerDevice(id: number, operations: object): void;
      makedev(major: number, minor: number): number;
      mkdev(path: string, mode: number, id: number): void;
    };
    readonly _module: {
      _malloc(bytes: number): number;
      _free(address: number): void;
      _mp_sched_keyboard_interrupt(): void;
      /** -1 while no byte on the UART interrupts. */
      _mp_hal_get_interrupt_char(): number;
    };
    /** A Python module with its attributes. */
    pyimport(name: string): unknown;
    /** Throws `PythonError` with the formatted traceback as its message. */
    runPython(code: string): unknown;
    replInit(): void;
    /** @returns 256 or more at a soft reset */
    replProcessChar(byte: number): number;
  }

  export function loadMicroPython(options: LoadOptions): Promise<MicroPython>;
}

/** Node's, which its types leave to the browser's. */
declare namespace WebAssembly {
  type Imports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  interface Instantiated {
    /** None where it was compiled before. */
    readonly instance?: { readonly exports: Readonly<Record<string, unknown>> };
  }
  let instantiate: (binary: Uint8Array, imports: Imports) => Promise<Instantiated>;

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  class Table {
    get(index: number): unknown;
    set(index: number, value: unknown): void;
  }

  class Module {
    /** Compiles what of it is used, when it is used. */
    constructor(bytes: Uint8Array);
  }
}
