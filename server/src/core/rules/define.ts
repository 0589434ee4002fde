import type { FactKind, FileFacts, Reach, SourceFacts } from '../model/facts.ts';
import type { Confidence, Family, FindingDraft, RuleId, Severity } from '../model/finding.ts';
import type { Hunk } from '../model/hunk.ts';
import type { Side } from '../model/range.ts';
import type { RepoPath, Tree } from '../model/tree.ts';

/** What a rule is asked about: one hunk, and what it removed and added once moves and renames have cancelled. */
export interface RuleInput {
  readonly hunk: Hunk;
  /** Facts of this hunk that the change as a whole no longer has. Ranges are of the before side. */
  readonly removed: FileFacts;
  /** Facts of this hunk that the change as a whole did not have. Ranges are of the after side. */
  readonly added: FileFacts;
  /** The whole file on each side, to look around; undefined where that side has no such file or it was not analysed. */
  readonly before: SourceFacts | undefined;
  readonly after: SourceFacts | undefined;
  readonly reach: Reach;
  /** What the change added to other files: a guard among them may be the one that left this file. */
  addedElsewhere(): FileFacts;
  /** What the change took out of other files: a resource that is new here may have stood there. */
  removedElsewhere(): FileFacts;
  /**
   * Facts of any file of a tree; undefined where there is none, it was not read, or its language was not prepared for this
   * change. Costly: choose the path by `Tree.mentioning` first.
   */
  factsAt(side: Side, path: RepoPath): SourceFacts | undefined;
  /** Both whole trees, for rules that follow a name across files. */
  readonly trees: { readonly before: Tree; readonly after: Tree };
  readonly path: RepoPath;
  /** What a rule's findings weigh unless it says otherwise; undefined where no such rule is asked. For rules about rules. */
  severityOf(rule: string): Severity | undefined;
}

/** One construct. The doc comment above the definition is its manual page: What it sees, Why it matters, When it is fine, What it misses. */
export interface Rule {
  readonly id: RuleId;
  /** Semantic version: a new major gives new fingerprints and so asks again. */
  readonly version: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Set where the rule judges the tests themselves: its findings then keep their severity in the files of tests. */
  readonly about?: 'tests';
  /** One line for tables and menus, no full stop. */
  readonly title: string;
  /**
   * Kinds of facts without which there is nothing to see; the engine asks only where the hunk removed or added one. A rule of
   * what stands inside expressions reads `tokens`, and is asked of every hunk of a file that has some.
   */
  readonly reads: readonly (FactKind | 'tokens')[];
  /** The incident or published rule that proves the class. */
  readonly evidence: readonly { readonly title: string; readonly url: string }[];
  check(input: RuleInput): Iterable<FindingDraft>;
}

export function defineRule(rule: Rule): Rule {
  return Object.freeze(rule);
}

export function familyOf(id: RuleId): Family {
  return id.slice(0, id.indexOf('/')) as Family;
}
