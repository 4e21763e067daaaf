// The pages in docs/ say what the program says. `npm run docs` writes them anew.

import { expect, test } from 'vitest';
import { commandsPage, errorsPage } from './pages.js';

test.each([
  ['commands.md', commandsPage],
  ['errors.md', errorsPage],
])('docs/%s is up to date', async (name, page) => {
  await expect(page()).toMatchFileSnapshot(`../../docs/${name}`);
});
