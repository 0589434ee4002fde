import { assess } from '../../core/assess.ts';
import type { ReadAsset } from '../../core/languages/language.ts';
import { prepareLanguages } from '../../core/languages/prepare.ts';
import type { Assessment } from '../../core/model/assessment.ts';
import type { TeamRule } from '../../core/model/team-rule.ts';
import type { RepoPath, Tree } from '../../core/model/tree.ts';
import { DEFAULT_POLICY } from '../../core/policy/default-policy.ts';
import type { FileError } from '../../core/policy/yaml-reader.ts';
import { checkRules } from '../../core/team-rules/prepare.ts';
import { AppError } from '../app-error.ts';
import { loadTeamRules, TEAM_RULES_FOLDER } from '../policy/load-team-rules.ts';
import { textTree } from '../trees/text-tree.ts';
import { drawExpectation, type Expectation, expectationOf, type Fixture, parseFixture, sameExpectation } from './fixture.ts';

export const FIXTURES_FOLDER = `${TEAM_RULES_FOLDER}tests/`;

export interface FixtureResult {
  readonly path: RepoPath;
  /** What it draws and was not found, and what was found and it does not draw; both empty where it holds. */
  readonly missed: readonly string[];
  readonly surplus: readonly string[];
  /** Why it could not be tried. */
  readonly problem?: string;
}

/** What a team's rules are worth: their errors, and what their fixtures say of them. */
export interface RulesReport {
  readonly rules: readonly TeamRule[];
  readonly errors: readonly (FileError & { readonly path: RepoPath })[];
  readonly fixtures: readonly FixtureResult[];
  /** Rules that no fixture expects a finding of. */
  readonly untried: readonly TeamRule[];
}

/** Reads the rules of a tree and tries every fixture of `.brakeline/rules/tests` with all of them, and with no other rule. */
export async function checkTeamRules(tree: Tree, readAsset: ReadAsset): Promise<RulesReport> {
  const { rules, errors } = await checkRules(loadTeamRules(tree), readAsset);
  const tried = new Set<string>();
  const fixtures: FixtureResult[] = [];
  for (const path of tree.paths()) {
    if (!path.startsWith(FIXTURES_FOLDER) || !path.endsWith('.diff')) continue;
    const content = tree.read(path);
    if (content?.kind !== 'text') {
      fixtures.push({ path, missed: [], surplus: [], problem: `expected a text file, found ${content?.reason ?? 'none'}` });
      continue;
    }
    fixtures.push(await tryFixture(path, content.text, rules, readAsset, tried));
  }
  return { rules, errors, fixtures, untried: rules.filter((rule) => !tried.has(rule.id)) };
}

/** The two sides of a fixture, judged by team rules alone. */
export async function assessFixture(
  fixture: Pick<Fixture, 'before' | 'after'>,
  rules: readonly TeamRule[],
  readAsset: ReadAsset,
): Promise<Assessment> {
  const touched = [...new Set([...fixture.before.keys(), ...fixture.after.keys()])];
  await prepareLanguages(touched, readAsset);
  const change = {
    before: textTree('before', fixture.before),
    after: textTree('after', fixture.after),
    touched,
    origin: { kind: 'unknown', evidence: 'none' },
  } as const;
  return assess(change, DEFAULT_POLICY, { rules: [], teamRules: { rules, blindSpots: [] } });
}

/** Findings as a fixture draws them. */
export function expectationsOf(
  assessment: Assessment,
  rules: readonly TeamRule[],
  fixture: Pick<Fixture, 'before' | 'after'>,
): readonly Expectation[] {
  const own = (id: string): string | undefined => rules.find((rule) => rule.id === id)?.severity;
  return assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => expectationOf(hunk.path, finding, own(finding.rule), fixture)));
}

/** What one fixture draws against what rules say of it. The ids of the rules that it expects something of are added to `tried`. */
export async function tryFixture(
  path: RepoPath,
  text: string,
  rules: readonly TeamRule[],
  readAsset: ReadAsset,
  tried: Set<string> = new Set(),
): Promise<FixtureResult> {
  try {
    const fixture = parseFixture(text);
    for (const { text: expected } of fixture.expected) tried.add(/^[\w/-]+/.exec(expected)?.[0] ?? '');
    const found = expectationsOf(await assessFixture(fixture, rules, readAsset), rules, fixture);
    const missed = fixture.expected.filter((wanted) => !found.some((other) => sameExpectation(wanted, other)));
    const surplus = found.filter((other) => !fixture.expected.some((wanted) => sameExpectation(wanted, other)));
    return { path, missed: missed.map(drawExpectation), surplus: surplus.map(drawExpectation) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { path, missed: [], surplus: [], problem: error.message };
  }
}
