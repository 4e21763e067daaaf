import { expect, it } from 'vitest';
import { encodeSlip } from '../../../../../src/virtual-board/rom/link/slip.js';
import { SlipLink } from '../../../../../src/virtual-board/rom/link/slip-link.js';

const uart = {
  transmit: () => {},
  setBaudRate: () => {},
  switchBaudRate: () => {},
  drained: () => Promise.resolve(),
};
const frames = (...numbers: number[]) =>
  Buffer.concat(numbers.map((number) => encodeSlip(Uint8Array.of(number))));

it('keeps one frame while another is worked on', async () => {
  const link = new SlipLink(uart);
  link.receive(frames(1));
  expect(await link.nextFrame()).toEqual(Uint8Array.of(1)); // now in the buffer that is worked on
  link.receive(frames(2));
  expect(await link.nextFrame()).toEqual(Uint8Array.of(2));
});

it('loses a frame that waits when yet another one comes, for it has two buffers', async () => {
  const link = new SlipLink(uart);
  link.receive(frames(1));
  await link.nextFrame();
  link.receive(frames(2, 3));
  expect(await link.nextFrame()).toEqual(Uint8Array.of(3));
});
