import type { ReadAsset } from '../languages/language.ts';
import type { TeamRule, TeamRules } from '../model/team-rule.ts';
import type { BlindSpot, RepoPath } from '../model/tree.ts';
import type { FileError } from '../policy/yaml-reader.ts';
import { loadAstGrep, matcherProblem } from './ast-grep.ts';
import { readRuleFile } from './read-rule-file.ts';

/** One file of `.brakeline/rules` as a tree holds it: its text, or why it could not be read. */
export type RuleSource =
  | { readonly kind: 'text'; readonly path: RepoPath; readonly text: string }
  | { readonly kind: 'unread'; readonly path: RepoPath; readonly why: string };

/** The rules of one tree and what is wrong with its files; a rule with an error is not among the rules. */
export interface CheckedRules {
  readonly rules: readonly TeamRule[];
  readonly errors: readonly (FileError & { readonly path: RepoPath })[];
}

/**
 * The rules that judge a change (law 7): the base's, and whatever the head adds to them. A rule that the head took away or made
 * weaker is still asked as the base has it. Loads ast-grep and grammars where a tree holds rules, and nothing where none does.
 */
export async function prepareTeamRules(
  base: readonly RuleSource[],
  head: readonly RuleSource[],
  readAsset: ReadAsset,
): Promise<TeamRules | undefined> {
  if (base.length === 0 && head.length === 0) return undefined;
  const [trusted, proposed] = [await checkRules(base, readAsset), await checkRules(head, readAsset)];
  const known = new Set(trusted.rules.map(nameOf));
  const spots = new Map<string, BlindSpot>();
  for (const { path, line, message } of [...trusted.errors, ...proposed.errors]) {
    const detail = `line ${line}: ${message}`;
    spots.set(`${path} ${detail}`, { path, reason: 'rules-not-read', detail });
  }
  return { rules: [...trusted.rules, ...proposed.rules.filter((rule) => !known.has(nameOf(rule)))], blindSpots: [...spots.values()] };
}

/** Reads the rule files of one tree and lets ast-grep check every matcher. An id may stand in one place only. */
export async function checkRules(sources: readonly RuleSource[], readAsset: ReadAsset): Promise<CheckedRules> {
  const files = sources.map((source) => ({ path: source.path, ...fileOf(source) }));
  const errors: (FileError & { path: RepoPath })[] = files.flatMap(({ path, errors: found }) => found.map((error) => ({ path, ...error })));
  const read = files.flatMap((file) => file.rules);
  if (read.length > 0)
    await loadAstGrep(
      read.map((rule) => rule.language),
      readAsset,
    );
  const places = new Map<string, TeamRule>();
  const rules = read.filter((rule) => {
    const name = rule.id.slice(rule.id.indexOf('/') + 1);
    const other = places.get(name);
    places.set(name, other ?? rule);
    const problem = other === undefined ? problemOf(rule) : `expected an id of its own, found that of ${other.path}:${other.line}`;
    if (problem !== undefined) errors.push({ path: rule.path, line: rule.line, message: problem });
    return problem === undefined;
  });
  return { rules, errors };
}

function fileOf(source: RuleSource): { readonly rules: readonly TeamRule[]; readonly errors: readonly FileError[] } {
  if (source.kind === 'unread') return { rules: [], errors: [{ line: 1, message: `expected a text file, found ${source.why}` }] };
  const known = files.get(source.path);
  if (known?.text === source.text) return known;
  const file = { text: source.text, ...readRuleFile(source.path, source.text) };
  if (files.size >= MOST_REMEMBERED) files.clear();
  files.set(source.path, file);
  return file;
}

function problemOf(rule: TeamRule): string | undefined {
  const known = problems.get(rule.version);
  if (known !== undefined) return known === '' ? undefined : known;
  const said = matcherProblem(rule.language, rule.matcher);
  const problem = said === undefined ? undefined : `rule: expected what ast-grep reads, found: ${said}`;
  if (problems.size >= MOST_REMEMBERED) problems.clear();
  problems.set(rule.version, problem ?? '');
  return problem;
}

function nameOf(rule: TeamRule): string {
  return `${rule.id}@${rule.version}`;
}

/** A keystroke asks again about files that did not change. */
const MOST_REMEMBERED = 1_000;
const files = new Map<RepoPath, { readonly text: string } & ReturnType<typeof readRuleFile>>();
const problems = new Map<string, string>();
