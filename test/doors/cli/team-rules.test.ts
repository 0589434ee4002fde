import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCli, typeCli } from '../../support/cli.ts';
import { makeRepository, type TestRepository, temporaryFolder } from '../../support/git.ts';

// Each call is a process of its own, and machines differ.
vi.setConfig({ testTimeout: 120_000 });

const RULE = `id: no-purge
language: TypeScript
family: destroy
severity: high
message: '\`purge\` of $WHAT'
url: https://example.com/incidents/12
rule: { pattern: purge($WHAT) }
`;
/** The same pattern, written otherwise: another rule. */
const WIDER = RULE.replace('{ pattern: purge($WHAT) }', () => '{ any: [pattern: purge($WHAT)] }');
const CODE = 'export function close(shop: string): void {\n  log(shop);\n}\n';
const DANGER = CODE.replace('  log(shop);\n', '  log(shop);\n  purge(shop);\n');
const OTHER_CODE = 'export const size = 1;\n';
const RULE_FILE = '.brakeline/rules/no-purge.yaml';

let repository: TestRepository;

beforeEach(() => {
  repository = makeRepository();
  repository.git('config', 'user.email', 'ada@example.invalid');
  repository.git('config', 'user.name', 'Ada');
  expect(runCli(repository.dir, ['init']).status).toBe(0);
  repository.write('src/close.ts', CODE);
  repository.write('src/size.ts', OTHER_CODE);
  repository.write(RULE_FILE, RULE);
  repository.commit('base');
  repository.git('checkout', '--quiet', '-b', 'work');
});

afterEach(() => repository.dispose());

interface Gap {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
}

/** The gaps of the branch, as `rule path`, or the message of one that no rule gave. */
function gaps(): readonly string[] {
  repository.commit();
  const { status, stdout, stderr } = runCli(repository.dir, ['verify', '--base', 'main', '--format', 'json']);
  const found: readonly Gap[] = JSON.parse(stdout === '' ? '{"gaps":[]}' : stdout).gaps;
  expect(status, stderr).toBe(found.length > 0 ? 1 : 0);
  return found.map((gap) => (gap.rule === '' ? `${gap.path}: ${gap.message}` : `${gap.rule} ${gap.path}`)).sort();
}

test('a rule of the base is asked in review and verify, acknowledged, exported, and then covered', async () => {
  repository.write('src/close.ts', DANGER);
  const reviewed = runCli(repository.dir, ['review']);
  expect(reviewed.status, reviewed.stderr).toBe(1);
  expect(reviewed.stdout).toContain('`purge` of shop');
  expect(reviewed.stdout).toContain('destroy/team-no-purge');
  const { status, screen } = await typeCli(repository.dir, ['ack'], [{ wait: 'Why is it fine?', type: 'the shop was exported before' }]);
  expect(status, screen).toBe(0);
  repository.git('add', '--all');
  const exported = runCli(repository.dir, ['export']);
  expect(exported.status, exported.stderr).toBe(0);
  expect(gaps()).toEqual([]);
});

test('reports lead to the page that the team names, and the ruleset says which rules were asked', () => {
  repository.write('src/close.ts', DANGER);
  const sarif = JSON.parse(runCli(repository.dir, ['review', '--format', 'sarif']).stdout);
  expect(sarif.runs[0].tool.driver.rules).toEqual([{ id: 'destroy/team-no-purge', helpUri: 'https://example.com/incidents/12' }]);
  const explained = runCli(repository.dir, ['explain', 'team-no-purge']);
  expect(explained.stdout, explained.stderr).toContain('https://example.com/incidents/12');
  const ruleset = (): string => JSON.parse(runCli(repository.dir, ['review', '--format', 'json']).stdout).engine.ruleset;
  const withRule = ruleset();
  repository.write(RULE_FILE, WIDER);
  expect(ruleset()).not.toBe(withRule);
});

test('explain list holds the rules of the team, marked as such, and names a file that it could not read', () => {
  repository.write(
    '.brakeline/rules/size.yaml',
    'id: size\nlanguage: ts\nmessage: size of $N\nrule: { pattern: export const size = $N }\n',
  );
  repository.write('.brakeline/rules/half.yaml', 'id: half\n');
  const { status, stdout, stderr } = runCli(repository.dir, ['explain', 'list']);
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^destroy\/shell-rm-rf +critical +\S/m);
  expect(stdout).toMatch(/^destroy\/team-no-purge +high +`purge` of \$WHAT {2}\(team rule, \.brakeline\/rules\/no-purge\.yaml\)$/m);
  expect(stdout).toMatch(/^safeguard\/team-size +high +size of \$N {2}\(team rule, \.brakeline\/rules\/size\.yaml\)$/m);
  expect(stderr).toContain('.brakeline/rules/half.yaml was not read, so its rules are not listed: line 1: ');
});

test('explain list outside a repository lists the rules that ship', () => {
  const { status, stdout } = runCli(temporaryFolder('plain'), ['explain', 'list']);
  expect(status).toBe(0);
  expect(stdout).toContain('destroy/shell-rm-rf');
});

test.each([
  ['weaker', () => repository.write(RULE_FILE, RULE.replace('severity: high', 'severity: off'))],
  ['narrower', () => repository.write(RULE_FILE, `${RULE}ignores: ['src/**']\n`)],
  ['gone', () => repository.remove(RULE_FILE)],
  ['elsewhere', () => repository.git('mv', RULE_FILE, 'purge.yaml')],
  ['half a file', () => repository.write(RULE_FILE, RULE.slice(0, 40))],
])('the head makes a rule %s and adds the danger: both are gaps', (_, weaken) => {
  weaken();
  repository.write('src/close.ts', DANGER);
  expect(gaps()).toEqual(expect.arrayContaining(['destroy/team-no-purge src/close.ts', `safeguard/review-policy-changed ${RULE_FILE}`]));
});

test('the head may add a rule: it tightens', () => {
  repository.write('.brakeline/rules/size.yaml', 'id: size\nlanguage: ts\non: changed\nrule: { pattern: export const size = $N }\n');
  repository.write('src/size.ts', 'export const size = 2;\n');
  expect(gaps()).toEqual(['safeguard/team-size src/size.ts']);
});

test('an edited rule asks again where it was acknowledged', async () => {
  repository.write('src/close.ts', DANGER);
  await typeCli(repository.dir, ['ack'], [{ wait: 'Why is it fine?', type: 'the shop was exported before' }]);
  expect(runCli(repository.dir, ['review']).status).toBe(0);
  repository.git('checkout', '--quiet', 'main');
  repository.write(RULE_FILE, WIDER);
  repository.git('commit', '--quiet', '--message=wider', RULE_FILE);
  expect(runCli(repository.dir, ['review']).status).toBe(1);
});

test('a base whose rules cannot be read is a gap, and a review of it is not clean', () => {
  repository.git('checkout', '--quiet', 'main');
  repository.write(RULE_FILE, RULE.replace('rule:', 'rules:'));
  repository.commit('broken');
  repository.git('checkout', '--quiet', '-b', 'more');
  repository.write('src/size.ts', 'export const size = 2;\n');
  const reviewed = runCli(repository.dir, ['review']);
  expect(reviewed.stdout).toContain('rules-not-read');
  expect(JSON.parse(runCli(repository.dir, ['review', '--format', 'json']).stdout).blindSpots).toContainEqual({
    path: RULE_FILE,
    reason: 'rules-not-read',
  });
  expect(gaps()).toEqual([
    expect.stringMatching(
      /^\.brakeline\/rules\/no-purge\.yaml: expected to recompute the findings of this file, found rules-not-read \(line 1: .*\)$/,
    ),
    expect.stringMatching(/^\.brakeline\/rules\/no-purge\.yaml: .* \(line 7: .*found the key "rules"\)$/),
  ]);
});

test('a rule file of ten megabytes, and a bomb, are named; the other rules are asked', () => {
  repository.write('.brakeline/rules/big.yaml', `${RULE.replace('no-purge', 'big')}note: ${'x'.repeat(10_000_000)}\n`);
  repository.write('.brakeline/rules/bomb.yaml', `a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\nid: bomb\n`);
  repository.write('src/close.ts', DANGER);
  const found = gaps();
  expect(found).toContain('destroy/team-no-purge src/close.ts');
  expect(found.filter((gap) => gap.includes('rules-not-read'))).toHaveLength(3);
});

test('rules check tries the fixtures, and says which file and line is wrong', () => {
  const fixture = '//- src/a.ts\n log(1);\n+purge(shop);\n~^^^^^^^^^^^ destroy/team-no-purge: `purge` of shop\n';
  repository.write('.brakeline/rules/tests/no-purge.diff', fixture);
  expect(runCli(repository.dir, ['rules', 'check'])).toMatchObject({ status: 0, stdout: '1 rule, 1 fixture: all as expected\n' });
  repository.write('.brakeline/rules/tests/no-purge.diff', fixture.replace('+purge', '+erase'));
  repository.write('.brakeline/rules/b.yaml', 'id: b\nlanguage: ts\nrule: { kind: no_such_kind }\n');
  repository.write('.brakeline/rules/c.yaml', RULE);
  const { status, stdout } = runCli(repository.dir, ['rules', 'check']);
  expect(status).toBe(1);
  expect(stdout).toMatch(/not read {2}\.brakeline\/rules\/b\.yaml:3: rule: expected what ast-grep reads, found: .*no_such_kind/);
  expect(stdout).toMatch(
    /not read {2}\.brakeline\/rules\/no-purge\.yaml:7: expected an id of its own, found that of \.brakeline\/rules\/c\.yaml:7/,
  );
  expect(stdout).toMatch(/fails {2}\.brakeline\/rules\/tests\/no-purge\.diff\n {2}expected, and not found:/);
  expect(runCli(repository.dir, ['rules', 'list']).status).toBe(2);
});

test('learn writes a rule and its fixture, tries both, never overwrites, and the same mistake is flagged elsewhere', () => {
  const base = repository.git('rev-parse', 'HEAD');
  repository.write('src/size.ts', `${OTHER_CODE}export function empty(store: Store): void {\n  store.eraseAll({ force: true });\n}\n`);
  repository.commit('incident');
  const range = ['--base', base, '--head', 'HEAD'];
  const learned = runCli(repository.dir, ['learn', ...range, 'src/size.ts:3']);
  expect(learned.status, learned.stderr).toBe(0);
  expect(learned.stdout).toContain(
    'wrote .brakeline/rules/no-erase-all-force-true.yaml\nwrote .brakeline/rules/tests/no-erase-all-force-true.diff\n',
  );
  expect(learned.stdout).toContain('$A.eraseAll({ force: true }, $$$)');
  expect(learned.stdout).toContain(
    'It matches calls of this form, $A being anything, $$$ any number of others. It does not match the same call under another name, or another value in place of one that is written out.\n' +
      'Tried: it flags src/size.ts:3, and nothing in the file without it.\n',
  );
  // Each thing is said once.
  expect(learned.stdout.split('eraseAll(')).toHaveLength(2);
  expect(learned.stdout.split('no-erase-all-force-true.yaml')).toHaveLength(2);
  const file = path.join(repository.dir, '.brakeline/rules/no-erase-all-force-true.yaml');
  const text = readFileSync(file, 'utf8');
  const again = runCli(repository.dir, ['learn', ...range, '--id', 'no-erase-all-force-true', 'src/size.ts:3']);
  expect(again.status).toBe(2);
  expect(again.stderr).toContain('expected an id that is free, found .brakeline/rules/no-erase-all-force-true.yaml');
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(runCli(repository.dir, ['rules', 'check']).status).toBe(0);
  repository.write('src/close.ts', CODE.replace('  log(shop);\n', '  log(shop);\n  shopStore.eraseAll({ force: true });\n'));
  expect(runCli(repository.dir, ['review', '--format', 'json']).stdout).toContain('safeguard/team-no-erase-all-force-true');
});

test('learn takes a fingerprint, a range of revisions, and what was taken out', () => {
  const base = repository.git('rev-parse', 'HEAD');
  repository.write('src/close.ts', DANGER);
  repository.commit('danger');
  const [hunk] = JSON.parse(runCli(repository.dir, ['review', '--base', base, '--head', 'HEAD', '--format', 'json']).stdout).hunks;
  const learned = runCli(repository.dir, [
    'learn',
    '--base',
    base,
    '--head',
    'HEAD',
    '--id',
    'again',
    hunk.findings[0].fingerprint.slice(0, 12),
  ]);
  expect(learned.status, learned.stderr).toBe(0);
  expect(readFileSync(path.join(repository.dir, '.brakeline/rules/again.yaml'), 'utf8')).toContain('family: destroy');
  repository.commit('rule');
  repository.write('src/close.ts', CODE.replace('  log(shop);\n', ''));
  repository.commit('log gone');
  const removed = runCli(repository.dir, ['learn', `${base}..HEAD`, '--', 'src/close.ts']);
  expect(removed.status, removed.stderr).toBe(0);
  expect(removed.stdout).toContain('safeguard/team-keep-log  high  on: removed');
});

test.each([
  [['learn', 'src/size.ts:1'], 'expected a file that the change touches, found src/size.ts'],
  [['learn', 'HEAD..HEAD'], 'expected HEAD..HEAD -- PATH, found no path'],
  [['learn', 'HEAD..HEAD', '--', 'src/size.ts'], 'expected a change of src/size.ts in HEAD..HEAD, found none'],
  [['learn', 'size'], 'expected 4 to 64 hex digits of a fingerprint, found "size"'],
])('%j says what was expected', (args, message) => {
  const { status, stderr } = runCli(repository.dir, args);
  expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
});
