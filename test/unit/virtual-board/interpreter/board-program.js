// A board in a process of its own, for tests that kill it or watch V8. What it prints goes to stdout.
import { join } from 'node:path';
import { importModule } from '../../../../scripts/source-module.js';

const { Interpreter } = await importModule('src/virtual-board/interpreter/interpreter.ts');
const { Radio } = await importModule('src/virtual-board/radio/radio.ts');

const [state = ''] = process.argv.slice(2);
const mac = [0x2c, 0xf4, 0x32, 0x78, 0xd0, 0xc1];

new Interpreter({
  uart: {
    transmit: (bytes) => process.stdout.write(bytes),
    setBaudRate: () => {},
    switchBaudRate: () => {},
    drained: () => Promise.resolve(),
  },
  version: '1.27.0',
  resetCause: 0,
  requestReset: () => {},
  files: { folder: join(state, 'files'), capacityBytes: 256 * 1024 },
  flashSizeBytes: 4 * 1024 * 1024,
  mac,
  radio: new Radio({ air: [], mac, sdkFile: join(state, 'sdk.json'), joinMs: 0 }),
  httpPort: 0,
  dnsPort: 0,
  speed: 'max',
  onNotice: () => {},
});
