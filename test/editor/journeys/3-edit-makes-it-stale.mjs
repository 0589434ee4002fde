import { makeShop } from '../support/workspace.mjs';
import { ACKNOWLEDGED, acknowledge, dropGuard, STALE } from './steps.mjs';

export const title = 'an edit after acknowledging makes it stale, and undo makes it good again';
export const makeWorkspace = makeShop;

export async function play({ editor }) {
  await dropGuard(editor);
  await acknowledge(editor);

  // The line above: it joins the same hunk, and what was acknowledged is still what stands there.
  await editor.typeAt(8, 1, "const currency = 'EUR';");
  await editor.waitForLens(ACKNOWLEDGED);
  await editor.screenshot('3-neighbour-edited');

  // One character in the acknowledged line itself.
  await editor.typeAt(9, 1, '!');
  await editor.waitForLens(STALE);
  await editor.waitForNoLens(ACKNOWLEDGED);
  await editor.screenshotInThemes('3-stale');

  await editor.focusEditor();
  await editor.undo();
  await editor.waitForLens(ACKNOWLEDGED);
}
