// Steps that several journeys share.
import { commandTitle } from '../support/manifest.mjs';
import { guardedRoute } from '../support/workspace.mjs';

export const STATUS = 'brakeline.status';
export const REASON = 'the gateway in front of this route checks the caller';

export const ACKNOWLEDGE = /^(medium|high|critical) · .*Acknowledge$/;
export const STALE = /^stale: .*Acknowledge again$/;
export const ACKNOWLEDGED = /^acknowledged · Undo$/;

/** Opens the route and the Problems panel, and takes the guard out of the route: one edit, one risky hunk. */
export async function dropGuard(editor) {
  const { file, line, guarded, unguarded } = guardedRoute;
  await editor.openFile(file);
  await editor.showProblems();
  const column = guarded.indexOf('requireAuth') + 1;
  await editor.deleteAt(line, column, guarded.length - unguarded.length);
  await editor.waitForProblem(/auth-guard-removed|guard/i);
  await editor.waitForLens(ACKNOWLEDGE);
}

/** Acknowledges the hunk under the cursor from the palette, and answers what it asks with a reason. */
export async function acknowledge(editor) {
  await editor.runCommand(commandTitle('brakeline.acknowledge'));
  await editor.quickInput.question();
  await editor.quickInput.answer(REASON);
  await editor.quickInput.waitUntilGone();
  await editor.waitForLens(ACKNOWLEDGED);
}
