// The exchange of mpremote 1.29 (commit 1c3c201, 2026-08-19) for `mpremote cp file… :`, counted in its source on
// 2026-11-28: transport_serial.py (enter_raw_repl, exec_raw_no_follow, raw_paste_write), transport.py (fs_stat,
// fs_hashfile, fs_writefile) and commands.py (do_filesystem_cp). Its pauses of 10 ms wherever it polls, what Python
// computes and the board's own time are left out, in its favour.

const BAUD = 115200;
const CHUNK_BYTES = 256;
/** Raw paste: a window that the board grants repeatedly, by one byte. Two are granted at the start. */
const WINDOW_BYTES = 128;

const turn = (up, down) => ({ up, down, baudRate: BAUD });

/** A piece of code by raw paste: the handshake, then code and output. */
function exec(codeBytes, outputBytes = 0) {
  const granted = Math.ceil(Math.max(0, codeBytes - 2 * WINDOW_BYTES) / WINDOW_BYTES);
  return [turn(3, 2 + 2 + 1), turn(codeBytes + 1, granted + 1 + outputBytes + 1 + 1 + 1)];
}

/** Ctrl-C, Ctrl-A, soft reset into the raw REPL; Ctrl-B in the end. */
const ENTER = [turn(2 + 2, 52), turn(1, 2 + 14 + 27)];
const LEAVE = [turn(2, 0)];

/** What a board prints where a file is missing. */
const ENOENT_BYTES = 90;

/** What it prints of a file that is there: os.stat() of littlefs, and the hash, of which half the bytes need an escape. */
const STAT_BYTES = 60;
const HASH_BYTES = 90;

/**
 * @param {{ path: string, bytes: Uint8Array }[]} files that the board does not have as they are
 * @param {{ path: string }[]} unchanged files of the same copy
 */
export function mpremoteTurns(files, unchanged = []) {
  return [...ENTER, ...unchanged.flatMap((file) => compare(file)), ...files.flatMap(copy), ...LEAVE];
}

/** The hash of what is there decides. */
function compare({ path }, stat = STAT_BYTES, hash = HASH_BYTES) {
  const name = path.length + 2;
  return [
    ...exec('import os'.length),
    ...exec('print(repr(tuple(os.stat())))'.length + name, stat), // is it a folder?
    ...exec('import hashlib\nh = hashlib.sha256()'.length),
    ...exec(167 + name, hash),
  ];
}

function copy({ path, bytes }) {
  const turns = [
    ...compare({ path }, ENOENT_BYTES, ENOENT_BYTES),
    ...exec("f=open(,'wb')\nw=f.write".length + path.length + 2),
  ];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES)
    turns.push(...exec('w()'.length + reprLength(bytes.subarray(at, at + CHUNK_BYTES)), 5));
  return [...turns, ...exec('f.close()'.length)];
}

/** How long Python's text for bytes is. */
function reprLength(bytes) {
  let length = 3;
  for (const byte of bytes) {
    if (byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x27 || byte === 0x5c) length += 2;
    else length += byte >= 0x20 && byte < 0x7f ? 1 : 4;
  }
  return length;
}
