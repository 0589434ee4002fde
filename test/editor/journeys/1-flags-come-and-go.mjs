import assert from 'node:assert/strict';
import { findOrderLine, makeShop } from '../support/workspace.mjs';
import { ACKNOWLEDGE, dropGuard } from './steps.mjs';

export const title = 'flags appear on an edit and vanish on undo, and a symbol shows who depends on it';
export const makeWorkspace = makeShop;

export async function play({ editor }) {
  await dropGuard(editor);
  const problems = await editor.problems();
  assert.equal(problems.length, 1, `expected one problem for one hunk, found ${problems.join(' | ')}`);
  assert.match(problems[0], /^Warning: .* at line 9 /s);
  await editor.screenshotInThemes('1-flagged');

  await editor.focusEditor();
  await editor.undo();
  await editor.waitForNoProblem();
  await editor.waitForNoLens(ACKNOWLEDGE);
  await editor.screenshot('1-undone');

  // Who depends on a symbol, with no flag and no mouse: told aloud with the state first.
  await editor.openFile('src/orders.ts');
  await editor.goTo(findOrderLine);
  await editor.press('Control+Alt+B I');
  await editor.waitForImpact(/^untested: src\/.+, calls line/);
  await editor.screenshotInThemes('1-impact');
}
