// Flashes and installs on all connected boards at the same time.
//   node examples/drawer.js FIRMWARE.bin [PORT…]
import { readFile } from 'node:fs/promises';
import { boardsAmong, checkFirmware, discoverPorts, flash, forEachBoard, install } from 'esp-portal';

const [file, ...named] = process.argv.slice(2);
const firmware = checkFirmware(await readFile(file), file);
const ports = named.length > 0 ? named : boardsAmong(await discoverPorts()).map(({ path }) => path);
const results = await forEachBoard(ports, async (board) => {
  const port = await board.openPort(); // closed at the end
  const { mac } = await flash(port, { firmware, ...board });
  return `${mac}  WiFi ${(await install(port, board)).ssid}`;
});
for (const { board, value, error } of results)
  console.log(board, error ? `${error.code}: ${error.message}` : value);
if (!results.every(({ ok }) => ok)) process.exitCode = 1;
