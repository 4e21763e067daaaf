// What shows the events of the factory. Types only.

import type { FactoryEvent } from '../../../operations/factory/factory-events.js';

export interface FactoryView {
  show(event: FactoryEvent): void;
  /** Before the result. */
  finish(): void;
}
