import dnsPacket from 'dns-packet';
import { beforeAll, describe, expect, it } from 'vitest';
import { RUNTIMES, type Runtime } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { fakeBoard, type MicroPython, pyBytes, startMicroPython } from '../support/micropython.js';
import { seededBytes, seededRandom } from '../support/random.js';

let py: MicroPython;
const start = (runtime: Runtime) => async () => {
  py = await startMicroPython(fakeBoard(), { runtime });
  py.run(`
import board, captive_dns, binascii

def hexed(query):
    found = captive_dns.answer(query, bytes([192, 168, 4, 1])) or (b'', b'')
    return [str(binascii.hexlify(part), 'utf-8') for part in found]
`);
};

/** The board's reply; empty when it stays silent. */
function reply(query: Uint8Array): Buffer {
  return Buffer.from(py.value<[string, string]>(`hexed(${pyBytes(query)})`)[0], 'hex');
}

function question(type: string, name: string, extra: object = {}): Buffer {
  return dnsPacket.encode({
    type: 'query',
    id: 0xa741,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [{ type: type as 'A', name }],
    ...extra,
  });
}

const PACKETS = 2000;

describe.each(RUNTIMES)('DNS answer, on MicroPython $version', (runtime) => {
  beforeAll(start(runtime));

  it('gives the board’s address to every A question, for a minute at most', () => {
    for (const name of ['www.google.com', 'a', `${'x'.repeat(63)}.example`, 'CaPtIvE.Apple.com']) {
      const decoded = dnsPacket.decode(reply(question('A', name)));
      expect(decoded).toMatchObject({ type: 'response', id: 0xa741, rcode: 'NOERROR', flag_aa: true });
      expect(decoded.questions).toMatchObject([{ type: 'A', name }]);
      expect(decoded.answers).toMatchObject([{ type: 'A', name, data: '192.168.4.1' }]);
      const [answer] = decoded.answers ?? [];
      expect(answer && 'ttl' in answer && answer.ttl).toBeLessThanOrEqual(60);
    }
  });

  it.each(['AAAA', 'HTTPS', 'TXT', 'PTR', 'SOA', 'ANY'])(
    'says that there is no %s record, without an error',
    (type) => {
      const decoded = dnsPacket.decode(reply(question(type, 'example.com')));
      expect(decoded).toMatchObject({ rcode: 'NOERROR', answers: [], authorities: [], additionals: [] });
      expect(decoded.questions).toHaveLength(1);
    },
  );

  it('ends after the question, however much EDNS the phone sent', () => {
    const additionals = [{ type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [] }];
    const plain = question('AAAA', 'example.com');
    const answered = reply(question('AAAA', 'example.com', { additionals }));
    expect(answered).toHaveLength(plain.length);
    expect(dnsPacket.decode(answered)).toMatchObject({ additionals: [] });
  });

  it('repeats the bit for recursion', () => {
    expect(dnsPacket.decode(reply(question('A', 'a.b'))).flag_rd).toBe(true);
    expect(dnsPacket.decode(reply(question('A', 'a.b', { flags: 0 }))).flag_rd).toBe(false);
  });

  it('answers a name of 255 bytes, and ignores a longer one', () => {
    const labels = (last: number) => [63, 63, 63, last].map((length) => 'n'.repeat(length)).join('.');
    expect(reply(question('A', labels(61)))).toHaveLength(287);
    expect(reply(question('A', labels(62)))).toHaveLength(0);
  });

  it('ignores packets that are not questions', () => {
    const query = question('A', 'example.com');
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(query);
      copy[at] = value;
      return copy;
    };
    const silent: Record<string, Buffer> = {
      response: changed(2, 0x81),
      'other opcode': changed(2, 0x29),
      'no question': changed(5, 0),
      'two questions': changed(5, 2),
      'has answers': changed(7, 1),
      'pointer to itself': changed(12, 0xc0),
      'label past the end': changed(12, 63),
      empty: Buffer.alloc(0),
    };
    for (const [title, packet] of Object.entries(silent)) expect(reply(packet), title).toHaveLength(0);
    for (let length = 0; length < query.length; length++) {
      expect(reply(query.subarray(0, length)), `cut to ${length}`).toHaveLength(0);
    }
    expect(reply(query)).not.toHaveLength(0);
  });

  it('returns the name of the question', () => {
    const name = (query: Buffer) =>
      Buffer.from(py.value<[string, string]>(`hexed(${pyBytes(query)})`)[1], 'hex').toString();
    expect([question('A', 'a.Bc.example'), question('A', '.')].map(name)).toEqual(['a.Bc.example', '']);
  });

  it(`survives ${PACKETS} random packets, answers only well-formed ones, and keeps no memory`, () => {
    // Others on each version: the code under test is the same.
    const random = seededRandom(53 + RUNTIMES.findIndex(({ version }) => version === runtime.version));
    const base = question('A', 'connectivitycheck.gstatic.com');
    let answered = 0;
    let before = 0;
    const made = (round: number) => {
      let packet: Uint8Array;
      if (round % 2) {
        packet = Buffer.from(base);
        for (let flips = 0; flips < 3; flips++) packet[random(packet.length)] = random(256);
      } else {
        packet = seededBytes(round, random(513));
      }
      return pyBytes(packet);
    };
    const atOnce = 50;
    for (let round = 0; round < PACKETS; round += atOnce) {
      if (round === atOnce) before = py.heldBytes();
      const packets = Array.from({ length: atOnce }, (_, index) => made(round + index));
      for (const [hex] of py.value<[string, string][]>(`[hexed(packet) for packet in (${packets})]`)) {
        if (hex === '') continue;
        answered++;
        expect(dnsPacket.decode(Buffer.from(hex, 'hex')).questions).toHaveLength(1);
      }
    }
    expect(answered).toBeGreaterThan(PACKETS / 10);
    expect(Math.abs(py.heldBytes() - before)).toBeLessThanOrEqual(256);
  });
});
