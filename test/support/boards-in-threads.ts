// Virtual boards that a test opens itself run in threads of its process: a twentieth of the CPU time. Those of the command line in a
// process of its own do not.

import { runBoardsIn } from 'esp-portal/virtual-board';
import { runBoardsIn as runBoardsOfSourceIn } from '../../src/virtual-board/open.js';

await runBoardsIn('thread');
await runBoardsOfSourceIn('thread');
