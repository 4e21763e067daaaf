// The exchange of esptool 5.3.1 (August 2026) for `write-flash 0x0 image.bin` on an ESP8266 at 460800 baud, counted in
// its source on 2026-11-28: loader.py (connect, run_stub, change_baud, run_spiflash_command, flash_defl_*), cmds.py
// (detect_chip, write_flash) and targets/esp8266.py. Its pauses (reset, 200 ms after GET_SECURITY_INFO, 50 ms after the
// change of the baud rate) and what Python computes are left out, in its favour.

const ROM_BAUD = 115200;

/** A packet is framed in two bytes and has a header of eight. */
const packet = (dataBytes) => 2 + 8 + dataBytes;
/** An answer carries two bytes of status, and framing. */
const ANSWER = packet(2);

const READ_REG = [packet(4), ANSWER];
const WRITE_REG = [packet(16), ANSWER];

/** Of the stub that it loads by default (stub_flasher/2/esp8266.json): 11456 and 920 bytes, in blocks of 6144. */
const STUB_BLOCKS = [6144, 5312, 920];
const STUB_SEGMENTS = 2;

const BLOCK_BYTES = 0x4000;
/** Of random-like data, every 128th byte takes two: two values of 256 are escaped. */
const escaped = (bytes) => Math.round(bytes * (1 + 2 / 256));

/** SPI command RDID, and the registers around it. */
const FLASH_ID = [READ_REG, READ_REG, ...Array(5).fill(WRITE_REG), READ_REG, READ_REG, WRITE_REG, WRITE_REG];

/** @param {number} compressedBytes zlib level 9, as in esp-portal */
export function esptoolTurns(compressedBytes, baudRate) {
  const blocks = [];
  for (let at = 0; at < compressedBytes; at += BLOCK_BYTES)
    blocks.push(Math.min(BLOCK_BYTES, compressedBytes - at));
  const rom = [
    [packet(36), 8 * ANSWER], // SYNC, answered eight times
    [packet(0), ANSWER], // GET_SECURITY_INFO, which this ROM refuses
    READ_REG, // which chip
    ...Array(4 + 4 + 1 + 3).fill(READ_REG), // its description, features, crystal and MAC
    ...Array(STUB_SEGMENTS).fill([packet(16), ANSWER]), // MEM_BEGIN
    ...STUB_BLOCKS.map((bytes) => [escaped(packet(16 + bytes)), ANSWER]),
    [packet(8), ANSWER + 6], // MEM_END, and the stub's OHAI
    [packet(8), ANSWER], // CHANGE_BAUDRATE
  ];
  const stub = [
    [packet(8), ANSWER], // SPI_ATTACH
    ...FLASH_ID,
    [packet(24), ANSWER], // SPI_SET_PARAMS
    [packet(16), ANSWER], // FLASH_DEFL_BEGIN
    ...blocks.map((bytes) => [escaped(packet(16 + bytes)), ANSWER]),
    READ_REG, // until the last block is written
    [packet(16), ANSWER + 16], // SPI_FLASH_MD5
    [packet(16), ANSWER], // FLASH_BEGIN and FLASH_DEFL_END leave the flash mode
    [packet(4), ANSWER],
  ];
  const turns = (list, rate) => list.map(([up, down]) => ({ up, down, baudRate: rate }));
  return [...turns(rom, ROM_BAUD), ...turns(stub, baudRate)];
}
