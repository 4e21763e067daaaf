import { describe, expect, test } from 'vitest';
import { PortalError } from '../../../../src/errors.js';
import { findAgain, identifyPort, reopenPort } from '../../../../src/operations/log/reconnect.js';
import type { ListedPort } from '../../../../src/port/discovery/discovery.js';
import { FakePort } from '../../../support/fake-port.js';

const CP2102 = { vendorId: '10c4', productId: 'ea60' };
const CH340 = { vendorId: '1a86', productId: '7523', serialNumber: undefined };
const at = (path: string, usb: Omit<ListedPort, 'path'>): ListedPort => ({ path, ...usb });
const ours = { ...CP2102, serialNumber: '0001' };
const other = { ...CP2102, serialNumber: '0002' };

describe('an adapter', () => {
  test('is found by its serial number wherever it is now, and never taken for another', () => {
    const identity = { address: '/dev/ttyUSB0', usb: ours };
    expect(findAgain(identity, [at('/dev/ttyUSB0', other), at('/dev/ttyUSB1', ours)])).toBe('/dev/ttyUSB1');
    expect(findAgain(identity, [at('/dev/ttyUSB0', other)])).toBeUndefined();
  });

  test('without a serial number is known by its place, or by being the only one of its kind', () => {
    const identity = { address: '/dev/ttyUSB0', usb: CH340 };
    expect(findAgain(identity, [at('/dev/ttyUSB0', CH340), at('/dev/ttyUSB1', CH340)])).toBe('/dev/ttyUSB0');
    expect(findAgain(identity, [at('/dev/ttyUSB0', ours), at('/dev/ttyUSB3', CH340)])).toBe('/dev/ttyUSB3');
    expect(findAgain(identity, [at('/dev/ttyUSB1', CH340), at('/dev/ttyUSB2', CH340)])).toBeUndefined();
  });
});

test('what is no USB device is known by its address', async () => {
  const list = async () => [at('/dev/ttyUSB0', ours)];
  for (const address of ['rfc2217://host:2217', 'virtual:desk?speed=max', '/dev/pts/3'])
    expect(await identifyPort(address, list)).toEqual({ address, usb: undefined });
  expect(await identifyPort('/dev/ttyUSB0', list)).toMatchObject({ usb: { serialNumber: '0001' } });
});

test('opening is tried until the adapter is connected and can be opened', async () => {
  const lists = [[], [at('/dev/ttyUSB1', ours)], [at('/dev/ttyUSB1', ours)]];
  const port = new FakePort();
  const opened: string[] = [];
  const found = await reopenPort(
    { address: '/dev/ttyUSB0', usb: ours },
    {
      list: async () => lists.shift() ?? [],
      open: async (address) => {
        opened.push(address);
        if (opened.length === 1) throw new PortalError('port-denied', 'not yet');
        return port;
      },
      retryMs: 1,
    },
  );
  expect(found).toEqual({ port, address: '/dev/ttyUSB1' });
  expect(opened).toEqual(['/dev/ttyUSB1', '/dev/ttyUSB1']);
});

test('waiting ends with the signal, and with an error that time does not heal', async () => {
  const identity = { address: 'rfc2217://x:1', usb: undefined };
  const list = async () => [];
  const never = async () => {
    throw new PortalError('port-not-found', 'gone');
  };
  const reason = new PortalError('interrupted', 'enough');
  const signal = AbortSignal.any([AbortSignal.abort(reason)]);
  await expect(reopenPort(identity, { list, open: never, signal })).rejects.toBe(reason);
  const bug = async () => {
    throw new TypeError('a bug');
  };
  await expect(reopenPort(identity, { list, open: bug, retryMs: 1 })).rejects.toThrow(TypeError);
});
