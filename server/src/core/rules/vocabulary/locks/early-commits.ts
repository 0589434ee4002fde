import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { writesOf } from './locked-parts.ts';

const COMMITS = /^(?:commit|Commit|commitTransaction|commit_transaction)$/;

/** Commits that are new between two writes of a function whose writes all stood in front of its commit: half of it may be all that stays. */
export function earlyCommits(input: RuleInput): readonly Call[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return [];
  const { start, lines } = hunk.after;
  // The one that stood at the end may be the one that moved up.
  return after.calls.filter((call) => {
    const { line } = call.range.start;
    if (!COMMITS.test(lastName(call.callee)) || call.scope === '' || line < start || line >= start + lines) return false;
    const old = before.scopes.find(({ name }) => counterpartScope(input, name) === call.scope)?.name;
    const was = before.calls.filter((other) => other.scope === old && COMMITS.test(lastName(other.callee)));
    if (old === undefined || was.length !== 1 || was.some((other) => isBetweenWrites(before, other))) return false;
    return isBetweenWrites(after, call);
  });
}

function isBetweenWrites(facts: SourceFacts, { scope, range }: Call): boolean {
  const place = facts.scopes.find(({ name }) => name === scope);
  const { line } = range.start;
  // What stands in a loop around the commit is done piece by piece.
  const isInLoop = facts.loops.some(({ body }) => body.startLine <= line && line <= body.endLine);
  if (place === undefined || isInLoop) return false;
  return writesOf(facts, place.startLine, line - 1).size > 0 && writesOf(facts, line + 1, place.endLine).size > 0;
}
