import { SECOND_FILE } from './facts/join-files.ts';
import type { SourceFacts } from './model/facts.ts';
import { statementsOf } from './rules/vocabulary/code/top-statements.ts';

/** Scopes of the second of two files read as one that some names lead to, and those that these lead to. */
export function reachedScopes(facts: SourceFacts, names: ReadonlySet<string>): ReadonlySet<string> {
  const second = [...facts.scopes, ...statementsOf(facts)].filter(({ startLine }) => startLine > SECOND_FILE);
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
