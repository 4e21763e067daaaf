// Times of a flash chip.

/** Typical of a Winbond W25Q32, as the virtual board has them. */
const BLOCK_ERASE_MS = 150;
const SECTOR_ERASE_MS = 45;
const PAGE_PROGRAM_MS = 0.7;
/** A loader's MD5 of what it reads, as the virtual board has it. */
const DIGEST_MS_PER_MB = 800;

export function digestMs(sizeBytes) {
  return (sizeBytes / 2 ** 20) * DIGEST_MS_PER_MB;
}

/** Blocks of 64 KB and pages, as the stub erases and programs them. */
export function flashMs(sizeBytes) {
  return (sizeBytes / 0x10000) * BLOCK_ERASE_MS + (sizeBytes / 0x100) * PAGE_PROGRAM_MS;
}

/** The same for an area that begins or ends within a block, where the stub erases sector by sector. */
export function areaMs(address, sizeBytes) {
  const end = address + sizeBytes;
  let eraseMs = 0;
  for (let at = address; at < end; ) {
    const isBlock = at % 0x10000 === 0 && end - at > 0xf000;
    eraseMs += isBlock ? BLOCK_ERASE_MS : SECTOR_ERASE_MS;
    at += isBlock ? 0x10000 : 0x1000;
  }
  return eraseMs + Math.ceil(sizeBytes / 0x100) * PAGE_PROGRAM_MS;
}
