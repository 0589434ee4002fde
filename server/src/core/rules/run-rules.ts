import type { FactKind } from '../model/facts.ts';
import type { FindingDraft } from '../model/finding.ts';
import type { BlindSpot } from '../model/tree.ts';
import type { Rule, RuleInput } from './define.ts';
import { tellPlaces } from './told-places.ts';

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
  for (const rule of rulesFor(rules, input)) {
    try {
      for (const draft of draftsOf(rule, input)) drafts.push({ rule, draft: tellPlaces(draft, input[draft.side]) });
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      blindSpots.push({ path: input.path, reason: 'rule-crashed', detail: `${rule.id}: ${said}` });
    }
  }
  return { drafts, blindSpots };
}

/** What a list of rules reads, and which of them are asked where some of it is met: there are few mixtures, and hundreds of rules. */
interface Asked {
  readonly kinds: readonly (FactKind | 'tokens')[];
  readonly byMet: Map<string, readonly Rule[]>;
}

const ASKED = new WeakMap<readonly Rule[], Asked>();

function rulesFor(rules: readonly Rule[], input: RuleInput): readonly Rule[] {
  const { kinds, byMet } = ASKED.get(rules) ?? { kinds: [...new Set(rules.flatMap(({ reads }) => reads))], byMet: new Map() };
  ASKED.set(rules, { kinds, byMet });
  const met = kinds.filter((kind) =>
    kind === 'tokens' ? hasTokens(input) : input.removed[kind].length > 0 || input.added[kind].length > 0,
  );
  const found = byMet.get(met.join(' ')) ?? rules.filter(({ reads }) => reads.some((kind) => met.includes(kind)));
  byMet.set(met.join(' '), found);
  return found;
}

/** Most rules have nothing to say of most hunks: that costs one step, and no list. */
function draftsOf(rule: Rule, input: RuleInput): readonly FindingDraft[] {
  const said = rule.check(input)[Symbol.iterator]();
  const first = said.next();
  if (first.done === true) return NOTHING;
  const drafts = [first.value];
  for (let next = said.next(); next.done !== true; next = said.next()) drafts.push(next.value);
  return oncePerName(drafts);
}

const NOTHING: readonly FindingDraft[] = [];

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
