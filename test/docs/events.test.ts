// `npm run docs` writes the page anew.

import { expect, test } from 'vitest';
import { eventsPage } from './events-page.js';

test('docs/events.md is up to date', async () => {
  await expect(eventsPage()).toMatchFileSnapshot('../../docs/events.md');
});
