// The tool's own programs on a board whose files hide MicroPython's modules, in real interpreters.
import { describe, expect, test } from 'vitest';
import { shortName } from '../../../scripts/board-scripts.js';
import builtIns from '../../../src/board-scripts/common/built_ins.py';
import { receiverProgram } from '../../../src/micropython/receiver.js';
import { factsProgram, GLANCE } from '../../../src/operations/install/probe-board.js';
import { DISCARD } from '../../../src/operations/install/staging.js';
import { STAGING_FOLDER } from '../../../src/portal/commit-program.js';
import { RUNTIMES, type Runtime } from '../../../src/virtual-board/interpreter/runtime/runtimes.js';
import { blankInterpreter } from '../../support/micropython.js';

const HIDING = ['os', 'sys', 'json', 'io', 'time', 'hashlib', 'binascii', 'deflate', 'machine', 'struct'];

async function boardWith(runtime: Runtime) {
  const interpreter = await blankInterpreter(runtime);
  const { FS, runPython } = interpreter.python;
  for (const name of HIDING) FS.writeFile(`/${name}.py`, 'raise ValueError("a file hides it")');
  runPython("import sys\nsys.path[:]=['','/lib']");
  return {
    FS,
    runPython,
    output: () => {
      const text = Buffer.concat(interpreter.printed).toString('latin1');
      interpreter.printed = [];
      return text;
    },
  };
}

describe.each(RUNTIMES)('MicroPython $version', (runtime) => {
  test('takes the files for the modules, as a check of this test', async () => {
    const python = await boardWith(runtime);
    expect(() => python.runPython('import json')).toThrow('a file hides it');
  });

  test('the first look works, and on main.py and a manifest of any bytes', async () => {
    const python = await boardWith(runtime);
    python.FS.writeFile('/portal.manifest', Uint8Array.of(0xe9, 0x0a, 0xff));
    python.runPython(GLANCE);
    expect(python.output()).toMatch(/^\w+ \d+ 0 \? \d+ \d+ \d+\r?\n$/);
  });

  test('the facts are read, and a name that is not UTF-8 does not end it', async () => {
    const python = await boardWith(runtime);
    python.FS.writeFile('/main.py', Buffer.from('# caf\xe9\nCaptivePortal()\n', 'latin1'));
    python.FS.mkdir('/portal.manifest');
    python.runPython(GLANCE);
    // This interpreter has no statvfs; it gives but two numbers here.
    const os = shortName('os');
    python.runPython(`_o=${os}\nclass ${os}:\n ilistdir=_o.ilistdir\n statvfs=lambda p:(4096,0,0,100)\n`);
    python.output();
    python.runPython(factsProgram({ hasManifest: true, hasHashes: true }, [], []));
    const answer = JSON.parse(python.output());
    expect(answer[9]).toBe(1); // main.py makes a CaptivePortal
    expect(answer.at(-1)).toContain('portal.manifest/');
  });

  test('the receiver is defined', async () => {
    const python = await boardWith(runtime);
    python.runPython(`${GLANCE}\n${receiverProgram('rp2', 'deflate', STAGING_FOLDER)}`);
    const receive = shortName('receive');
    python.runPython(`print(${receive}.__name__)`);
    expect(python.output()).toMatch(new RegExp(`${receive}\\r?\\n$`));
  });

  test('staged files are removed; other files under that name are kept', async () => {
    const python = await boardWith(runtime);
    python.FS.mkdir('/portal.new');
    python.FS.writeFile('/portal.new/0', 'x');
    python.runPython(DISCARD);
    expect(python.FS.readdir('/')).not.toContain('portal.new');
    python.FS.writeFile('/portal.new', 'mine');
    python.runPython(DISCARD);
    expect(python.FS.readFile('/portal.new.old', { encoding: 'utf8' })).toBe('mine');
    python.FS.mkdir('/portal.new');
    python.FS.mkdir('/portal.new/sub');
    python.runPython(DISCARD);
    expect(python.FS.readdir('/portal.new.oldx')).toContain('sub');
  });

  test('a module that a program imported from a file before is not taken', async () => {
    const python = await boardWith(runtime);
    python.FS.writeFile('/os.py', 'x = 1');
    python.runPython('import os');
    python.runPython(`${builtIns}\nprint(len(${shortName('os')}.listdir('/'))>0)`);
    expect(python.output()).toMatch(/True/);
  });
});
