// Chooses what the factory shows: JSON, or lines for people.

import type { PreparedPlan } from '../../../operations/factory/plan/prepare-plan.js';
import type { Redactor } from '../../../operations/log/secrets.js';
import type { Host } from '../../host.js';
import { safeJson } from '../../terminal/text.js';
import { cleaned } from '../clean-report.js';
import type { FactoryView } from './factory-view.js';

interface ViewOptions {
  readonly plan: PreparedPlan;
  /** Named ones. */
  readonly ports: readonly string[] | undefined;
  readonly network: boolean;
  /** How people know a port; JSON has its address. */
  readonly labelOf: (address: string) => string;
}

/** Its input is masked here. */
export async function createFactoryView(
  values: { readonly json: boolean; readonly quiet: boolean },
  options: ViewOptions,
  { redactor, host }: { redactor: Redactor; host: Host },
): Promise<FactoryView> {
  const view = values.json
    ? jsonView((line) => host.stdout.write(`${line}\n`))
    : await textView(values, options, host);
  const mask = (text: string) => redactor.mask(text);
  return { show: (event) => view.show(cleaned(event, mask)), finish: () => view.finish() };
}

async function textView(
  { quiet }: { readonly quiet: boolean },
  { plan, ports = [], network, labelOf }: ViewOptions,
  host: Host,
): Promise<FactoryView> {
  const { TextFactoryView } = await import('./text-view.js');
  return new TextFactoryView({ ...host, quiet, boards: plan.boards, ports, network, labelOf });
}

function jsonView(write: (line: string) => void): FactoryView {
  return {
    show: (event) => {
      if (!('raw' in event)) write(safeJson(event));
      else {
        const { event: name, timeMs, raw, ...fields } = event;
        write(safeJson({ event: name, time: new Date(timeMs).toISOString(), ...fields, raw }));
      }
    },
    finish: () => {},
  };
}
