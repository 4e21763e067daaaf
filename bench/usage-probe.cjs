// Loaded into a measured process: writes what it took to file descriptor 3 when it ends.
const { writeSync } = require('node:fs');

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { maxRssMb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 };
  writeSync(3, JSON.stringify(usage));
});
