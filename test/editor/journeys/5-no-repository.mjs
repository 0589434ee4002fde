import assert from 'node:assert/strict';
import { guardedRoute, makeFolder } from '../support/workspace.mjs';
import { STATUS } from './steps.mjs';

export const title = 'a folder without a repository says so, once and quietly';
export const makeWorkspace = makeFolder;

export async function play({ editor }) {
  await editor.openFile(guardedRoute.file);
  await editor.showProblems();
  await editor.waitForStatus(STATUS, /no (git )?(repository|git)|not a (git )?repository/i);
  await editor.deleteAt(guardedRoute.line, 1, 3);
  assert.deepEqual(await editor.problems(), [], 'without a baseline nothing can be flagged');
  assert.deepEqual(await editor.codeLenses(), []);
  await editor.screenshot('5-no-repository');
}
