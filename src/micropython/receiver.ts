// The program on the board that takes files: binary, in checked blocks, as fast as the line carries them.
// The other half of the protocol is in transfer.ts; docs/transfer.md describes both.

import { IMPORT_MACHINE, minify } from '../board-scripts/python-source.js';

/** The board acknowledges pieces of this size; four of them are never more than its UART's buffer of 255 bytes. */
export const PIECE_BYTES = 63;
export const MAX_PIECES_UNDER_WAY = 4;
/** A block is four pieces: its number, its content, the first two bytes of SHA-256 of both. */
const BLOCK_BYTES = 4 * PIECE_BYTES;
export const BLOCK_CONTENT_BYTES = BLOCK_BYTES - 3;

/**
 * Numbers of pieces and blocks wrap; their upper bits distinguish them. No answer is ASCII: what the SDK prints
 * meanwhile is no answer.
 */
export const ACKNOWLEDGED = 0x80; // | number of the next piece, 6 bits
export const EXPECTED = 0xc0; // | number of the block to send again, 5 bits
export const FAILED = 0xf0; // an exception occurred
/** What the board looks for after anything went wrong: no block is taken before it has come. */
export const SYNC = Uint8Array.of(0xa5, 0x5a, 0xc3);
/** In the same place: give up. */
export const CANCEL = Uint8Array.of(0xa5, 0x5a, 0xc4);

/** A board that receives nothing for this time restarts, because the sender is gone. */
const SILENCE_MS = 8000;

/**
 * Bytes of input that must be available before the inflater is read. It reads one byte at a time from a
 * BytesIO, which a C function does fast, and must not meet its end: 64 bytes of output need at most 2 bytes each
 * (15 bits a code) and the code tables of a block (286 bytes, RFC 1951 section 3.2.7).
 */
const OUTPUT_BYTES = 64;
const ENOUGH_INPUT_BYTES = 2 * OUTPUT_BYTES + 288;

/** Timers that a port has to spare, as its `machine.Timer` numbers them. */
const TIMERS: Readonly<Record<string, number>> = { esp8266: -1, esp32: 0 };

/** Raw deflate from x: MicroPython 1.21 replaced one module by the other. */
const INFLATERS = {
  deflate: 'import deflate;d=deflate.DeflateIO(x,1,w)',
  uzlib: 'import uzlib;d=uzlib.DecompIO(x,-w)',
};

/**
 * The receiver's code. It has `R(n, w, l)`, which receives n bytes, inflates them with a window of w bits (0: they are
 * plain) and writes them to files `0`, `1`, … of the sizes in l. It reports that it is ready before it reads the first byte.
 *
 * s: sizes, number of the open file, its bytes still to come, the file · b: block · c, q: pieces and blocks so far ·
 * x, d: compressed bytes and what inflates them · g: bytes in x
 * @param platform `sys.platform`, which selects the timer that restarts a board without input
 * @param inflater the module that inflates
 * @param folder where the files are written; it exists
 */
export function receiverProgram(platform: string, inflater: 'deflate' | 'uzlib', folder: string): string {
  const timer = TIMERS[platform];
  const arm =
    timer === undefined ? '' : `T.init(period=${SILENCE_MS},mode=0,callback=lambda t:machine.reset())`;
  return minify(`
import uio as io,micropython
${timer === undefined ? '' : `${IMPORT_MACHINE}\nT=machine.Timer(${timer})`}
def W(s,u):
    while len(u):
        while not s[2]:
            if s[3]:
                s[3].close()
            s[1]+=1
            s[2]=s[0][s[1]]
            s[3]=open('${folder}/%d'%s[1],'wb')
        t=min(s[2],len(u))
        s[3].write(u[:t])
        s[2]-=t
        u=u[t:]
def Y(i,b):
    m=0
    while m!=0xa55ac3:
        i(b)
        m=(m<<8|b[0])&0xffffff
        if m==0xa55ac4:
            raise OSError(125)
def D(i,o,n,w,s):
    b=bytearray(${BLOCK_BYTES})
    v=memoryview(b)
    u=bytearray(${OUTPUT_BYTES})
    q=c=g=0
    if w:
        x=io.BytesIO()
        ${INFLATERS[inflater]}
    o(b'\\x80')
    while n:
        k=min(${BLOCK_CONTENT_BYTES},n)
        e=k+3
        a=c
        ${arm}
        for r in range(0,e,${PIECE_BYTES}):
            i(v[r:min(r+${PIECE_BYTES},e)])
            c+=1
            if r+${PIECE_BYTES}<e:
                o(bytes((${ACKNOWLEDGED}|c&63,)))
        if b[0]!=q&63 or hashlib.sha256(v[:k+1]).digest()[:2]!=bytes(v[k+1:e]):
            c=a
            o(bytes((${EXPECTED}|q&31,)))
            Y(i,v[:1])
            continue
        o(bytes((${ACKNOWLEDGED}|c&63,)))
        q+=1
        n-=k
        if not w:
            W(s,v[1:k+1])
            continue
        p=x.seek(0,1)
        t=x.read(g-p)
        x.seek(0)
        x.write(t)
        x.write(v[1:k+1])
        x.seek(0)
        g+=k-p
        while not n or g-x.seek(0,1)>=${ENOUGH_INPUT_BYTES}:
            t=d.readinto(u)
            if not t:
                break
            W(s,memoryview(u)[:t])
def R(n,w,l):
    i=sys.stdin.buffer.readinto
    s=[l,-1,0,None]
    o=sys.stdout.buffer.write
    micropython.kbd_intr(-1)
    try:
        D(i,o,n,w,s)
    except Exception:
        o(b'\\xf0')
        Y(i,bytearray(1))
        raise
    finally:
        ${timer === undefined ? '' : 'T.deinit()'}
        micropython.kbd_intr(3)
        if s[3]:
            s[3].close()
`);
}
