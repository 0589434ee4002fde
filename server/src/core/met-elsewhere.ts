import { SECOND_FILE, type Split } from './facts/join-files.ts';
import { mapKinds } from './facts/kinds.ts';
import { scopeAt } from './facts/scope.ts';
import type { Gathered } from './facts/split-files.ts';
import { mayReadTwo } from './judge-splits.ts';
import type { CodeToken, Fact, SourceFacts } from './model/facts.ts';
import type { FindingDraft } from './model/finding.ts';
import { reachedScopes } from './reached-scopes.ts';
import type { Rule, RuleInput } from './rules/define.ts';
import { runRules } from './rules/run-rules.ts';
import { counterpartScope } from './rules/vocabulary/code/counterpart.ts';
import { namesIn } from './rules/vocabulary/code/named-from.ts';
import { statementsOf } from './rules/vocabulary/code/top-statements.ts';

/**
 * Findings of one file that still stand when it is read together with a file of the change that takes something over: a guard that
 * went into the middleware of a new file is found there by the rule itself. What the hunk lost stays lost in this reading, nothing
 * cancels; of the other file only that is read which the finding's own function comes to, and a file that declares this very function once
 * more vouches for nothing (test/facts/met-elsewhere.test.ts).
 */
export function standing<Told extends { readonly rule: Rule; readonly draft: FindingDraft }>(
  told: readonly Told[],
  input: RuleInput,
  takers: readonly Split[],
  gathered: () => Gathered | undefined = () => undefined,
): readonly Told[] {
  if (takers.length === 0) return told;
  const left = told.filter(
    ({ rule, draft }) =>
      !mayReadTwo(rule) || takers.every(({ tos, ...sides }) => standsBeside(rule, draft, input, { others: tos, ...sides })),
  );
  // What one of them asks with the help of another one is seen where all are read.
  const all = left.some(({ rule }) => mayReadTwo(rule)) ? gathered() : undefined;
  return all === undefined ? left : left.filter(({ rule, draft }) => !mayReadTwo(rule) || standsBeside(rule, draft, input, all));
}

function standsBeside(rule: Rule, draft: FindingDraft, input: RuleInput, { others, before, after }: Gathered): boolean {
  const { side, range } = draft;
  const own = scopeAt(input[side], range.start.line);
  if (input.after === undefined || (own !== '' && others.some((to) => to.after?.scopes.some(({ name }) => name === own)))) return true;
  const now = side === 'after' ? own : (counterpartScope(input, own) ?? outerOf(input.after, own));
  const reached = reachedScopes(after, namesIn(input.after, now));
  const again = runRules([rule], { ...input, before, after: withOnly(after, reached) });
  return (
    again.blindSpots.length > 0 ||
    again.drafts.some((other) => other.draft.side === side && other.draft.range.start.line === range.start.line)
  );
}

/** The innermost function that stands around where a function was: `routes` of `routes.r.Route('/admin')`. */
function outerOf({ scopes }: SourceFacts, own: string): string {
  const around = scopes.filter(({ name }) => own.startsWith(`${name}.`)).sort((a, b) => b.name.length - a.name.length);
  return around[0]?.name ?? own;
}

/** Two files read as one, without the functions and the bound values of the second that nothing leads to. */
function withOnly(facts: SourceFacts, reached: ReadonlySet<string>): SourceFacts {
  const idle = statementsOf(facts).filter(({ name, startLine }) => startLine > SECOND_FILE && !reached.has(name));
  const isIdle = (line: number): boolean => idle.some(({ startLine, endLine }) => startLine <= line && line <= endLine);
  const isRead = (scope: string, line: number): boolean => line <= SECOND_FILE || (scope === '' ? !isIdle(line) : reached.has(scope));
  const left = [...facts.scopes.filter(({ name, startLine }) => !isRead(name, startLine)), ...idle];
  const isLeft = ({ line }: CodeToken): boolean =>
    line > SECOND_FILE && left.some(({ startLine, endLine }) => startLine <= line && line <= endLine);
  return {
    ...facts,
    ...mapKinds((kind): readonly Fact[] => facts[kind].filter(({ scope, range }) => isRead(scope, range.start.line))),
    scopes: facts.scopes.filter(({ name, startLine }) => isRead(name, startLine)),
    tokens: left.length === 0 ? facts.tokens : facts.tokens.filter((token) => !isLeft(token)),
  };
}
