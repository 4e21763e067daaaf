// What an attempt to flash leaves behind on the board when it ends.

export type BoardState =
  | 'untouched'
  | 'erasing'
  | 'writing'
  | 'unverified'
  | 'damaged'
  | 'written'
  | 'writing-files'
  | 'with-files';

/** @param percent of the firmware that is written */
export function describeState(state: BoardState, percent: number): string {
  switch (state) {
    case 'untouched':
      return 'Nothing on the board was changed.';
    case 'erasing':
      return 'The flash was being erased: there is no firmware on the board; the same command finishes this.';
    case 'writing':
      return `The firmware is incomplete (${percent} % written); the same command finishes this.`;
    case 'unverified':
      return 'The firmware is written, but not verified; the same command verifies it.';
    case 'damaged':
      return 'The firmware on the board is damaged.';
    case 'written':
      return 'The firmware is complete and verified.';
    case 'writing-files':
      return 'The firmware is complete and verified, its files are not; the same command finishes this.';
    case 'with-files':
      return 'The firmware and its files are complete and verified.';
  }
}
