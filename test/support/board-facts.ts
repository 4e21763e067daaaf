// What a board with MicroPython and nothing else answers when it is probed.

import type { BoardFacts } from '../../src/portal/board-facts.js';

/** @param more what this board has beyond that */
export function boardFacts(more: Partial<BoardFacts> = {}): BoardFacts {
  return {
    platform: 'esp8266',
    version: '1.27.0',
    mpy: 6,
    freeHeapBytes: 30_000,
    freeSpaceBytes: 1_000_000,
    blockBytes: 4096,
    inflater: 'deflate',
    takesBinary: true,
    machineWithoutWifi: '',
    installed: [],
    otherNames: [],
    folders: [],
    hasStaged: false,
    manifestHash: '',
    isCommitting: false,
    mainStartsPortal: false,
    hasReceiver: false,
    ...more,
  };
}
