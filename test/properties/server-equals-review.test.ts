import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openAnalysis } from '../../server/src/doors/lsp/analysis.ts';
import { openSession } from '../../server/src/host/session.ts';
import { readAsset } from '../support/check.ts';
import { makeRepository } from '../support/git.ts';
import { applyEdit, FIXTURE_WORLDS, lineEdits, type World, worlds } from '../support/worlds.ts';

// Whatever was typed before, the server says of the open documents what a process says that has seen none of it.
const options = { readAsset, env: { ...process.env, CI: '' } };

/** What is typed into a line besides whole lines: half a statement, a remark that opens, a value. */
const typed = fc.array(
  fc.record({
    file: fc.nat(20),
    at: fc.nat(4_000),
    text: fc.constantFrom(
      'a',
      ' ',
      '{',
      '/*',
      '*/',
      "'",
      '(x)',
      '1',
      '#',
      '\n',
      'eval(a);\n',
      'if (!user.isAdmin) throw new Error();\n',
      '- a\n',
    ),
  }),
  { maxLength: 6 },
);

function typeInto(world: World, { file, at, text }: { file: number; at: number; text: string }): World {
  const entries = [...world.after];
  const [name, old] = entries[file % Math.max(1, entries.length)] ?? [];
  if (name === undefined || old === undefined) return world;
  const place = at % (old.length + 1);
  return { before: world.before, after: new Map([...world.after, [name, old.slice(0, place) + text + old.slice(place)]]) };
}

it("after any sequence of edits the server's findings equal those of a fresh review", { timeout: 300_000 }, async () => {
  expect(FIXTURE_WORLDS.length).toBeGreaterThan(0);
  await fc.assert(
    fc.asyncProperty(worlds, lineEdits, typed, async (start, edits, words) => {
      const repository = makeRepository();
      for (const [file, text] of start.before) repository.write(file, text);
      repository.write('README.md', '# Shop\n');
      repository.commit();
      const analysis = openAnalysis(repository.dir, options);
      try {
        let world = start;
        let seen: ReadonlyMap<string, string> = new Map();
        const steps = [(one: World) => one, ...edits.map((edit) => (one: World) => applyEdit(one, edit))];
        const all = [...steps, ...words.map((word) => (one: World) => typeInto(one, word))];
        for (const [index, step] of all.entries()) {
          world = step(world);
          const changed = [...world.after].filter(([file, text]) => seen.get(file) !== text);
          const documents = Object.fromEntries(changed.map(([file, text]) => [path.join(repository.dir, file), text]));
          seen = world.after;
          const { assessment } = await analysis.analyse({ documents, files: [], relist: false });
          // A fresh review opens the repository anew: now and then, and at the end.
          if (index % 5 !== 4 && index !== all.length - 1) continue;
          const fresh = openSession(repository.dir, options);
          const cold = await fresh.review({ overlay: world.after });
          fresh.close();
          expect(assessment).toEqual(cold.assessment);
        }
      } finally {
        analysis.close();
        repository.dispose();
      }
    }),
    { numRuns: 5, seed: 20261123 },
  );
});
