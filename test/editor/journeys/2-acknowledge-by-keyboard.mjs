import assert from 'node:assert/strict';
import { makeShop } from '../support/workspace.mjs';
import { ACKNOWLEDGE, ACKNOWLEDGED, dropGuard, REASON } from './steps.mjs';

export const title = 'a person acknowledges by keyboard alone';
export const makeWorkspace = makeShop;

export async function play({ editor }) {
  await dropGuard(editor);
  await editor.goTo(1);
  await editor.press('Control+Alt+B N');
  await editor.waitForCursor(9);
  await editor.press('Control+Alt+B A');
  await editor.quickInput.question();
  await editor.screenshotInThemes('2-asked');

  await editor.quickInput.answer('too short');
  await editor.quickInput.waitForMessage(/at least 10|10 characters/);
  await editor.screenshot('2-refused');

  await editor.quickInput.clear();
  await editor.quickInput.answer(REASON);
  await editor.quickInput.waitUntilGone();
  await editor.waitForLens(ACKNOWLEDGED);
  await editor.waitForNoLens(ACKNOWLEDGE);
  await editor.screenshotInThemes('2-acknowledged');
  assert.equal(await editor.pointerPresses(), 0, 'expected no press of a mouse');

  await editor.focusEditor();
  await editor.press('Control+Alt+B U');
  await editor.waitForLens(ACKNOWLEDGE);

  // A second risk in the same hunk: one reason is for both, and the question says so.
  await editor.typeAt(10, 1, '  eval(request.body.note);\n');
  await editor.waitForProblem(/dynamic-code|eval/i);
  await editor.goTo(9);
  await editor.press('Control+Alt+B A');
  await editor.quickInput.waitForMessage(/this acknowledges 2 findings of this hunk: .+ · .+/);
  await editor.screenshot('2-two-findings');
  await editor.press('Escape');
  await editor.quickInput.waitUntilGone();
}
