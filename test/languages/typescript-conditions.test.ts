import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const FILE = 'src/a.ts' as RepoPath;

beforeAll(async () => {
  await prepareLanguages([FILE], async (name) =>
    readFileSync(assetFile(name, createRequire(path.join(process.cwd(), 'package.json')).resolve)),
  );
});

function read(body: string): SourceFacts {
  const facts = readFacts(FILE, `async function f() {\n${body}\n}\n`);
  if (facts === undefined) throw new Error('expected facts, found none');
  return facts;
}

describe('conditions', () => {
  it.each([
    ["if (user.role === 'admin') { purge(); }", "wraps user.role === 'admin' [purge]"],
    ['ready && start();', 'wraps ready [start]'],
    ['const x = open ? enter() : undefined;', 'wraps open [enter]'],
    ['return a.id === b.id;', 'answers a.id === b.id []'],
    ["return roles.includes('x');", "answers roles.includes('x') []"],
    ['return true;', 'answers true []'],
  ])('%s', (body, expected) => {
    expect(read(body).conditions.map(({ kind, test, guarded }) => `${kind} ${test} [${guarded.join(', ')}]`)).toEqual([expected]);
  });

  it('a condition that stops the work is a guard and none of these', () => {
    const facts = read("if (!user) throw new Error('nobody');");
    expect(facts.conditions).toEqual([]);
    expect(facts.guards.map(({ test, exit }) => `${test} ${exit}`)).toEqual(['!user throw']);
  });

  it('a fallback that never comes back is a guard', () => {
    expect(read("const row = rows.get(id) ?? fail('no row');").guards.map(({ test, exit }) => `${test} ${exit}`)).toEqual([
      '!(rows.get(id)) throw',
    ]);
  });

  it('a fallback that is a value guards nothing', () => {
    expect(read('const row = rows.get(id) ?? empty();').guards).toEqual([]);
  });
});

it('a call that nobody waits for is another fact than one that is awaited', () => {
  const [awaited] = read('await save(x);').calls;
  const [dropped] = read('save(x);').calls;
  const [thrownAway] = read('void save(x);').calls;
  expect(awaited?.key).not.toBe(dropped?.key);
  expect(dropped?.key).toBe(thrownAway?.key);
});
