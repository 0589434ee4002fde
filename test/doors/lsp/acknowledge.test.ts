import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AcknowledgeForm, HunkRef, Outcome } from '../../../server/src/protocol.ts';
import type { TestClient } from './client.ts';
import { CLEAN, callers, ORDERS, openClient, openRepository, RISKY, temporaryFolder } from './opened.ts';

const REASON = 'DIR is set by the only caller';

async function flagged(client: TestClient): Promise<AcknowledgeForm> {
  client.open('ops/clean.sh', CLEAN);
  client.edit('ops/clean.sh', RISKY);
  await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
  const form = await client.form({ uri: client.uri('ops/clean.sh'), line: 2 });
  if (form === null) throw new Error('expected a form, found none');
  return form;
}

function ledger(dir: string): readonly string[] {
  const file = path.join(dir, '.git', 'brakeline', 'ledger.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

const titles = async (client: TestClient): Promise<unknown> => (await client.lenses('ops/clean.sh'))[0]?.command?.title;

describe('acknowledge', () => {
  it('says what the severity demands, and makes no key before somebody signs', async () => {
    const { client, keys } = await openRepository({ 'ops/clean.sh': CLEAN });
    const form = await flagged(client);
    expect(form).toMatchObject({ severity: 'high', reasonRequired: true, reasonLength: 10, previousReason: '', dependents: [] });
    expect(form.requirement).toBe('high asks for one person and a reason, by default');
    expect(form.signer).toBe(`Brakeline key ${keys}/brakeline.key, made now`);
    expect(existsSync(path.join(keys, 'brakeline.key'))).toBe(false);
    expect(await client.form({ uri: client.uri('ops/clean.sh'), line: 0 })).toBeNull();
  });

  it('signs what was shown: flags vanish, the lens says so, the ledger holds it', async () => {
    const { client, repository, keys } = await openRepository({ 'ops/clean.sh': CLEAN });
    const { hunk } = await flagged(client);
    expect(await client.acknowledge(hunk, REASON)).toMatchObject({ kind: 'done' });
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 0);
    expect(await titles(client)).toBe('$(pass)\u00a0acknowledged · Undo');
    expect(client.status()).toMatchObject({ asked: 0, acknowledged: 1 });
    expect(statSync(path.join(keys, 'brakeline.key')).mode & 0o777).toBe(0o600);
    expect(ledger(repository.dir)).toHaveLength(1);
    const statement = JSON.parse(Buffer.from(JSON.parse(ledger(repository.dir)[0] ?? '{}').payload, 'base64').toString('utf8'));
    expect(statement.predicate).toMatchObject({ decision: 'acknowledged', reason: REASON, interaction: { channel: 'editor' } });
    expect(statement.subject[0].digest.sha256).toBe(hunk.fingerprints[0]);
  });

  it('refuses what was edited since it was shown, and writes nothing', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    const { hunk } = await flagged(client);
    client.edit('ops/clean.sh', RISKY.replace('$DIR', '$HOME'));
    expect(await client.acknowledge(hunk, REASON)).toMatchObject({ kind: 'refused', code: 'changed' });
    const other: HunkRef = { ...hunk, fingerprints: ['0'.repeat(64)] };
    client.edit('ops/clean.sh', RISKY);
    expect(await client.acknowledge(other, REASON)).toMatchObject({ kind: 'refused', code: 'changed' });
    expect(ledger(repository.dir)).toEqual([]);
  });

  it('asks for a reason in words, and not the same one twice', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    const { hunk } = await flagged(client);
    expect(await client.acknowledge(hunk, 'a  b  c  d')).toMatchObject({
      kind: 'refused',
      code: 'reason-too-short',
      message: 'expected a reason of at least 10 characters, found 4',
    });
    expect(await client.acknowledge(hunk, REASON)).toMatchObject({ kind: 'done' });
    client.edit('ops/clean.sh', RISKY.replace('$DIR', '$OUT'));
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    const again = await client.form({ uri: client.uri('ops/clean.sh'), line: 2 });
    expect(again?.previousReason).toBe(REASON);
    expect(await client.acknowledge(again?.hunk ?? hunk, ` ${REASON.toUpperCase()} `)).toMatchObject({
      kind: 'refused',
      code: 'reason-repeated',
    });
    expect(ledger(repository.dir)).toHaveLength(1);
  });

  it('asks for the dependents of a critical change one by one', async () => {
    const { client } = await openRepository({
      'src/orders.ts': ORDERS,
      ...callers(3),
      '.brakeline/policy.yaml': 'version: 1\npaths:\n  - match: "src/**"\n    atLeast: critical\n',
    });
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS.replace('findOrder(id', 'findOrder(shop: string, id'));
    await client.untilDiagnostics('src/orders.ts', (diagnostics) => diagnostics.length > 0);
    const form = await client.form({ uri: client.uri('src/orders.ts'), line: 0 });
    if (form === null) throw new Error('expected a form, found none');
    expect(form.severity).toBe('critical');
    const ids = form.dependents.map(({ id }) => id);
    expect(ids).toContain('src/caller0.ts:2');
    expect(await client.acknowledge(form.hunk, REASON, ids.slice(1))).toMatchObject({ kind: 'refused', code: 'dependents-unconfirmed' });
    expect(await client.acknowledge(form.hunk, REASON, ids)).toMatchObject({ kind: 'done' });
    expect(client.diagnostics.get(client.uri('src/orders.ts'))).toEqual([]);
  });

  it('goes stale with an edit of the acknowledged line, and holds again after its undo', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    const { hunk } = await flagged(client);
    await client.acknowledge(hunk, REASON);
    client.typeAt('ops/clean.sh', 2, 0, 'sudo ');
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    expect(await titles(client)).toBe('$(history)\u00a0stale: edited after it was acknowledged · Acknowledge again');
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 0);
    expect(await titles(client)).toBe('$(pass)\u00a0acknowledged · Undo');
  });

  it('survives edits of its neighbours', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    const { hunk } = await flagged(client);
    await client.acknowledge(hunk, REASON);
    client.typeAt('ops/clean.sh', 2, 0, 'echo cleaning\n');
    await client.until('the lens below', () => client.status()?.acknowledged === 1);
    expect((await client.lenses('ops/clean.sh')).length).toBeGreaterThan(0);
    expect(client.diagnostics.get(client.uri('ops/clean.sh'))).toEqual([]);
  });

  it('is undone by a new record, and can be given again', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    const { hunk } = await flagged(client);
    expect(await client.request<Outcome>('brakeline/revoke', { hunk })).toMatchObject({ kind: 'refused', code: 'not-acknowledged' });
    await client.acknowledge(hunk, REASON);
    expect(await client.request<Outcome>('brakeline/revoke', { hunk })).toMatchObject({ kind: 'done' });
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    expect(ledger(repository.dir)).toHaveLength(2);
    expect(await client.acknowledge(hunk, 'on second thoughts it is right')).toMatchObject({ kind: 'done' });
    expect(await titles(client)).toBe('$(pass)\u00a0acknowledged · Undo');
    expect(ledger(repository.dir)).toHaveLength(3);
  });

  it('is undone by whoever gave it, and nobody else signs anything', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    repository.git('config', 'user.email', 'ada@example.invalid');
    const { hunk } = await flagged(client);
    await client.acknowledge(hunk, REASON);
    repository.git('config', 'user.email', 'bob@example.invalid');
    expect(await client.request<Outcome>('brakeline/revoke', { hunk })).toEqual({
      kind: 'refused',
      code: 'not-acknowledged',
      message: 'expected an acknowledgement of your own, found one by ada@example.invalid',
    });
    expect(ledger(repository.dir)).toHaveLength(1);
  });

  it('says what a refused key said, and loses nothing', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    repository.git('config', 'gpg.format', 'ssh');
    repository.git('config', 'user.signingkey', path.join(temporaryFolder('no-key'), 'id_ed25519'));
    const form = client.form({ uri: client.uri('ops/clean.sh'), line: 2 });
    await form.catch(() => undefined);
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    const [item] = await client.hunks();
    if (item === undefined) throw new Error('expected a hunk, found none');
    const outcome = await client.acknowledge(item.hunk, REASON);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'key-refused' });
    expect(outcome.message).toMatch(/^expected the git signing key .*, found: no file that can be read$/);
    expect(ledger(repository.dir)).toEqual([]);
  });

  it('goes out with the staged change and verifies', async () => {
    const { client, repository } = await openRepository({ 'ops/clean.sh': CLEAN });
    repository.git('config', 'user.email', 'ada@example.invalid');
    const { hunk } = await flagged(client);
    await client.acknowledge(hunk, REASON);
    const [folder] = [client.status()?.folder ?? ''];
    expect(await client.request<Outcome>('brakeline/export', { folder })).toMatchObject({ kind: 'refused', code: 'not-found' });
    repository.write('ops/clean.sh', RISKY);
    repository.git('add', 'ops/clean.sh');
    expect(await client.request<Outcome>('brakeline/export', { folder })).toEqual({
      kind: 'done',
      message: '1 acknowledgement file staged; everything that is asked for is covered',
    });
    expect(repository.git('diff', '--cached', '--name-only')).toContain(
      `.brakeline/acks/${hunk.fingerprints[0]?.slice(0, 2)}/${hunk.fingerprints[0]}.jsonl`,
    );
    repository.commit();
    const report = await client.request<{ passed: boolean; report: string }>('brakeline/verify', { folder });
    // No key is trusted by the base, so the verdict is FAIL and says so; the report names what it was compared with.
    expect(report.passed).toBe(false);
    expect(report.report).toContain('allowed');
    expect(report.report).toContain('the parent of the last commit');
  });
});

describe('two servers at once', () => {
  it('lose nothing, and each sees what the other wrote', async () => {
    const other = RISKY.replace('echo done', 'rm -rf "$OTHER"/');
    const { client, repository, keys } = await openRepository({ 'ops/clean.sh': CLEAN, 'ops/other.sh': CLEAN });
    const second = await openClient([repository.dir], { BRAKELINE_CONFIG_HOME: keys });
    for (const [one, file] of [
      [client, 'ops/clean.sh'],
      [second, 'ops/other.sh'],
    ] as const) {
      one.open(file, CLEAN);
      one.edit(file, file === 'ops/clean.sh' ? RISKY : other);
    }
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length === 1);
    await second.untilDiagnostics('ops/other.sh', (diagnostics) => diagnostics.length > 0);
    const forms = await Promise.all([
      client.form({ uri: client.uri('ops/clean.sh'), line: 2 }),
      second.form({ uri: second.uri('ops/other.sh'), line: 2 }),
    ]);
    const outcomes = await Promise.all([
      client.acknowledge(forms[0]?.hunk as HunkRef, REASON),
      second.acknowledge(forms[1]?.hunk as HunkRef, REASON),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done']);
    expect(ledger(repository.dir)).toHaveLength(2);
    // The first window's acknowledgement reaches the second without a save or a keystroke there.
    repository.write('ops/clean.sh', RISKY);
    second.filesChanged('ops/clean.sh');
    await second.until('both acknowledged', () => (second.status()?.acknowledged ?? 0) >= 2);
  });
});
