// What a virtual board's state folder holds. Names only.

/** Contents of the flash, from address 0. */
export const FLASH_FILE = 'flash.bin';
/** The board's files; stands for the filesystem in its flash. */
export const FILES_FOLDER = 'files';
/** What the SDK remembers: networks, access point. */
export const SDK_FILE = 'sdk.json';
/** While this exists, the filesystem's sectors hold something that is no filesystem. */
export const CORRUPT_MARKER = 'filesystem-is-corrupt';
