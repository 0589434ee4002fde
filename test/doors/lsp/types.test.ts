import { expect, it, vi } from 'vitest';
import { IMPACT, type ImpactReport } from '../../../server/src/protocol.ts';
import { openRepository } from './opened.ts';

vi.setConfig({ testTimeout: 60_000 });

const SESSION = 'export class Session {\n  run(code: string): unknown {\n    return code;\n  }\n}\n';
const CHANGED = SESSION.replace('return code', 'return eval(code)');

/** Three mentions of the name, of which one is a call of the member. */
const FILES = {
  'src/session.ts': SESSION,
  'src/a.ts': "import { Session } from './session';\nnew Session().run('1');\nconst other = { run() {} };\nother.run();\n",
};

it('a member is bounded by its name at once, and counted exactly when the compiler has answered in a thread of its own', async () => {
  const { client } = await openRepository(FILES);
  client.open('src/session.ts', SESSION);
  client.edit('src/session.ts', CHANGED);
  const told: string[] = [];
  const placesOf = (related: readonly { readonly message: string }[] | undefined): string =>
    (related ?? []).map(({ message }) => message).join(', ');
  await client.untilDiagnostics('src/session.ts', ([first]) => {
    const places = placesOf(first?.relatedInformation);
    if (places !== '' && told.at(-1) !== places) told.push(places);
    return places === 'calls run';
  });
  expect(told).toEqual(['mentions run, mentions run, mentions run', 'calls run']);
  expect((await client.lenses('src/session.ts'))[0]?.command?.title).toContain('1 dependent in 1 file');
});

it('the impact of a member waits for its types, and no keystroke does', async () => {
  const { client } = await openRepository(FILES);
  client.open('src/session.ts', SESSION);
  const report = await client.request<ImpactReport>(IMPACT, { uri: client.uri('src/session.ts'), line: 1 });
  expect([report.symbol, report.summary.split(',')[0]]).toEqual(['Session.run', '1 dependent in 1 file']);
});
