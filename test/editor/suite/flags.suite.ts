import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { flags, flagsThat, leaveNothing, openFile, replaceText } from './window.ts';

suite('flags', () => {
  teardown(leaveNothing);

  test('a risky edit is flagged before it is saved, and undo takes the flag away', async () => {
    const document = await openFile('src/refund.ts');
    assert.deepEqual(flags(document.uri), [], 'an untouched file has no flags');
    await replaceText(document, 'requireAuth, async', 'async');
    const [flag] = await flagsThat(document.uri, 'one flag', (found) => found.length === 1);
    assert(flag);
    assert.equal(document.lineAt(flag.range.start.line).text, "router.post('/refund', async (request, response) => {");
    assert.equal(flag.severity, vscode.DiagnosticSeverity.Warning);

    await vscode.commands.executeCommand('undo');
    await flagsThat(document.uri, 'no flag', (found) => found.length === 0);
  });

  test('a flag names its rule, links its page and speaks in one short line', async () => {
    const document = await openFile('src/refund.ts');
    await replaceText(document, 'requireAuth, async', 'async');
    const [flag] = await flagsThat(document.uri, 'one flag', (found) => found.length === 1);
    assert(flag);
    const code = flag.code;
    assert(typeof code === 'object', 'expected a code with a link');
    assert.equal(code.value, 'access/auth-guard-removed');
    assert.match(code.target.toString(), /access\/auth-guard-removed/);
    const [line = ''] = flag.message.split('\n');
    assert(line.length <= 80, `expected a first line of 80 characters at most, found ${line.length}: ${line}`);
  });

  test('a harmless edit is not flagged', async () => {
    const document = await openFile('src/refund.ts');
    await replaceText(document, 'const order =', 'const found =');
    await replaceText(document, 'order.refund', 'found.refund');
    // The server answers in order, so that a flag for the edit behind shows that it has judged the harmless one.
    await replaceText(document, 'requireAuth, async', 'async');
    const found = await flagsThat(document.uri, 'a flag for the guard', (seen) => seen.length > 0);
    assert.deepEqual(
      found.map((flag) => document.lineAt(flag.range.start.line).text.slice(0, 11)),
      ['router.post'],
    );
  });
});
