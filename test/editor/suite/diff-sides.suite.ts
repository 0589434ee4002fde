import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { flags, flagsThat, leaveNothing, lensTitles, openFile, replaceText } from './window.ts';

/** The part of the built-in git extension's API that this suite asks. */
interface GitExtension {
  getAPI(version: 1): { toGitUri(uri: vscode.Uri, ref: string): vscode.Uri };
}

suite('the two sides of a diff', () => {
  teardown(leaveNothing);

  test('the committed side has neither flags nor lenses', async () => {
    const document = await openFile('src/refund.ts');
    await replaceText(document, 'requireAuth, async', 'async');
    await flagsThat(document.uri, 'one flag', (found) => found.length === 1);

    const git = vscode.extensions.getExtension<GitExtension>('vscode.git');
    assert(git, 'expected the built-in git extension');
    const committed = (await git.activate()).getAPI(1).toGitUri(document.uri, 'HEAD');
    await vscode.commands.executeCommand('vscode.diff', committed, document.uri, 'refund.ts');
    const left = await vscode.workspace.openTextDocument(committed);
    assert.match(left.getText(), /requireAuth, async/);

    // A second edit that is answered shows that the opened left side has had its turn.
    await replaceText(document, 'response.json(await order', 'response.json(order');
    await flagsThat(document.uri, 'a flag', (found) => found.length > 0);
    assert.deepEqual(flags(committed), []);
    assert.deepEqual(await lensTitles(committed), []);
  });
});
