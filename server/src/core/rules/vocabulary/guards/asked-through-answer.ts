import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { hasScope } from '../code/counterpart.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/** `!lease.inRange()` by what that function, new in this file, answers: `not (months >= 1 && months <= 24)`. */
export function byItsAnswer(input: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  return [...byItsYes(input, guard), ...byWhatItGives(input, guard)];
}

/**
 * `title === null` by when the function that gave it, new in this file, has nothing to give: `return title.length > MAX ? null : title`;
 * and `if (error) throw error` by when it has something: `return isOwner ? undefined : new ForbiddenError()`.
 */
function byWhatItGives({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  if (before === undefined || after === undefined) return [];
  const nothing = WITHOUT.exec(guard.test)
    ?.slice(1)
    .find((name) => name !== undefined);
  const name = nothing ?? WITH.exec(guard.test)?.[1];
  if (name === undefined) return [];
  const given = boundAbove(after, name, guard.range.start.line)?.replace(/ ?([.(]) ?/g, '$1') ?? '';
  const callee = lastName(/^(?:await )?((?:[\w$]+(?:\.|::))*[A-Za-z_$][\w$]*)\(/.exec(given)?.[1] ?? '');
  if (callee === '' || (nothing === undefined && !handsApart(given))) return [];
  return (scopesNamed(after).get(callee) ?? []).flatMap(({ name: scope, endLine }): readonly Guard[] => {
    if (hasScope(before, scope)) return [];
    const text = codeOfScope(after, scope).text.replace(/ ?\. ?/g, '.');
    const [, refused] =
      /(?:\breturn|=>) (?:\( )?([^;{}?]{3,300}) \? (?:null|undefined) : /.exec(text) ??
      /\breturn None if ([^;{}]{3,300}?) else /.exec(text) ??
      [];
    const [, taken] =
      /(?:\breturn|=>) (?:\( )?([^;{}?]{3,300}) \? [^;{}?:]{1,80} : (?:null|undefined)\b/.exec(text) ??
      /\breturn [^;{}]{1,80}? if ([^;{}]{3,300}?) else None\b/.exec(text) ??
      [];
    const [stops, goesOn] = nothing === undefined ? [taken, refused] : [refused, taken];
    const test = stops ?? (goesOn === undefined ? undefined : `!(${goesOn})`);
    // Its names are those of the function that answers.
    const end = { line: endLine, character: 0 };
    return test === undefined ? [] : [{ ...guard, test, range: { start: end, end } }];
  });
}

const scopesNamed = keepOf((facts: SourceFacts) => groupBy(facts.scopes, ({ name }) => lastName(name)));

/** Each argument of a call is a name, and none is a part of another: `ownerOf(order.owner, order)` compares a thing with itself. */
function handsApart(call: string): boolean {
  const args = call
    .slice(call.indexOf('(') + 1, call.lastIndexOf(')'))
    .replaceAll(' ', '')
    .split(',');
  return (
    args.every((argument) => /^[a-z_$][\w$.]*$/i.test(argument) && !CONSTANT.test(argument)) &&
    args.every((argument, at) => args.every((other, place) => place === at || !`${argument}.`.startsWith(`${other}.`)))
  );
}

const CONSTANT = /^(?:[A-Z][A-Z0-9_]*|true|false|null|undefined|True|False|None|nil)$/;

/** A condition that holds where a name stands for nothing, and one that holds where it stands for something. */
const WITHOUT = /^!([A-Za-z_$][\w$]*)$|^!?([A-Za-z_$][\w$]*) (?:===?|is) (?:null|undefined|None|nil)$/;
const WITH = /^([A-Za-z_$][\w$]*)(?: (?:!==?|is not) (?:null|undefined|None|nil))?$/;

function byItsYes({ before, after }: Pick<RuleInput, 'before' | 'after'>, guard: Guard): readonly Guard[] {
  const [, negation = '', owner = '', name = '', given = ''] =
    /^(!|not )?((?:[\w$]+(?:\.|::))*)([\w$]+)\(([^()]*)\)$/.exec(guard.test) ?? [];
  if (name === '' || before === undefined || after === undefined) return [];
  return after.conditions.flatMap(({ kind, scope, test }): readonly Guard[] => {
    if (kind !== 'answers' || lastName(scope) !== name || hasScope(before, scope)) return [];
    const said = test.replace(/\b(?:self|this)\./g, owner);
    return [...new Set([said, asGiven(after, scope, said, given)])].map((each) => ({
      ...guard,
      test: negation === '' ? each : `!(${each})`,
    }));
  });
}

/** What a function says of its parameters, in the words of who asks it: `value.length` for `isName(name)` is `name.length`. */
function asGiven(after: SourceFacts, scope: string, said: string, given: string): string {
  const args = given.split(',').map((argument) => argument.trim());
  const parameters = symbolsNamed(after, scope)[0]?.parameters.filter(({ name }) => !/^(?:self|cls|this)$/.test(name)) ?? [];
  const named = new Map(parameters.map(({ name }, at) => [name, args[at] ?? '']));
  return said.replace(/(?<![\w$.'"])[A-Za-z_$][\w$]*/g, (name) => named.get(name) || name);
}
