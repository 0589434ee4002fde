import { describe, expect, it, vi } from 'vitest';
import type { EditorReferencesParams, ImpactReport } from '../../../server/src/protocol.ts';
import { COMMANDS, IMPACT } from '../../../server/src/protocol.ts';
import { callers, ORDERS, ORDERS_CHANGED, openRepository } from './opened.ts';

vi.setConfig({ testTimeout: 60_000 });

const FILES = {
  'src/orders.ts': ORDERS,
  ...callers(3),
  'test/one.test.ts': "import { order0 } from '../src/caller0';\nconsole.log(order0);\n",
  CODEOWNERS: '/src/ @shop/orders\n',
};

/** A member: without types nobody can tell whose `charge` is called. */
const PYTHON = {
  'shop/till.py': 'class Till:\n    def charge(self, amount):\n        return amount\n',
  'shop/cart.py': 'from shop.till import Till\n\nTill().charge(1)\n',
};

describe('the impact of a change', () => {
  it('lists packages, files and places of a flagged change, asked of the base, with what no test reaches', async () => {
    const { client } = await openRepository(FILES);
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    await client.untilDiagnostics('src/orders.ts', (found) => found.length > 0);
    const [item] = await client.hunks();
    const report = await client.request<ImpactReport>(IMPACT, item?.hunk);
    expect(report.symbol).toBe('findOrder');
    expect(report.summary).toBe('6 dependents in 3 files, 2 of them tested');
    expect(report.method).toMatch(/^no test reaches 2 of the 3 files · .*by \w+.* · asked of the base [0-9a-f]{12}, where its lines are$/);
    const [only] = report.packages;
    const near = only?.files.filter(({ steps }) => steps === 1) ?? [];
    expect(near.map(({ label, state }) => [label, state])).toEqual([
      ['src/caller1.ts', 'untested'],
      ['src/caller2.ts', 'untested'],
      ['src/caller0.ts', 'tested'],
    ]);
    expect(near[0]?.sites).toEqual([
      { line: 0, character: 9, verb: 'imports' },
      { line: 1, character: 22, verb: 'calls' },
    ]);
    expect(near[0]?.uri).toBe(client.uri('src/caller1.ts'));
    expect(report.owners).toEqual([{ label: '@shop/orders: 3 files' }]);
  });

  it('is offered by the hover and a quick fix of a change that somebody depends on, and by no other', async () => {
    const { client } = await openRepository(FILES);
    client.open('src/orders.ts', ORDERS);
    client.edit('src/orders.ts', ORDERS_CHANGED);
    await client.untilDiagnostics('src/orders.ts', (found) => found.length > 0);
    const hover = await client.hover('src/orders.ts', 0);
    expect(JSON.stringify(hover?.contents)).toContain(`command:${COMMANDS.showImpact}?`);
    const actions = await client.codeActions('src/orders.ts', 0);
    expect(actions.map(({ title }) => title)).toContain('Brakeline: show the impact');
  });

  it('is shown for the exported symbol at the cursor where nothing is flagged, on the buffers as they are', async () => {
    const { client } = await openRepository(FILES);
    client.open('src/orders.ts', `\n\n${ORDERS}`);
    const report = await client.request<ImpactReport>(IMPACT, { uri: client.uri('src/orders.ts'), line: 3 });
    expect([report.symbol, report.isComputed]).toEqual(['findOrder', true]);
    expect(report.method).toContain('asked of the files as they are now');
    expect(await client.request(IMPACT, { uri: client.uri('src/caller0.ts'), line: 0 })).toBeNull();
  });
});

describe('what the editor knows better', () => {
  it('is asked where names alone were counted, and stands beside that number with its own method', async () => {
    const asked: EditorReferencesParams[] = [];
    const { client } = await openRepository(PYTHON, {}, (place) => {
      asked.push(place);
      return { references: 7, files: 2 };
    });
    client.open('shop/till.py', PYTHON['shop/till.py']);
    const report = await client.request<ImpactReport>(IMPACT, { uri: client.uri('shop/till.py'), line: 1 });
    expect(report.summary).toMatch(/^at most [1-6] dependents? in 1 file/);
    expect(asked).toEqual([{ uri: client.uri('shop/till.py'), line: 1, character: 8 }]);
    expect(report.method).toContain("7 references in 2 files by the editor's own language extension");
  });

  it('is not asked where the number is exact, and not waited for where it does not answer', async () => {
    let asked = 0;
    const { client } = await openRepository({ ...FILES, ...PYTHON }, {}, () => {
      asked += 1;
      return new Promise(() => {});
    });
    client.open('src/orders.ts', ORDERS);
    const exact = await client.request<ImpactReport>(IMPACT, { uri: client.uri('src/orders.ts'), line: 0 });
    expect([exact.summary, asked]).toEqual(['6 dependents in 3 files, 2 of them tested', 0]);
    client.open('shop/till.py', PYTHON['shop/till.py']);
    const late = await client.request<ImpactReport>(IMPACT, { uri: client.uri('shop/till.py'), line: 1 });
    expect(late.symbol).toBe('Till.charge');
    expect(late.method).not.toContain('language extension');
  });
});
