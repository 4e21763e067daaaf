// dev: edits of a folder on this computer, and what the board runs and has then.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Dev, type LogEntry, openPort, type Port, type ProgressEvent } from 'esp-portal';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

type Seen = ProgressEvent | LogEntry;
type SentEvent = Extract<ProgressEvent, { event: 'sent' }>;
type Problem = Extract<ProgressEvent, { event: 'problem' }>;

/** dev on a board that is on its network, and a folder to edit. */
class Session implements AsyncDisposable {
  readonly folder = mkdtempSync(join(home.folder, 'app-'));
  readonly seen: Seen[] = [];
  onSeen: (event: Seen) => void = () => {};
  readonly #name: string;
  readonly #stop = new AbortController();
  readonly #taken: { at: number } = { at: 0 };
  #wake: () => void = () => {};
  #dev: Dev | undefined;
  #port: Port | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(name: string, files: Readonly<Record<string, string>>) {
    this.#name = name;
    home.makeBoard(name, 'portal');
    writeFileSync(home.boardFile(name, 'wifi.creds'), 'Home WiFi,correct horse\n');
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  async start(): Promise<this> {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    const take = (event: Seen) => {
      this.seen.push(event);
      this.onSeen(event);
      this.#wake();
    };
    this.#port = await openPort(board(this.#name));
    this.#dev = new Dev(this.#port, {
      folder: this.folder,
      signal: this.#stop.signal,
      reopen: async () => {
        this.#port = await openPort(board(this.#name));
        return { port: this.#port, address: this.#name };
      },
      onProgress: take,
      onLog: take,
    });
    this.#ended = this.#dev.run().catch((error: unknown) => {
      this.#failure = error;
      this.#wake();
    });
    return this;
  }

  get dev(): Dev {
    if (!this.#dev) throw new Error('not started');
    return this.#dev;
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.folder, path, '..'), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  /** Waits for an event behind those that were waited for before. */
  async next<T extends Seen>(isWanted: (event: Seen) => event is T): Promise<T> {
    for (;;) {
      const at = this.seen.findIndex((event, index) => index >= this.#taken.at && isWanted(event));
      if (at >= 0) {
        this.#taken.at = at + 1;
        return this.seen[at] as T;
      }
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  line(text: string): Promise<LogEntry> {
    return this.next((event): event is LogEntry => 'raw' in event && event.raw.includes(text));
  }

  sent(): Promise<SentEvent> {
    return this.next((event): event is SentEvent => event.event === 'sent');
  }

  problem(): Promise<Problem> {
    return this.next((event): event is Problem => event.event === 'problem');
  }

  on(path: string): string {
    return home.boardFile(this.#name, path);
  }

  async unplug(): Promise<void> {
    await this.#port?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    await this.#ended;
    await this.#port?.[Symbol.asyncDispose]();
  }
}

const LOOP = 'import time\nwhile True:\n    time.sleep(0.05)\n';
const version = (number: number) => `print('version ${number}')\n${LOOP}`;

describe('a board on its network', () => {
  let session: Session;
  beforeAll(async () => {
    session = await new Session('edits', {
      'app.py': version(1),
      'lib/sensor.py': 'def read():\n    return 1 / 0\n',
    }).start();
    await session.line('version 1');
  });
  afterEach(() => {
    session.onSeen = () => {};
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('an edit sends that file alone, and the program starts again without joining the network', async () => {
    session.write('app.py', version(2));
    expect(await session.sent()).toMatchObject({ sent: ['app.py'], removed: [], restart: 'app' });
    await session.line('version 2');
    expect(readFileSync(session.on('app.py'), 'utf8')).toBe(version(2));
  });

  test('a file that is renamed over the old one, as editors save, is sent', async () => {
    session.write('app.py~', version(3));
    renameSync(join(session.folder, 'app.py~'), join(session.folder, 'app.py'));
    await session.line('version 3');
    expect(readFileSync(session.on('app.py'), 'utf8')).toBe(version(3));
    expect(existsSync(session.on('app.py~'))).toBe(false);
  });

  test('a storm of changes ends with its last state on the board', async () => {
    for (let number = 100; number < 160; number++) session.write('app.py', version(number));
    session.write('new/deep/data.txt', 'x');
    await session.line('version 159');
    expect(readFileSync(session.on('new/deep/data.txt'), 'utf8')).toBe('x');
    const times = session.seen.filter(({ event }) => event === 'sent').length;
    expect(times).toBeLessThan(20);
  });

  test('a deleted folder goes from the board, too', async () => {
    rmSync(join(session.folder, 'new'), { recursive: true });
    expect(await session.sent()).toMatchObject({ removed: ['new/deep/data.txt'] });
    await session.line('version 159');
    expect(existsSync(session.on('new'))).toBe(false);
  });

  test('.portalignore excludes files', async () => {
    session.write('notes.txt', 'x');
    expect(await session.sent()).toMatchObject({ sent: ['notes.txt'] });
    session.write('.portalignore', '*.txt\n');
    expect(await session.sent()).toMatchObject({ removed: ['notes.txt'] });
  });

  test('a syntax error is reported with file and line, and nothing is sent until it is gone', async () => {
    session.write('app.py', 'x = 1\ndef f(:\n');
    expect(await session.problem()).toMatchObject({
      file: join(session.folder, 'app.py'),
      line: 2,
      source: 'def f(:',
      message: 'SyntaxError: invalid syntax',
    });
    session.write('app.py', version(4));
    expect(await session.sent()).toMatchObject({ sent: ['app.py'] });
    await session.line('version 4');
  });

  test('a traceback names the files on this computer', async () => {
    session.write('app.py', 'import sys\nsys.path.append("lib")\nimport sensor\nsensor.read()\n');
    const isTraceback = (event: Seen): event is LogEntry => event.event === 'python.traceback';
    const entry = await session.next(isTraceback);
    const file = join(session.folder, 'lib', 'sensor.py');
    expect(entry).toMatchObject({ place: { file, line: 2 } });
    expect(entry.raw).toContain(`File "${file}", line 2, in read`);
    expect(entry.raw).toContain(`File "${join(session.folder, 'app.py')}", line 4`);
  });

  test('what changes during an upload is sent next', async () => {
    session.onSeen = ({ event }) => {
      if (event === 'sent') session.write('app.py', version(6));
    };
    session.write('app.py', version(5));
    await session.line('version 6');
    expect(readFileSync(session.on('app.py'), 'utf8')).toBe(version(6));
  });

  test('a file that cannot be sent is reported; the next change goes on', async () => {
    symlinkSync('/nowhere', join(session.folder, 'dangling.py'));
    expect((await session.problem()).message).toContain('dangling.py');
    unlinkSync(join(session.folder, 'dangling.py'));
    session.write('app.py', version(7));
    await session.line('version 7');
  });

  test('after an upload that failed, the restart is reported, and the log has the output of the program only', async () => {
    session.write('large.bin', '\0'.repeat(4_000_000));
    expect((await session.problem()).message).toContain(
      'No file on the board was changed. The board restarts.',
    );
    unlinkSync(join(session.folder, 'large.bin'));
    expect(await session.sent()).toMatchObject({ sent: [], removed: [], restart: 'hard' });
    expect(session.seen.filter((event) => 'raw' in event && /raw REPL|>OK/.test(event.raw))).toEqual([]);
  });

  test('a folder that is removed and comes back is watched again', async () => {
    const aside = `${session.folder}-aside`;
    renameSync(session.folder, aside);
    expect((await session.problem()).message).toContain('there is no such folder');
    renameSync(aside, session.folder);
    session.write('app.py', version(8));
    await session.line('version 8');
  });

  test('a program that ignores Ctrl-C is replaced', async () => {
    const stubborn =
      "import time\nprint('stubborn')\nwhile True:\n    try:\n        time.sleep(0.05)\n    except BaseException:\n        pass\n";
    session.write('app.py', stubborn);
    await session.line('stubborn');
    session.write('app.py', version(9));
    await session.line('version 9');
    expect(readFileSync(session.on('app.py'), 'utf8')).toBe(version(9));
  });

  test('the portal opens although a network is stored, and a restart joins it again', async () => {
    session.dev.openPortal();
    await session.line('Captive portal ready');
    session.dev.restart();
    await session.line('version 9');
  });

  test('in the REPL, changes wait until it is left', async () => {
    session.dev.enterRepl();
    await session.line('KeyboardInterrupt');
    session.write('app.py', version(10));
    await session.dev.write(Buffer.from('6*7\r'));
    await session.line('42');
    expect(readFileSync(session.on('app.py'), 'utf8')).toBe(version(9));
    session.dev.leaveRepl();
    await session.line('version 10');
  });

  test('a board that was unplugged is waited for, and gets what changed meanwhile', async () => {
    session.onSeen = ({ event }) => {
      if (event === 'port.lost') session.write('app.py', version(11));
    };
    await session.unplug();
    await session.line('is back');
    await session.line('version 11');
    expect(readFileSync(session.on('app.py'), 'utf8')).toBe(version(11));
  });
});

describe('before the first installation', () => {
  test('a folder that is not there ends it', async () => {
    await using session = new Session('missing', { 'app.py': version(1) });
    rmSync(session.folder, { recursive: true });
    await session.start();
    await expect(session.line('version 1')).rejects.toMatchObject({ code: 'usage' });
  });

  test.skipIf(process.getuid?.() === 0)('a file that cannot be read ends it', async () => {
    await using session = new Session('unreadable', { 'app.py': version(1) });
    chmodSync(join(session.folder, 'app.py'), 0);
    await session.start();
    await expect(session.line('version 1')).rejects.toMatchObject({ code: 'usage' });
  });

  test('a syntax error waits for the next change', async () => {
    await using session = await new Session('wrong', { 'app.py': 'def\n' }).start();
    expect(await session.problem()).toMatchObject({ line: 1 });
    session.write('app.py', version(1));
    await session.line('version 1');
  });
});
