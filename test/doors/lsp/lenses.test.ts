import { describe, expect, it } from 'vitest';
import { CLEAN, callers, ORDERS, ORDERS_CHANGED, openRepository, RISKY } from './opened.ts';

describe('lenses', () => {
  it('carry severity, dependents and the verb, one line for a hunk', async () => {
    const { client } = await openRepository({ 'src/orders.ts': ORDERS, ...callers(7) });
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    await client.untilDiagnostics('src/orders.ts', (diagnostics) => diagnostics.length > 0);
    const lenses = await client.lenses('src/orders.ts');
    expect(lenses.map(({ command }) => [command?.title, command?.command])).toEqual([
      ['$(alert)\u00a0high · 14 dependents in 7 files, 0 of them tested · Acknowledge', 'brakeline.acknowledge'],
      ['Why', 'brakeline.explain'],
      ['Show change', 'brakeline.showChange'],
    ]);
    expect(new Set(lenses.map(({ range }) => range.start.line))).toEqual(new Set([0]));
  });

  it('leave the dependents out where none are known', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    expect(await client.lenses('ops/clean.sh')).toEqual([]);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length > 0);
    expect((await client.lenses('ops/clean.sh'))[0]?.command?.title).toBe('$(alert)\u00a0high · Acknowledge');
  });

  it('are none for a note: a low finding asks nobody', async () => {
    const { client } = await openRepository({ 'test/clean.sh': CLEAN });
    client.open('test/clean.sh', CLEAN);
    client.edit('test/clean.sh', RISKY);
    const [found] = await client.untilDiagnostics('test/clean.sh', (diagnostics) => diagnostics.length > 0);
    expect(found?.severity).toBe(4);
    expect(await client.lenses('test/clean.sh')).toEqual([]);
  });

  it('move with the edits that the analysis has not seen', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length > 0);
    client.typeAt('ops/clean.sh', 1, 0, 'echo one\necho two\n');
    // Asked in the same breath: whether the new answer is there or not, the lens stands above its line.
    expect((await client.lenses('ops/clean.sh')).map(({ range }) => range.start.line)).toEqual(expect.arrayContaining([4]));
    await client.untilDiagnostics('ops/clean.sh', ([first]) => first?.range.start.line === 4);
  });

  it('are asked for again only where they changed', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    await client.lenses('ops/clean.sh');
    client.edit('ops/clean.sh', RISKY);
    await client.until('a refresh', () => client.refreshes === 1);
    await client.lenses('ops/clean.sh');
    client.typeAt('ops/clean.sh', 4, 0, 'echo after\n');
    client.typeAt('ops/clean.sh', 0, 0, '\n');
    await client.untilDiagnostics('ops/clean.sh', ([first]) => first?.range.start.line === 3);
    expect(client.refreshes).toBe(1);
  });

  it('can be switched off', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length > 0);
    expect(await client.lenses('ops/clean.sh')).toHaveLength(3);
    client.configure({ codeLens: { enabled: false } });
    await client.until('a refresh', () => client.refreshes > 0);
    expect(await client.lenses('ops/clean.sh')).toEqual([]);
  });
});

describe('hover and code actions', () => {
  it('say what changed, how far it reaches, and lead to the same commands as the lenses', async () => {
    const { client } = await openRepository({ 'src/orders.ts': ORDERS, ...callers(7) });
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    await client.untilDiagnostics('src/orders.ts', (diagnostics) => diagnostics.length > 0);
    const hover = await client.hover('src/orders.ts', 0);
    expect(hover?.contents).toMatchObject({ kind: 'markdown' });
    const text = JSON.stringify(hover?.contents);
    for (const part of [
      'findOrder',
      '14 dependents in 7 files, 0 of them tested, by imports',
      'command:brakeline.acknowledge?',
      'command:brakeline.explain?',
    ])
      expect(text).toContain(part);
    expect(await client.hover('src/orders.ts', 3)).toBeNull();
    const actions = await client.codeActions('src/orders.ts', 0);
    expect(actions.map(({ kind, command }) => [kind, command?.command])).toEqual([
      ['quickfix.brakeline.acknowledge', 'brakeline.acknowledge'],
      ['quickfix.brakeline.explain', 'brakeline.explain'],
      ['quickfix.brakeline.showChange', 'brakeline.showChange'],
      ['quickfix.brakeline.showImpact', 'brakeline.showImpact'],
    ]);
    expect(actions.some(({ isPreferred }) => isPreferred)).toBe(false);
  });

  it('explain the finding and its rule without a network', async () => {
    const { client } = await openRepository({ 'ops/clean.sh': CLEAN });
    client.open('ops/clean.sh', CLEAN);
    client.edit('ops/clean.sh', RISKY);
    await client.untilDiagnostics('ops/clean.sh', (diagnostics) => diagnostics.length > 0);
    const page = await client.request<{ title: string; markdown: string }>('brakeline/explain', {
      uri: client.uri('ops/clean.sh'),
      line: 2,
    });
    expect(page.title).toBe('destroy/shell-rm-rf');
    expect(page.markdown).toContain('# destroy/shell-rm-rf');
    expect(page.markdown).toContain('rm -rf "$DIR"/');
    expect(await client.request('brakeline/explain', { uri: client.uri('ops/clean.sh'), line: 0 })).toBeNull();
    const before = await client.request<{ text: string; baseline: string }>('brakeline/before', { uri: client.uri('ops/clean.sh') });
    expect(before.text).toBe(CLEAN);
    expect(before.baseline).toMatch(/^HEAD [0-9a-f]{8}$/);
  });
});

describe('hunks', () => {
  it('come in the order of risk, across files, and leave notes out', async () => {
    const { client } = await openRepository({
      'a/clean.sh': CLEAN,
      'dev/clean.sh': CLEAN,
      'test/clean.sh': CLEAN,
      'src/orders.ts': ORDERS,
      ...callers(21),
    });
    for (const file of ['dev/clean.sh', 'a/clean.sh', 'test/clean.sh']) {
      client.open(file, CLEAN);
      client.edit(file, RISKY);
    }
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    for (const file of ['dev/clean.sh', 'a/clean.sh', 'test/clean.sh', 'src/orders.ts'])
      await client.untilDiagnostics(file, ({ length }) => length > 0);
    const hunks = await client.hunks();
    expect(hunks.map(({ path, severity, line }) => [path, severity, line])).toEqual([
      ['src/orders.ts', 'critical', 0],
      ['a/clean.sh', 'high', 2],
    ]);
    expect(hunks[0]?.reach).toBe(42);
  });
});
