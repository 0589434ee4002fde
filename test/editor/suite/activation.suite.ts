import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EXTENSION_ID } from './window.ts';

const COMMANDS = [
  'acknowledge',
  'undoAcknowledge',
  'explain',
  'showChange',
  'showImpact',
  'nextHunk',
  'previousHunk',
  'export',
  'verify',
  'requestSignoff',
  'openSignoff',
  'rejectHunk',
  'importSignoff',
  'review',
  'showLog',
];

suite('activation', () => {
  test('the packaged extension is installed and activates', async () => {
    const extension = vscode.extensions.getExtension(EXTENSION_ID);
    assert(extension, 'expected the extension among the installed ones');
    await extension.activate();
    assert(extension.isActive);
  });

  test('every command of the manifest is there', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      COMMANDS.filter((name) => !known.has(`brakeline.${name}`)),
      [],
    );
  });
});
