// MicroPython on a board with an unreadable filesystem: its frozen inisetup prints an error until Ctrl-C, and the prompt
// that follows has no files. Text after `fs_corrupted` in ports/esp8266/modules/inisetup.py and its esp32 sibling.

import type { BoardUart, Program } from './chip-program.js';
import type { ChipFamily, FlashRange } from './chips/chip-model.js';
import { SECTOR_BYTES } from './flash/nor-flash.js';

const COMPLAIN_EVERY_MS = 3000;
const CTRL_C = 3;
const INTERRUPTED =
  'Traceback (most recent call last):\r\n  File "_boot.py", line 11, in <module>\r\n' +
  '  File "inisetup.py", line 53, in setup\r\n  File "inisetup.py", line 19, in check_bootsec\r\n' +
  '  File "inisetup.py", line 38, in fs_corrupted\r\nKeyboardInterrupt: \r\n';

/** @param startPrompt starts what runs after Ctrl-C */
export function complainOfFilesystem(options: {
  readonly chip: ChipFamily;
  readonly filesystem: FlashRange;
  readonly uart: BoardUart;
  readonly startPrompt: () => Program;
}): Program {
  const { uart } = options;
  const print = (text: string): void => uart.transmit(new TextEncoder().encode(text));
  const complain = (): void => print(complaint(options.chip, options.filesystem));
  complain();
  const timer = setInterval(complain, COMPLAIN_EVERY_MS);
  let prompt: Program | undefined;
  return {
    receive: (bytes) => {
      const interruptAt = bytes.indexOf(CTRL_C);
      if (prompt === undefined && interruptAt >= 0) {
        clearInterval(timer);
        print(INTERRUPTED);
        prompt = options.startPrompt();
        prompt.receive(bytes.subarray(interruptAt + 1));
      } else {
        prompt?.receive(bytes);
      }
    },
    stop: async () => {
      clearInterval(timer);
      await prompt?.stop();
    },
  };
}

function complaint(chip: ChipFamily, { address, sizeBytes }: FlashRange): string {
  const text =
    chip === 'esp8266'
      ? `The filesystem starting at sector ${address / SECTOR_BYTES} with size ${sizeBytes / SECTOR_BYTES} sectors looks corrupt.\n` +
        'You may want to make a flash snapshot and try to recover it. Otherwise,\n' +
        'format it with vfs.VfsLfs2.mkfs(bdev), or completely erase the flash and\nreprogram MicroPython.\n\n'
      : 'The filesystem appears to be corrupted. If you had important data there, you\n' +
        'may want to make a flash snapshot to try to recover it. Otherwise, perform\n' +
        'factory reprogramming of MicroPython firmware (completely erase flash, followed\n' +
        'by firmware programming).\n\n';
  return text.replaceAll('\n', '\r\n');
}
