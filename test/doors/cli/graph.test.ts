import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { SHOP } from '../../reach/shop.ts';
import { runCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let shop: TestRepository;
beforeAll(() => {
  shop = makeRepository();
  for (const [file, text] of Object.entries(SHOP)) shop.write(file, text);
  shop.commit('A shop');
});

test('text says the number first, and has no escape sequence in a pipe', () => {
  const { status, stdout, stderr } = runCli(shop.dir, ['graph', 'packages/pay/src/charge.ts#charge']);
  expect([status, stderr]).toEqual([0, '']);
  const [subject, number] = stdout.split('\n');
  expect(subject).toBe('charge  packages/pay/src/charge.ts:1');
  expect(number).toBe('  10 dependents in 5 files and 4 packages, 3 of them tested');
  expect(stdout).toContain('✗ untested');
  expect(stdout).toContain('route POST /orders');
  expect(stdout.includes('\u001b')).toBe(false);
});

test('a bare name, a member and a path that starts with a dot mean the same as their path', () => {
  const whole = runCli(shop.dir, ['graph', 'packages/pay/src/charge.ts#charge', '--format', 'json']).stdout;
  expect(runCli(shop.dir, ['graph', 'charge', '--format', 'json']).stdout).toBe(whole);
  expect(runCli(shop.dir, ['graph', './packages/pay/src/charge.ts#charge', '--format', 'json']).stdout).toBe(whole);
  expect(JSON.parse(runCli(shop.dir, ['graph', 'Ledger.add', '--format', 'json']).stdout).symbol.name).toBe('Ledger.add');
});

test('depth says how far files are listed, and never changes the numbers', () => {
  const read = (depth: string) => JSON.parse(runCli(shop.dir, ['graph', 'charge', '--format', 'json', '--depth', depth]).stdout);
  const [near, far] = [read('1'), read('3')];
  const steps = ({ dependents }: { dependents: { files: { steps: number }[] }[] }) =>
    Math.max(...dependents.flatMap(({ files }) => files.map((file) => file.steps)));
  expect([steps(near), steps(far)]).toEqual([1, 2]);
  expect([near.references, near.transitiveFiles]).toEqual([far.references, far.transitiveFiles]);
});

test('what is further away than was asked for is counted, and the option that lists it is named', () => {
  const { stdout } = runCli(shop.dir, ['graph', 'charge', '--depth', '1']);
  expect(stdout).toContain('\nnot shown: 1 file further in turn (--depth 2 lists it)\n');
  expect(stdout).not.toContain('server.ts  ');
  const listed = runCli(shop.dir, ['graph', 'charge', '--depth', '2']).stdout;
  expect(listed).toMatch(/src\/server\.ts +in turn, by src\/routes\/orders\.ts\n/);
  expect(listed).not.toContain('not shown');
});

test.each([
  ['svg', /^<svg /],
  ['mmd', /^flowchart LR\n/],
  ['dot', /^digraph brakeline \{\n/],
  ['json', /^\{\n {2}"schemaVersion": 1,/],
  ['txt', /^charge {2}/],
])('--output picture.%s is written in the format of its name', (extension, start) => {
  const picture = path.join(temporaryFolder(), `picture.${extension}`);
  const { status, stdout } = runCli(shop.dir, ['graph', 'charge', '--output', picture]);
  expect([status, stdout]).toEqual([0, '']);
  expect(readFileSync(picture, 'utf8')).toMatch(start);
});

test('a finding is asked about by the start of its fingerprint, on the base where it stood', () => {
  const edited = makeRepository();
  for (const [file, text] of Object.entries(SHOP)) edited.write(file, text);
  edited.commit('A shop');
  edited.write(
    'packages/pay/src/charge.ts',
    (SHOP['packages/pay/src/charge.ts'] ?? '').replace('export function charge', 'export function chargeAll'),
  );
  const report = JSON.parse(runCli(edited.dir, ['review', '--format', 'json']).stdout);
  const finding = report.hunks[0].findings.find(({ rule }: { rule: string }) => rule === 'contract/export-removed');
  const { status, stdout } = runCli(edited.dir, ['graph', finding.fingerprint.slice(0, 12), '--format', 'json']);
  expect(status).toBe(0);
  const { symbol, files, tree } = JSON.parse(stdout);
  expect([symbol.name, files, tree]).toEqual(['charge', 5, report.base]);
  // The name alone finds it in the base too: nobody declares it any more.
  expect(JSON.parse(runCli(edited.dir, ['graph', 'charge', '--format', 'json']).stdout).tree).toBe(report.base);
});

test('a finding about no symbol shows what it counted itself: who still reads a dropped column', () => {
  const tables = makeRepository();
  tables.write('migrations/1.sql', 'CREATE TABLE orders (id int, legacy_note text);\n');
  tables.write('src/note.ts', "export const note = (db: Db) =>\n  db.query('SELECT legacy_note FROM orders');\n");
  tables.write('src/routes.ts', "import { note } from './note';\nrouter.get('/notes', (req, res) => res.json(note(db)));\n");
  tables.commit('A table');
  tables.write('migrations/2.sql', 'ALTER TABLE orders DROP COLUMN legacy_note;\n');
  const report = JSON.parse(runCli(tables.dir, ['review', '--format', 'json']).stdout);
  const finding = report.hunks[0].findings.find(({ rule }: { rule: string }) => rule === 'data/drop-column');
  const { dependents, atMost, entryPoints } = JSON.parse(runCli(tables.dir, ['graph', finding.fingerprint, '--format', 'json']).stdout);
  expect(entryPoints).toMatchObject([{ kind: 'route', name: 'GET /notes', path: 'src/routes.ts', atMost: false }]);
  const text = runCli(tables.dir, ['graph', finding.fingerprint]).stdout;
  expect(text).toMatch(/^drops the column `orders\.legacy_note`, still named in 1 file\n {2}migrations\/2\.sql:1\n/);
  expect(runCli(tables.dir, ['graph', finding.fingerprint, '--format', 'svg']).stdout).toContain('Who depends on this: drops the column');
  expect(atMost).toBe(true);
  expect(dependents[0].files[0]).toMatchObject({
    path: 'src/note.ts',
    state: 'untested',
    sites: [{ line: 2, character: 19, kind: 'mention' }],
  });
});

test.each([
  [['graph'], /^expected SYMBOL\|FINDING after `graph`, found nothing$/],
  [['graph', 'nobody'], /^expected a symbol \(path#name or a name\) or a finding of this change, found "nobody"$/],
  [['graph', 'deadbeef'], /^expected a symbol \(path#name or a name\) or a finding of this change, found "deadbeef"$/],
  [['graph', 'no/such.ts#charge'], /^expected the path of a file in this repository before #, found "no\/such\.ts"$/],
  [['graph', 'packages/pay/src/charge.ts#pay'], /^expected a symbol that packages\/pay\/src\/charge\.ts declares, found "pay"$/],
  [['graph', 'charge', '--depth', '0'], /^expected --depth 1 to 20, found "0"$/],
  [['graph', 'charge', '--depth', 'two'], /^expected --depth 1 to 20, found "two"$/],
  [['graph', 'charge', '--format', 'png'], /^expected --format text\|mermaid\|dot\|svg\|json, found "png"$/],
  [['graph', 'charge', '--base', 'no-such'], /^expected .*no-such.*$/],
  [
    ['graph', 'charge', '--output', 'no/such/folder.svg'],
    /^expected a file to write after --output, found no\/such\/folder\.svg: its folder does not exist$/,
  ],
  [
    ['graph', 'charge', '--output', 'picture.png'],
    /^expected --format, or --output that ends in \.svg \.json \.dot \.gv \.mmd \.mermaid \.txt, found "picture\.png"$/,
  ],
  [['graph', 'charge', '--output', 'picture'], /^expected --format, or --output that ends in .*, found "picture"$/],
  [['graph', 'run', '--formatt', 'svg'], /^expected one of --format --base --depth --output, found "--formatt"$/],
])('%j is one line and status 2', (args, message) => {
  const { status, stdout, stderr } = runCli(shop.dir, args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.slice('brakeline: '.length, -1)).toMatch(message);
  expect(existsSync(path.join(shop.dir, 'no'))).toBe(false);
  expect(existsSync(path.join(shop.dir, 'picture'))).toBe(false);
});

test('a name that two files declare lists them; one that a file keeps to itself says so', () => {
  const twice = makeRepository();
  twice.write('a.ts', 'export function pay() {}\nfunction own() {}\n');
  twice.write('b/c.ts', 'export function pay() {}\n');
  twice.write('test/pay.test.ts', 'export function pay() {}\n');
  twice.commit('Two');
  expect(runCli(twice.dir, ['graph', 'pay']).stderr).toBe(
    'brakeline: expected one symbol, found 2 symbols called pay: a.ts#pay b/c.ts#pay\n',
  );
  expect(runCli(twice.dir, ['graph', 'own']).stderr).toBe(
    'brakeline: expected an exported symbol, found own, which a.ts keeps to itself\n',
  );
  expect(runCli(twice.dir, ['graph', 'b/c.ts#pay']).status).toBe(0);
});

test('--output writes a regular file, never through a link of the repository, and waits for no pipe', () => {
  const edited = makeRepository();
  edited.write('a.ts', 'export function pay() {}\n');
  edited.commit('One');
  const outside = path.join(temporaryFolder(), 'outside.svg');
  symlinkSync(outside, path.join(edited.dir, 'out.svg'));
  symlinkSync(path.dirname(outside), path.join(edited.dir, 'folder'));
  execFileSync('mkfifo', [path.join(edited.dir, 'pipe.svg')]);
  for (const output of ['out.svg', 'folder/outside.svg', 'pipe.svg']) {
    const { status, stderr } = runCli(edited.dir, ['graph', 'a.ts#pay', '--output', output]);
    expect([output, status]).toEqual([output, 2]);
    expect(stderr).toMatch(/^brakeline: expected a file to write after --output, found .*found a link or another kind\n$/);
  }
  expect(existsSync(outside)).toBe(false);
  expect(runCli(edited.dir, ['graph', 'a.ts#pay', '--output', 'plain.svg']).status).toBe(0);
  expect(runCli(edited.dir, ['graph', 'a.ts#pay', '--output', 'plain.svg']).status).toBe(0);
});

test('json tells a mark that reorders text as an escape, with the same value', () => {
  const marked = makeRepository();
  marked.write('a.ts', 'export function pay() {}\n');
  marked.write('b\u202ets.ts', "import { pay } from './a';\npay();\n");
  marked.commit('One');
  const { stdout } = runCli(marked.dir, ['graph', 'a.ts#pay', '--format', 'json']);
  expect(stdout).toContain('"b\\u202ets.ts"');
  expect(stdout.includes('\u202e')).toBe(false);
  expect(JSON.parse(stdout).dependents[0].files[0].path).toBe('b\u202ets.ts');
});
