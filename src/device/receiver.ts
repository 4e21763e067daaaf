// The program on the board that takes files: binary, in checked blocks, as fast as the line carries them.
// The other half of the protocol is in transfer.ts; docs/transfer.md describes both.

import { STAGING_FOLDER } from './commit-program.js';
import { minify } from './python-source.js';

/** The board acknowledges pieces of this size; four of them are never more than its UART's buffer of 255 bytes. */
export const PIECE_BYTES = 63;
export const MAX_PIECES_UNDER_WAY = 4;
/** A block is four pieces: its number, its content, the first two bytes of SHA-256 of both. */
export const BLOCK_BYTES = 4 * PIECE_BYTES;
export const BLOCK_CONTENT_BYTES = BLOCK_BYTES - 3;

/** Numbers of pieces and blocks wrap, and say by their upper bits what they are. No byte here ends output (0x04). */
export const ACKNOWLEDGED = 0x80; // | number of the next piece, 7 bits
export const EXPECTED = 0x40; // | number of the block to send again, 6 bits
export const FAILED = 0x21; // an exception waits to be told
/** What the board looks for after anything went wrong: no block is taken before it has come. */
export const SYNC = Uint8Array.of(0xa5, 0x5a, 0xc3);
/** In the same place: give up. */
export const CANCEL = Uint8Array.of(0xa5, 0x5a, 0xc4);

/** A board that hears nothing for so long restarts: whoever was sending has gone. */
const SILENCE_MS = 8000;

/**
 * Bytes of input that the inflater must have before it is asked for output. It reads one byte at a time from a
 * BytesIO, which a C function does fast, and must not meet its end: 128 bytes of output need at most 2 bytes each
 * (15 bits a code) and the code tables of a block (286 bytes, RFC 1951 section 3.2.7).
 */
const OUTPUT_BYTES = 128;
const ENOUGH_INPUT_BYTES = 2 * OUTPUT_BYTES + 288;

/**
 * `R(n, w, l)` receives n bytes, inflates them with a window of w bits (0: they are plain) and writes them to staged
 * files of the sizes in l.
 *
 * b: block · c, q: pieces and blocks so far · x, d: compressed bytes and what inflates them · g: bytes in x
 */
export const RECEIVER = minify(`
import sys,io,hashlib,micropython
def W(s,u):
    # s: sizes, number of the open file, its bytes still to come, the file
    while len(u):
        while not s[2]:
            if s[3]:
                s[3].close()
            s[1]+=1
            s[2]=s[0][s[1]]
            s[3]=open('${STAGING_FOLDER}/%d'%s[1],'wb')
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
    q=c=g=0
    if w:
        x=io.BytesIO()
        try:
            from deflate import DeflateIO
            d=DeflateIO(x,1,w)
        except ImportError:
            from uzlib import DecompIO
            d=DecompIO(x,-w)
        u=bytearray(${OUTPUT_BYTES})
        m=memoryview(u)
    while n:
        k=min(${BLOCK_CONTENT_BYTES},n)
        e=k+3
        a=c
        A()
        for r in range(0,e,${PIECE_BYTES}):
            i(v[r:min(r+${PIECE_BYTES},e)])
            c+=1
            if r+${PIECE_BYTES}<e:
                o(bytes((${ACKNOWLEDGED}|c&127,)))
        if b[0]!=q&63 or hashlib.sha256(v[:k+1]).digest()[:2]!=bytes(v[k+1:e]):
            c=a
            o(bytes((${EXPECTED}|q&63,)))
            Y(i,v[:1])
            continue
        o(bytes((${ACKNOWLEDGED}|c&127,)))
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
            W(s,m[:t])
def R(n,w,l):
    i=sys.stdin.buffer.readinto
    o=sys.stdout.buffer.write
    s=[l,-1,0,None]
    micropython.kbd_intr(-1)
    try:
        D(i,o,n,w,s)
    except Exception:
        o(b'!')
        Y(i,bytearray(1))
        raise
    finally:
        A(0)
        micropython.kbd_intr(3)
        if s[3]:
            s[3].close()
`);

/** `V(n)` prints SHA-256 of what n staged files hold, read back from the flash. */
export const VERIFIER = minify(`
def V(n):
    h=hashlib.sha256()
    b=bytearray(256)
    for i in range(n):
        with open('${STAGING_FOLDER}/%d'%i,'rb') as f:
            while 1:
                n=f.readinto(b)
                if not n:
                    break
                h.update(memoryview(b)[:n])
    print(binascii.hexlify(h.digest()).decode())
`);

/** `A()` postpones the restart of a board that hears nothing, `A(0)` calls it off. Without timers there is none. */
export const WATCHDOG = minify(`
try:
    import machine
    T=machine.Timer(0 if sys.platform=='esp32' else -1)
    def A(on=1):
        if on:
            T.init(period=${SILENCE_MS},mode=0,callback=lambda t:machine.reset())
        else:
            T.deinit()
except Exception:
    def A(on=1):
        pass
`);
