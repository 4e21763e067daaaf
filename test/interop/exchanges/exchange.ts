// What programs send to boards, written anew from the protocol that their sources show. Data for replay.py.

export type Step =
  | { readonly send: string }
  | { readonly until: string; readonly name?: string }
  | { readonly paste: string }
  | { readonly sleep: number }
  | { readonly ready: true };

export interface Exchange {
  /** The program, and the day its sources were read. */
  readonly program: string;
  readonly steps: readonly Step[];
  /** What the board answered, by the names in the steps. */
  readonly answers: Readonly<Record<string, string | RegExp>>;
}

export const RAW_BANNER = 'raw REPL; CTRL-B to exit\r\n';

/** Output, then errors, then the prompt. */
export function answer(name: string): readonly Step[] {
  return [
    { until: '\x04', name },
    { until: '\x04>', name: `${name} errors` },
  ];
}

/** Plain raw REPL. */
export function exec(name: string, code: string): readonly Step[] {
  return [{ send: `${code}\x04` }, { until: 'OK' }, ...answer(name)];
}

export function pasted(name: string, code: string): readonly Step[] {
  return [{ paste: code }, ...answer(name)];
}
