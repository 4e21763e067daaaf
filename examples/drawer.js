// Flashes and installs on all connected boards at the same time.
//   node examples/drawer.js FIRMWARE.bin [PORT…]
import { readFile } from 'node:fs/promises';
import { checkFirmware, discoverPorts, flash, install, openPort, PortalError } from 'esp-portal';

const [file, ...named] = process.argv.slice(2);
const firmware = checkFirmware(await readFile(file), file);
const boards = (await discoverPorts()).filter(({ adapter }) => adapter !== undefined);
const ports = named.length > 0 ? named : boards.map(({ path }) => path);

async function prepare(name) {
  let port;
  try {
    port = await openPort(name);
    const { mac, skipped } = await flash(port, { firmware });
    const { filesSent, ssid } = await install(port);
    return `${mac}  ${skipped ? 'had its firmware' : 'flashed'}  ${filesSent} files sent  WiFi ${ssid}`;
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    process.exitCode = 1;
    return `${error.code}: ${error.message}`;
  } finally {
    await port?.[Symbol.asyncDispose](); // closes it; in TypeScript, `await using` does
  }
}

await Promise.all(ports.map(async (name) => console.log(`${name}  ${await prepare(name)}`)));
