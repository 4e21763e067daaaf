// Virtual boards that a test opens itself run in threads of its process: half the CPU time. Those of the command line in a process of its own do not.

import { runBoardsIn } from 'esp-portal/virtual-board';

await runBoardsIn('thread');
