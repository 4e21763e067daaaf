// Follows a board's log until the board has joined a network, and prints its address.
//   node examples/wait-for-network.js PORT [SECONDS]
import { followLog, openPort } from 'esp-portal';

const [name, seconds = '600'] = process.argv.slice(2);
const port = await openPort(name);
try {
  for await (const entry of followLog(port, { signal: AbortSignal.timeout(1000 * Number(seconds)) })) {
    if (entry.event === 'portal.ready') console.log(`Join the WiFi "${entry.essid}" with a phone.`);
    if (entry.event === 'wifi.failed') console.log(`It did not work: ${entry.reason}.`);
    if (entry.event === 'wifi.connected') {
      console.log(`http://${entry.address}/`);
      break;
    }
  }
} finally {
  await port[Symbol.asyncDispose]();
}
