import { type AssessOptions, assess } from '../core/assess.ts';
import { readFacts } from '../core/facts/read-facts.ts';
import { SUPPRESSION_WORD } from '../core/facts/suppressions.ts';
import type { ReadAsset } from '../core/languages/language.ts';
import { languageOf, prepareLanguages } from '../core/languages/prepare.ts';
import type { Assessment } from '../core/model/assessment.ts';
import type { Suppression } from '../core/model/facts.ts';
import type { Policy } from '../core/model/policy.ts';
import type { RepoPath, Tree } from '../core/model/tree.ts';
import { RULES } from '../core/rules/index.ts';
import { NEVER_SUPPRESSED } from '../core/rules/safeguard/suppression-added.ts';
import { textTree } from './trees/text-tree.ts';

/**
 * `needed`: its rule would flag its line if the line were new. `quiet`: it would not; a rule of what is removed never would.
 * The others are heeded by nothing: `no-reason`, `no-rule`, `not-read` where the file does not parse.
 */
export type SuppressionState = 'needed' | 'quiet' | 'no-reason' | 'no-rule' | 'not-read';

export interface ListedSuppression {
  readonly path: RepoPath;
  /** 1-based. */
  readonly line: number;
  readonly rule: string;
  readonly reason: string;
  readonly state: SuppressionState;
}

/** Every suppression of a tree, by path and line. Each file that holds one is judged as if it were new. */
export async function listSuppressions(
  tree: Tree,
  policy: Policy,
  { teamRules, readAsset }: Pick<AssessOptions, 'teamRules'> & { readonly readAsset: ReadAsset },
): Promise<readonly ListedSuppression[]> {
  const paths = tree.mentioning(SUPPRESSION_WORD, ['']).filter((path) => languageOf(path) !== undefined);
  await prepareLanguages(paths, readAsset);
  const origin = { kind: 'unknown', evidence: 'none' } as const;
  const change = { before: textTree('nothing', new Map()), after: tree, touched: paths, origin };
  const assessment = assess(change, policy, teamRules === undefined ? {} : { teamRules });
  const known = new Set([...RULES, ...(teamRules?.rules ?? [])].map((rule): string => rule.id));
  return paths.flatMap((path) => {
    const content = tree.read(path);
    const found = content?.kind === 'text' ? (readFacts(path, content.text)?.suppressions ?? []) : [];
    return found.map((one) => ({
      path,
      line: one.range.start.line,
      rule: one.rule,
      reason: one.reason,
      state: stateOf(one, path, assessment, known),
    }));
  });
}

function stateOf(
  { rule, reason, about, certain }: Suppression,
  path: RepoPath,
  { hunks }: Assessment,
  known: ReadonlySet<string>,
): SuppressionState {
  if (!certain) return 'not-read';
  if (!known.has(rule) || NEVER_SUPPRESSED.includes(rule)) return 'no-rule';
  if (reason === '') return 'no-reason';
  const findings = hunks.filter((hunk) => hunk.path === path).flatMap((hunk) => hunk.findings);
  return findings.some((finding) => finding.rule === rule && finding.range.start.line === about) ? 'needed' : 'quiet';
}
