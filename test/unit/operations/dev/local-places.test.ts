import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LogParser } from '../../../../src/log/log-parser.js';
import { localFiles, withLocalPlaces } from '../../../../src/operations/dev/local-places.js';

const file = (path: string) => ({ path, bytes: new Uint8Array() });

function traceback(...frames: string[]) {
  const text = ['Traceback (most recent call last):', ...frames, 'ValueError: bad', ''].join('\r\n');
  const entry = new LogParser({ board: 'test' }).push(Buffer.from(text), 0)[0];
  if (!entry) throw new Error('no event');
  return entry;
}

describe('withLocalPlaces', () => {
  test('names the source of a module that was sent as bytecode', () => {
    const files = localFiles('code', [file('lib/sensor.mpy')], false);
    const entry = traceback(
      '  File "main.py", line 4, in <module>',
      '  File "lib/sensor.py", line 12, in read',
    );
    const path = join('code', 'lib', 'sensor.py');
    expect(withLocalPlaces(entry, files)).toMatchObject({
      place: { file: path, line: 12 },
      raw: expect.stringContaining(`File "${path}", line 12, in read`),
    });
  });

  test('a package lies in its own folder here, and in app/ on the board', () => {
    const files = localFiles('blinker', [file('app/__init__.py')], true);
    const entry = traceback('  File "/app/__init__.py", line 3, in <module>');
    expect(withLocalPlaces(entry, files)).toMatchObject({
      place: { file: join('blinker', '__init__.py'), line: 3 },
    });
  });

  test('the innermost frame in a file of this computer counts, not one of the portal', () => {
    const files = localFiles('code', [file('app.py')], false);
    const entry = traceback('  File "app.py", line 9, in <module>', '  File "portal.py", line 2, in keep');
    expect(withLocalPlaces(entry, files)).toMatchObject({ place: { line: 9 } });
    expect(withLocalPlaces(traceback('  File "main.py", line 1, in <module>'), files)).not.toHaveProperty(
      'place',
    );
  });
});
