import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ESP32 } from '../../../src/virtual-board/chips/esp32.js';
import { SYSTEM_CLOCK } from '../../../src/virtual-board/clock.js';
import { flashTiming, NorFlash } from '../../../src/virtual-board/flash/nor-flash.js';
import { microPython } from '../../../src/virtual-board/micropython.js';
import { parseVirtualAddress } from '../../../src/virtual-board/options/address.js';

const stateFolder = mkdtempSync(join(tmpdir(), 'esp-portal-micropython-'));
afterAll(() => rmSync(stateFolder, { recursive: true }));

test('interpreter, radio and files are those of the chip and the firmware that boots', async () => {
  const firmware = microPython(parseVirtualAddress('virtual:a?speed=max&http=0&dns=0'), [], () => {});
  let printed = '';
  let seen: () => void = () => {};
  const program = firmware.start({
    chip: 'esp32',
    build: ESP32.build({ version: '1.23.0' }, { flashSizeBytes: 4 * 1024 * 1024 }),
    version: '1.23.0',
    buildDate: '2024-06-02',
    resetCause: 1,
    mac: Uint8Array.of(0x24, 0x0a, 0xc4, 1, 2, 3),
    filesystem: { address: 0x200000, sizeBytes: 0x200000 },
    flash: new NorFlash({
      path: join(stateFolder, 'flash.bin'),
      sizeBytes: 4 << 20,
      timing: flashTiming(0),
      clock: SYSTEM_CLOCK,
    }),
    stateFolder,
    requestReset: () => {},
    uart: {
      transmit: (bytes) => {
        printed += Buffer.from(bytes).toString('latin1');
        seen();
      },
      setBaudRate: () => {},
      switchBaudRate: () => {},
      drained: () => Promise.resolve(),
    },
  });
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      seen = () => {
        if (printed.includes(text)) resolve();
      };
      seen();
    });
  await until('>>> ');
  expect(printed).toContain('MicroPython v1.23.0 on 2024-06-02; Generic ESP32 module with ESP32\r\n');
  program.receive(
    Buffer.from('import network; a = network.WLAN(1); a.active(), a.active(True), a.config("ssid")\r'),
  );
  await until("(False, True, 'ESP_010204')");
  await program.stop();
  expect(existsSync(join(stateFolder, 'files', 'boot.py'))).toBe(true);
  expect(existsSync(join(stateFolder, 'sdk.json'))).toBe(false);
});
