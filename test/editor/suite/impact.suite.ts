import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { flagsThat, leaveNothing, openFile, replaceText } from './window.ts';

suite('impact', () => {
  teardown(leaveNothing);

  test('the quick fix of a change that others depend on opens the view, and nothing fails', async () => {
    const document = await openFile('src/orders.ts');
    await replaceText(document, 'findOrder(id: string)', 'findOrder(shop: string, id: string)');
    const [flag] = await flagsThat(document.uri, 'a flag', (found) => found.length > 0);
    assert(flag);
    const actions = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      flag.range,
    );
    const show = actions.find(({ command }) => command?.command === 'brakeline.showImpact');
    assert(show?.command, `expected an action that shows the impact, found ${actions.map(({ title }) => title).join(', ')}`);
    await vscode.commands.executeCommand(show.command.command, ...(show.command.arguments ?? []));
    // The view's own command is there once the view is.
    const known = await vscode.commands.getCommands(true);
    assert(known.includes('brakeline.impact.focus'), 'expected the view among the commands');
  });
});
