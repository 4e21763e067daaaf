// A folder with a plan for boards with serial numbers L-1, L-2 and so on, and the record that it leads to.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LABEL = '<svg><text>{serial} {mac} {random:12}</text></svg>';

/** @param more fields of the plan */
export function planFolder(folder: string, rows: number, more: object = {}): string {
  const plan = {
    portal: { essid: 'Lamp {serial}', 'ap-password': '{random:12}' },
    app: 'app',
    data: 'boards.csv',
    device: { serial: '{serial}', mac: '{mac}', token: '{token}' },
    test: { until: 'portal.ready', timeoutS: 30 },
    label: 'label.svg',
    recordSecrets: true,
    ...more,
  };
  mkdirSync(join(folder, 'app'), { recursive: true });
  writeFileSync(join(folder, 'factory.json'), JSON.stringify(plan));
  writeFileSync(join(folder, 'app', 'app.py'), 'print(1)');
  writeFileSync(join(folder, 'label.svg'), LABEL);
  const lines = Array.from({ length: rows }, (_, index) => `L-${index + 1},token ${index + 1}`);
  writeFileSync(join(folder, 'boards.csv'), ['serial,token', ...lines, ''].join('\n'));
  return folder;
}

/** The lines of the record but the first. */
export function recordOf(folder: string): Record<string, unknown>[] {
  const [, ...lines] = readFileSync(join(folder, 'made.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}
