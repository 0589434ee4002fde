import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { callsInside, guardKind } from '../guards/guard-kinds.ts';

/** A function around another one that asks as before, and that whoever asked for it does not get any more. */
export interface UnreturnedWrapper {
  readonly name: string;
  readonly guard: Guard;
  readonly range: Range;
}

/** A decorator whose `return wrapper` became `return view`: the wrapper and its condition still stand there, and nobody has it. */
export function* unreturnedWrappers(input: RuleInput): Iterable<UnreturnedWrapper> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  for (const [at, text] of hunk.removed.entries()) {
    if (!/\breturn\b/.test(text)) continue;
    const line = hunk.before.start + at;
    const scope = scopeAtLine(before, line);
    const name = text.match(/[A-Za-z_$][\w$]*/g)?.find((word) => word !== 'return' && hasScope(before, `${scope}.${word}`));
    const inner = `${scope}.${name ?? ''}`;
    if (scope === '' || name === undefined || !hasScope(after, inner) || isHandedOn(after, scope, inner, name)) continue;
    const guard = after.guards.find(
      (one) => within(one.scope, inner) && one.exit !== 'break' && guardKind(one, callsInside(one, after.calls)) === 'access',
    );
    if (guard !== undefined) yield { name, guard, range: rangeOfLine(input, 'before', line) };
  }
}

/** Whether the function around it names it anywhere but where it is declared, where something is set on it, and in itself. */
function isHandedOn(facts: SourceFacts, scope: string, inner: string, name: string): boolean {
  const [outer, own] = [scope, inner].map((one) => facts.scopes.find((place) => place.name === one));
  if (outer === undefined || own === undefined) return true;
  const tokens = tokensOn(facts, outer.startLine, outer.endLine);
  return tokens.some(({ text, line }, at) => {
    if (text !== name || (line >= own.startLine && line <= own.endLine)) return false;
    const isSetOn = tokens[at + 1]?.text === '.' && tokens[at + 3]?.text === '=';
    const isDeclared = /^(?:def|function|func|fn|const|let|var)$/.test(tokens[at - 1]?.text ?? '');
    return !isSetOn && !isDeclared;
  });
}
