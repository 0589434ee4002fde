import assert from 'node:assert/strict';
import { commandTitle } from '../support/manifest.mjs';
import { runProcess } from '../support/run-process.mjs';
import { cliFile } from '../support/vsix.mjs';
import { waitUntil } from '../support/wait.mjs';
import { makeShop } from '../support/workspace.mjs';
import { acknowledge, dropGuard } from './steps.mjs';

export const title = 'an acknowledgement goes out with the commit and verifies';
export const makeWorkspace = makeShop;

export async function play({ editor, workspace }) {
  const { git } = workspace;
  await dropGuard(editor);
  await acknowledge(editor);
  await editor.save();
  git('add', 'src');
  // The same change without the acknowledgement, to see that the verdict hangs on it.
  const bare = git('commit-tree', '-p', 'HEAD', '-m', 'Without an acknowledgement', git('write-tree').trim()).trim();

  await editor.runCommand(commandTitle('brakeline.export'));
  const staged = () => git('diff', '--cached', '--name-only');
  await waitUntil(
    () => staged().includes('.brakeline/acks/'),
    () => `a carrier in the index, found ${staged()}`,
  );
  await editor.screenshot('4-exported');
  git('commit', '--quiet', '--message', 'Let the gateway guard refunds');

  const covered = await verify(workspace, 'HEAD^', 'HEAD');
  assert.equal(covered.status, 0, `expected PASS, found status ${covered.status}:\n${covered.output}`);
  assert.match(covered.output, /PASS/);
  const uncovered = await verify(workspace, 'HEAD^', bare);
  assert.equal(uncovered.status, 1, `expected FAIL without the acknowledgement, found status ${uncovered.status}:\n${uncovered.output}`);

  await editor.runCommand(commandTitle('brakeline.verify'));
  await editor.waitForPage(/Verification PASS/);
  await editor.screenshot('4-verified');
}

function verify({ folder, env }, base, head) {
  return runProcess(process.execPath, [cliFile, 'verify', '--base', base, '--head', head], { cwd: folder, env });
}
