import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { commandTitle } from '../support/manifest.mjs';
import { runProcess } from '../support/run-process.mjs';
import { cliFile } from '../support/vsix.mjs';
import { waitUntil } from '../support/wait.mjs';
import { makeSignoffShop } from '../support/workspace.mjs';
import { REASON } from './steps.mjs';

export const title = 'a senior answers an author’s request by files, each in a window of their own';
export const makeWorkspace = makeSignoffShop;

const REQUEST = 'change.signoff.json';
const ANSWER = 'change.signoff.answer.jsonl';
const WRONG = 'a database that can be deleted needs a second look';

export async function play({ editor, workspace, openAs }) {
  const { senior } = workspace;
  const inShop = (name) => path.join(workspace.folder, name);
  const inClone = (name) => path.join(senior.folder, name);

  await editor.runCommand(commandTitle('brakeline.requestSignoff'));
  await editor.quickInput.waitForRow(/Commits of this branch/);
  await editor.screenshot('6-request');
  await editor.quickInput.answer();
  await editor.quickInput.waitForValue(/change\.signoff\.json$/);
  await editor.quickInput.answer();
  await waitForFile(inShop(REQUEST));
  assert.doesNotMatch(readFileSync(inShop(REQUEST), 'utf8'), /requireAuth: Handler/, 'a request holds no file that has no risk');

  copyFileSync(inShop(REQUEST), inClone(REQUEST));
  const other = await openAs(senior.person, senior.folder);
  await other.runCommand(commandTitle('brakeline.openSignoff'));
  await other.quickInput.fillFile(inClone(REQUEST));
  await other.waitForSignoff(/^infra\/database\.tf line 4, /);
  await other.waitForSignoff(/^src\/refund\.ts line 9, /);
  await other.openSignoffHunk('src/refund.ts');
  await other.screenshotInThemes('6-asked');

  await other.runCommand(commandTitle('brakeline.acknowledge'));
  await other.quickInput.question();
  await other.screenshot('6-acknowledging');
  await other.quickInput.answer(REASON);
  await other.quickInput.waitUntilGone();
  await other.waitForSignoff(/^src\/refund\.ts line 9, acknowledged by you: /);

  await other.openSignoffHunk('infra/database.tf');
  await other.runCommand(commandTitle('brakeline.rejectHunk'));
  await other.quickInput.question();
  await other.quickInput.answer('no');
  await other.quickInput.waitForMessage(/at least 10 characters/);
  await other.quickInput.clear();
  await other.quickInput.answer(WRONG);
  await other.quickInput.waitUntilGone();
  await other.waitForSignoff(/^infra\/database\.tf line 4, rejected by you: a database/);
  await other.waitForSignoff(/^Send change\.signoff\.answer\.jsonl back to the author/);
  await other.screenshotInThemes('6-answered');
  assert.deepEqual(await other.ownNotifications(), []);

  copyFileSync(inClone(ANSWER), inShop(ANSWER));
  await editor.runCommand(commandTitle('brakeline.importSignoff'));
  await editor.quickInput.fillFile(inShop(ANSWER));
  await editor.quickInput.waitForRow(/Commits of this branch/);
  await editor.quickInput.answer();
  await editor.waitForPage(/Sign-off imported/);
  await editor.screenshotInThemes('6-imported');

  const base = workspace.git('rev-parse', 'HEAD^').trim();
  const run = (...args) => runProcess(process.execPath, [cliFile, ...args], { cwd: workspace.folder, env: workspace.env });
  assert.equal((await run('export', '--base', base)).status, 0);
  workspace.git('commit', '--quiet', '--message', 'What the senior said');
  const { status, output } = await run('verify', '--base', base, '--head', 'HEAD');
  assert.equal(status, 1, `expected FAIL for what was rejected, found status ${status}:\n${output}`);
  assert.match(output, /infra\/database\.tf:4 {2}rejected/);
  assert.match(output, /src\/refund\.ts {2}by senior/);
}

function waitForFile(file) {
  return waitUntil(
    () => existsSync(file),
    () => `${path.basename(file)}, found nothing there`,
  );
}
