import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRepository } from '../../support/git.ts';
import { CLEAN, callers, later, ORDERS, ORDERS_CHANGED, openClient, openRepository, RISKY } from './opened.ts';

const WARNING = 2;
const ERROR = 1;

const GUARDED = "router.post('/refund', requireAuth, async (request, response) => {\n  response.json(await refund(request.body));\n});\n";
const UNGUARDED = GUARDED.replace('requireAuth, ', '');

describe('diagnostics', () => {
  it('appear on a risky edit that is not saved, and vanish on undo', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    const [found, ...others] = await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length > 0);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 14 } },
      severity: WARNING,
      source: 'brakeline',
      code: 'destroy/shell-rm-rf',
      codeDescription: { href: 'https://github.com/brakeline/brakeline/blob/main/docs/rules/destroy/shell-rm-rf.md' },
    });
    expect(found?.message.split('\n')[0]?.length).toBeLessThanOrEqual(80);
    client.edit('ops/clean.sh', CLEAN);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 0);
  });

  it('come from the rules of a team, as the files and the buffers have them', async () => {
    const rule = 'id: no-purge\nlanguage: ts\nmessage: purges $WHAT\nurl: https://example.com/12\nrule: { pattern: purge($WHAT) }\n';
    const { client } = await openRepository({ 'src/a.ts': 'log(1);\n', '.brakeline/rules/no-purge.yaml': rule });
    client.open('src/a.ts', 'log(1);\n');
    client.edit('src/a.ts', 'log(1);\npurge(2);\n');
    const [found] = await client.untilDiagnostics('src/a.ts', (diagnostics) => diagnostics.length > 0);
    expect(found).toMatchObject({ code: 'safeguard/team-no-purge', codeDescription: { href: 'https://example.com/12' } });
    expect(found?.message).toContain('purges 2');
    client.open('.brakeline/rules/no-purge.yaml', rule);
    client.edit('.brakeline/rules/no-purge.yaml', `${rule.slice(0, -6)}`);
    client.edit('src/a.ts', 'log(1);\npurge(3);\n');
    const [still] = await client.untilDiagnostics('src/a.ts', (diagnostics) =>
      diagnostics.some(({ message }) => message.includes('purges 3')),
    );
    expect(still?.code).toBe('safeguard/team-no-purge');
  });

  it('name the dependents, and say how many more there are', async () => {
    const { client } = await openRepository({ 'src/orders.ts': ORDERS, ...callers(14) });
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    const [found] = await client.untilDiagnostics('src/orders.ts', (diagnostics) => diagnostics.length > 0);
    expect(found?.code).toBe('contract/exported-signature-changed');
    expect(found?.message).toMatch(/28 dependents in 14 files/);
    expect(found?.relatedInformation).toHaveLength(11);
    expect(found?.relatedInformation?.[0]?.location.uri).toBe(client.uri('src/caller0.ts'));
    expect(found?.relatedInformation?.at(-1)?.message).toBe('and 18 more');
  });

  it('show what was removed at the line where it stood', async () => {
    const text = `import { router } from './router';\n${GUARDED}`;
    const { client } = await openRepository({ 'src/refund.ts': text });
    client.open('src/refund.ts', text);
    client.edit('src/refund.ts', `import { router } from './router';\n${UNGUARDED}`);
    const [found] = await client.untilDiagnostics('src/refund.ts', (diagnostics) => diagnostics.length > 0);
    expect(found?.code).toBe('access/auth-guard-removed');
    expect(found?.range.start.line).toBe(1);
  });

  it('stand on the line above a pure deletion, within the file', async () => {
    const text = 'export function pay(amount: number): number {\n  if (amount > 500) throw new Error("too much");\n  return amount;\n}\n';
    const { client } = await openRepository({ 'src/pay.ts': text });
    client.open('src/pay.ts', text);
    client.edit('src/pay.ts', text.replace(/ {2}if.*\n/, ''));
    const [found] = await client.untilDiagnostics('src/pay.ts', (diagnostics) => diagnostics.length > 0);
    expect(found?.range.start.line).toBe(0);
  });

  it('cover files that nobody opened: what another program saved', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    await client.until('the first answer', () => client.status()?.state === 'ready');
    writeFileSync(path.join(repository.dir, 'ops/clean.sh'), RISKY);
    client.filesChanged('ops/clean.sh');
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    repository.write('ops/clean.sh', CLEAN);
    client.filesChanged('ops/clean.sh');
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 0);
  });

  it('cover a new file, and not an ignored one', async () => {
    const { client, repository } = await openRepository({ '.gitignore': 'out/\n' });
    await client.until('the first answer', () => client.status()?.state === 'ready');
    repository.write('ops/new.sh', RISKY);
    repository.write('out/new.sh', RISKY);
    client.filesChanged('out/new.sh', 'ops/new.sh');
    await client.untilDiagnostics('ops/new.sh', (diagnostics) => diagnostics.length === 1);
    expect(client.diagnostics.get(client.uri('out/new.sh')) ?? []).toEqual([]);
  });

  it('are there at the start for what was changed before', async () => {
    const repository = makeRepository();
    later(() => repository.dispose());
    repository.write('ops/clean.sh', CLEAN);
    repository.commit();
    repository.write('ops/clean.sh', RISKY);
    const client = await openClient([repository.dir]);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
  });

  it('follow a commit: what is committed is no longer a change', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    repository.write('ops/clean.sh', RISKY);
    client.save('ops/clean.sh');
    repository.commit();
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 0);
  });

  it('make critical changes errors where a person asks for it', async () => {
    const terraform = 'resource "aws_db_instance" "main" {\n  identifier = "main"\n  deletion_protection = true\n}\n';
    const { client } = await openRepository({ 'infra/main.tf': terraform });
    client.open('infra/main.tf', terraform);
    client.edit('infra/main.tf', '');
    const before = await client.untilDiagnostics('infra/main.tf', (diagnostics) => diagnostics.length > 0);
    const critical = before.filter(({ message }) => message.includes('critical'));
    expect(critical.map(({ severity }) => severity)).toEqual(critical.map(() => WARNING));
    expect(critical).not.toEqual([]);
    client.configure({ criticalAsError: true, codeLens: { enabled: true } });
    await client.untilDiagnostics('infra/main.tf', (diagnostics) => diagnostics.some(({ severity }) => severity === ERROR));
  });

  it('say nothing of a file with a syntax error but what can be said, and name it as a blind spot', async () => {
    const { client } = await openRepository({ 'src/orders.ts': ORDERS, ...callers(3) });
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', `${ORDERS}export const = ;\n`);
    const status = await client.until('a blind spot', () => {
      const found = client.status();
      return found?.blindSpots.length === 0 ? undefined : found;
    });
    expect(status?.blindSpots[0]).toMatchObject({ path: 'src/orders.ts', reason: 'parse-error' });
    expect(status?.state).toBe('ready');
  });

  it('leave documents of other schemes alone', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    const answer = await client.request<unknown[]>('textDocument/codeLens', {
      textDocument: { uri: client.uri('ops/clean.sh').replace('file:', 'git:') },
    });
    expect(answer).toEqual([]);
    expect([...client.diagnostics.keys()].filter((uri) => !uri.startsWith('file:'))).toEqual([]);
  });
});
