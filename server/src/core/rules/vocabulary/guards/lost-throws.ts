import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { changedCode, codeOfScope, countOf, rangeOfLine, scopeAtLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { missingNames } from '../code/missing-names.ts';
import { isExtracted, newCallsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';
import { lostGuards } from './lost-guards.ts';

/** A function that stopped where it found nothing, and hands the nothing on now. */
export interface LostThrow {
  /** Of the before side. */
  readonly scope: string;
  readonly range: Range;
}

/** Look-ups that stop where nothing is found, in every language. */
const STOPPING =
  /^(orElseThrow|\w+OrThrow|\w+OrFail|\w+OrElseThrow|get_object_or_404|get_or_404|first_or_404|one_or_404|scalar_one|one|getReferenceById|get_or_raise|\w+_or_raise|\w+_or_fail|unwrap|expect|ok_or|ok_or_else|requireNonNull|get|single|First|Must\w+)$/;
/** Look-ups that give nothing where nothing is found. */
const GIVING =
  /^(orElse|findUnique|findFirst|findOne|findOneBy|findById|find_by|first|scalar_one_or_none|one_or_none|scalar|getOrNull|get_or_none|find|singleOrNull|firstOrNull|findByPk|maybeOne)$/;

/** Throws of this hunk for a missing value that its function would have given back, where the function now gives it back. */
export function lostThrows(input: RuleInput): readonly LostThrow[] {
  const found: LostThrow[] = [];
  const isStop = ({ exit, test }: { readonly exit: string; readonly test: string }): boolean =>
    exit === 'throw' || (input.before?.language === 'go' && exit === 'return' && !/^err\b/.test(test));
  for (const guard of lostGuards(input, (candidate) => isStop(candidate) && missingNames(candidate).length > 0)) {
    const scope = counterpartScope(input, guard.scope);
    const before = tokensOf(input.before, guard.scope);
    if (scope === undefined || scope === '' || !missingNames(guard).some((name) => gives(before, name))) continue;
    if (
      input.before?.language === 'go' &&
      !/return(?: \w+|\{\}|""|0|\w+\{\}|nil),(?:&?\w*[eE]rr|errors\.|fmt\.Errorf|status\.)/.test(before)
    )
      continue;
    if (!stopsElsewhere(input, guard.scope, scope)) found.push({ scope: guard.scope, range: guard.range });
  }
  for (const line of givenInstead(input)) {
    const scope = scopeAtLine(input.before, line);
    if (scope !== '') found.push({ scope, range: rangeOfLine(input, 'before', line) });
  }
  for (const call of input.removed.calls) {
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || !STOPPING.test(lastName(call.callee)) || isExtracted(input, call)) continue;
    const given = newCallsIn(input, call.scope).some(
      (other) =>
        GIVING.test(lastName(other.callee)) &&
        (lastName(other.callee) !== 'orElse' || other.args[0] === 'null') &&
        !input.before?.calls.some((old) => old.scope === call.scope && lastName(old.callee) === lastName(other.callee)),
    );
    // A dictionary's own `get` stops nobody; a manager's does.
    const stopped = lastName(call.callee) !== 'get' || /\.objects\.get$|Optional|\)\.get$/.test(call.callee);
    if (given && stopped && !stopsElsewhere(input, call.scope, scope)) found.push({ scope: call.scope, range: call.range });
  }
  return found;
}

/** Lines that threw, or returned an error, where the same function of this hunk returns nothing now: `return nil, nil`. */
function givenInstead(input: RuleInput): readonly number[] {
  const isGo = input.before?.language === 'go';
  const [stops, gives] = isGo
    ? [/\breturn (?:nil|""|0|false|\w+ \{ \}) , (?!nil\b|err\b|_)/g, /\breturn (?:nil|""|0|false|\w+ \{ \}) , nil\b/g]
    : [/\b(?:throw|raise) (?!\w*[eE]rr?\b)/g, /\breturn (?:null|None|undefined)\b/g];
  const before = changedCode(input, 'before');
  return [...before.text.matchAll(stops)].flatMap((match) => {
    const line = before.lineAt(match.index);
    const old = scopeAtLine(input.before, line);
    const scope = counterpartScope(input, old);
    // What is given instead may stand in another hunk of the function.
    if (scope === undefined || scope === '') return [];
    const [was, is] = [codeOfScope(input.before, old).text, codeOfScope(input.after, scope).text];
    return countOf(was, stops) > countOf(is, stops) && countOf(was, gives) < countOf(is, gives) ? [line] : [];
  });
}

/** `return row`, as it is or as the last of an arrow. */
function gives(text: string, name: string): boolean {
  return new RegExp(`\\breturn ${escaped(name)}(?![\\w.(\\[?])`).test(text);
}

/** Another throw is new in the function, or a call that stops by itself. */
function stopsElsewhere(input: RuleInput, old: string, scope: string): boolean {
  const throws = (text: string): number => text.match(/\b(throw|raise|panic|bail|abort)\b/g)?.length ?? 0;
  const had = throws(tokensOf(input.before, old));
  if (had > 0 && throws(tokensOf(input.after, scope)) >= had) return true;
  return newCallsIn(input, old).some(
    ({ callee }) =>
      (STOPPING.test(lastName(callee)) && (lastName(callee) !== 'get' || /\.objects\.get$/.test(callee))) ||
      /^(require|ensure|assert|must|check|invariant)[A-Z_(]?/.test(lastName(callee)),
  );
}
