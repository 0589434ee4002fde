import { mapKinds } from './facts/kinds.ts';
import { scopeAt } from './facts/scope.ts';
import { SECOND_FILE, type Split } from './facts/split-files.ts';
import { mayReadTwo } from './judge-splits.ts';
import type { CodeToken, Fact, SourceFacts } from './model/facts.ts';
import type { FindingDraft } from './model/finding.ts';
import type { Rule, RuleInput } from './rules/define.ts';
import { runRules } from './rules/run-rules.ts';
import { counterpartScope, within } from './rules/vocabulary/code/counterpart.ts';
import { frameworkCalls } from './rules/vocabulary/code/framework-calls.ts';
import { workScopes } from './rules/vocabulary/code/own-parts.ts';

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
): readonly Told[] {
  if (takers.length === 0) return told;
  return told.filter(({ rule, draft }) => !mayReadTwo(rule) || takers.every((taker) => standsBeside(rule, draft, input, taker)));
}

function standsBeside(rule: Rule, draft: FindingDraft, input: RuleInput, { to, before, after }: Split): boolean {
  const { side, range } = draft;
  const own = scopeAt(input[side], range.start.line);
  if (input.after === undefined || (own !== '' && to.after?.scopes.some(({ name }) => name === own) === true)) return true;
  const now = side === 'after' ? own : (counterpartScope(input, own) ?? own);
  const reached = reachedScopes(after, namesIn(input.after, now));
  const again = runRules([rule], { ...input, before, after: withOnly(after, reached) });
  return (
    again.blindSpots.length > 0 ||
    again.drafts.some((other) => other.draft.side === side && other.draft.range.start.line === range.start.line)
  );
}

/** Names that a function, the parts of its file that it calls, and what a framework runs in front of it speak of. */
function namesIn(facts: SourceFacts, scope: string): ReadonlySet<string> {
  const parts = workScopes(facts, scope);
  const names = new Set(
    frameworkCalls(facts).flatMap((call) => (parts.some((part) => within(call.scope, part)) ? call.callee.split('.') : [])),
  );
  const places = facts.scopes.filter(({ name }) => parts.some((part) => within(name, part)));
  // A method has what the head of its class names: its base, its decorators.
  const heads = facts.symbols.filter(({ name, kind }) => kind === 'class' && parts.some((part) => part.startsWith(`${name}.`)));
  const lines = [
    ...places.map(({ startLine, endLine }) => [startLine - HEAD, endLine] as const),
    ...heads.map(({ range }) => [range.start.line - HEAD, range.start.line] as const),
  ];
  for (const { text, line } of facts.tokens)
    if (scope === '' || lines.some(([first, last]) => first <= line && line <= last)) names.add(text);
  return names;
}

/** Lines above a declaration that may decorate it. */
const HEAD = 3;

/** Scopes of the second file that some names lead to, and those that these lead to. */
function reachedScopes(facts: SourceFacts, names: ReadonlySet<string>): ReadonlySet<string> {
  const second = facts.scopes.filter(({ startLine }) => startLine > SECOND_FILE);
  const reached = new Set<string>();
  const known = new Set(names);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const fresh = second.filter(({ name }) => !reached.has(name) && name.split('.').some((part) => known.has(part)));
    if (fresh.length === 0) break;
    for (const { name } of fresh) reached.add(name);
    for (const { text, line } of facts.tokens)
      if (fresh.some(({ startLine, endLine }) => startLine <= line && line <= endLine)) known.add(text);
  }
  return reached;
}

const MOST_ROUNDS = 4;

/** Two files read as one, without the functions of the second that nothing leads to. */
function withOnly(facts: SourceFacts, reached: ReadonlySet<string>): SourceFacts {
  const isRead = (scope: string, line: number): boolean => line <= SECOND_FILE || scope === '' || reached.has(scope);
  const left = facts.scopes.filter(({ name, startLine }) => !isRead(name, startLine));
  const isLeft = ({ line }: CodeToken): boolean =>
    line > SECOND_FILE && left.some(({ startLine, endLine }) => startLine <= line && line <= endLine);
  return {
    ...facts,
    ...mapKinds((kind): readonly Fact[] => facts[kind].filter(({ scope, range }) => isRead(scope, range.start.line))),
    scopes: facts.scopes.filter(({ name, startLine }) => isRead(name, startLine)),
    tokens: left.length === 0 ? facts.tokens : facts.tokens.filter((token) => !isLeft(token)),
  };
}
