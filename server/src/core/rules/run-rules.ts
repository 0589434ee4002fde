import type { FactKind, FileFacts } from '../model/facts.ts';
import type { FindingDraft } from '../model/finding.ts';
import type { BlindSpot } from '../model/tree.ts';
import type { Rule, RuleInput } from './define.ts';

export interface RuleOutcome {
  readonly drafts: readonly { readonly rule: Rule; readonly draft: FindingDraft }[];
  readonly blindSpots: readonly BlindSpot[];
}

/**
 * Asks every rule that reads a kind of fact which this hunk removed or added, in the order given. A rule that throws costs
 * its own result and leaves a blind spot with its name; the others still speak (test/run-rules.test.ts).
 */
export function runRules(rules: readonly Rule[], input: RuleInput): RuleOutcome {
  const drafts: { rule: Rule; draft: FindingDraft }[] = [];
  const blindSpots: BlindSpot[] = [];
  const known = new Map<FactKind | 'tokens', boolean>();
  const has = (kind: FactKind | 'tokens'): boolean => {
    const found = known.get(kind) ?? (kind === 'tokens' ? hasTokens(input) : isIn(input.removed, kind) || isIn(input.added, kind));
    known.set(kind, found);
    return found;
  };
  for (const rule of rules) {
    if (!rule.reads.some(has)) continue;
    try {
      for (const draft of oncePerName([...rule.check(input)])) drafts.push({ rule, draft });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      blindSpots.push({ path: input.path, reason: 'rule-crashed', detail: `${rule.id}: ${said}` });
    }
  }
  return { drafts, blindSpots };
}

/** What a rule says of a value that is taken by name here is left out where it says something of the value itself already. */
function oncePerName(drafts: readonly FindingDraft[]): readonly FindingDraft[] {
  const place = ({ side, range }: FindingDraft): string => `${side} ${range.start.line}:${range.start.character}`;
  const told = new Set(drafts.filter(({ byName }) => byName !== true).map(place));
  return drafts.filter((draft) => {
    if (draft.byName !== true) return true;
    const isNew = !told.has(place(draft));
    told.add(place(draft));
    return isNew;
  });
}

function hasTokens({ before, after }: RuleInput): boolean {
  return (before?.tokens.length ?? 0) > 0 || (after?.tokens.length ?? 0) > 0;
}

function isIn(facts: FileFacts, kind: FactKind): boolean {
  return facts[kind].length > 0;
}
