import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isBehindHook } from '../access/plugin-hooks.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { frameworkCalls } from '../code/framework-calls.ts';
import { keepOf } from '../code/kept.ts';
import { flatten } from '../code/moved-text.ts';
import { numberOf } from '../code/option-changes.ts';
import { isIn, workScopes } from '../code/own-parts.ts';
import { asksElsewhere, newCallsIn, newGuards } from '../code/scope-changes.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { likeness } from './guard-likeness.ts';
import { fieldsOf } from './handed-guards.ts';

/**
 * True where what a lost guard asked is asked in another form or place of the same change: as a case of a `switch`, in a new
 * function that the own one asks, with a parameter in place of what it named, or in a function that is put in front of this one.
 */
export function standsElsewhere(input: RuleInput, guard: Guard): boolean {
  return isCaseNow(input, guard) || isInPart(input, guard) || isHandedItsAnswer(input, guard) || isInNamedGuard(input, guard) === true;
}

/** `if (state === 'closed') throw` that is a case of a `switch` or an arm of a `match` now, and leaves there as well. */
function isCaseNow({ before, after }: RuleInput, { scope, test, exit }: Guard): boolean {
  const [, subject = '', sign = '', value = ''] =
    /^([\w$.()]+?)(?:\[\d\])? ?([!=]==?|\.equals\() ?([\w$.:]+|'[^']*'|"[^"]*")\)?$/.exec(test) ?? [];
  const now = counterpartScope({ before, after }, scope);
  const place = now === undefined ? undefined : after?.scopes.find(({ name }) => name === now);
  if (value === '' || after === undefined || place === undefined) return false;
  const tokens = tokensOn(after, place.startLine, place.endLine).map(({ text }) => text.replace(/^["'`](.*)["'`]$/, "'$1'"));
  const field = /\b(\w+)(?:\(\))?$/.exec(subject)?.[1] ?? '';
  const isOther = sign.startsWith('!');
  const head = tokens.findIndex(
    (text, at) => /^(?:switch|match|when)$/.test(text) && (isOther || tokens.slice(at, at + 12).includes(field)),
  );
  if (head < 0) return false;
  const answer = /^["']/.test(value)
    ? value.replace(/^"(.*)"$/, "'$1'")
    : value.slice(Math.max(value.lastIndexOf('.'), value.lastIndexOf(':')) + 1);
  // All but one were refused: that one is an arm, and the arm for the others refuses.
  // Which numbers an arm of Rust takes is asked of the arms (`isMatchedInstead`).
  if (isOther && after.language === 'rust' && exit === 'throw' && /^\d/.test(value)) return false;
  // A word that has a member of an enumeration now: `case Status.RETURNED` of `RETURNED = "returned"`.
  const members = after.options.filter(({ name, value: held }) => /^[A-Z]\w*$/.test(name) && held.replace(/^"(.*)"$/, "'$1'") === answer);
  const answers = new Set([answer, ...members.map(({ name }) => name)]);
  if (isOther) return tokens.some((text, at) => at > head && answers.has(text)) && refusesOthers(tokens.slice(head));
  return tokens.some((text, at) => {
    if (at < head || !answers.has(text)) return false;
    const arrow = tokens.slice(at + 1, at + 12).findIndex((next) => /^(?::|->|=>)$/.test(next));
    return (
      arrow >= 0 &&
      // What was given back at once is what the arm gives.
      (exit === 'return' ||
        tokens.slice(at + 2 + arrow, at + 7 + arrow).some((next) => /^(?:throw|raise|return|Err|panic|abort|bail|fail)$/.test(next)))
    );
  });
}

/** `_ => panic!(…)`, `Some(_) => return Err(…)`, `default: throw …`. */
function refusesOthers(tokens: readonly string[]): boolean {
  return tokens.some((text, at) => {
    if (text !== '_' && text !== 'default') return false;
    const arrow = tokens.slice(at + 1, at + 4).findIndex((next) => /^(?::|->|=>)$/.test(next));
    const arm = arrow < 0 ? [] : tokens.slice(at + 2 + arrow, at + 6 + arrow);
    return arm.some((next) => /^(?:throw|raise|Err|panic|abort|bail|fail)$/.test(next));
  });
}

/** `<RequireRole role="owner">`: an element is handed what its function asks about. */
function elementsOf({ after, path }: RuleInput): readonly { readonly callee: string; readonly args: readonly string[] }[] {
  if (after === undefined || !/\.[jt]sx$/.test(path)) return [];
  return after.tokens.flatMap(({ text }, at) => {
    const name = after.tokens[at + 1]?.text ?? '';
    if (text !== '<' || !/^[A-Z]\w*$/.test(name)) return [];
    const inside = after.tokens.slice(at + 2, at + 22).map((token) => token.text);
    const end = inside.indexOf('>');
    return [{ callee: name, args: inside.slice(0, end < 0 ? inside.length : end).map((part) => part.replace(/^"(.*)"$/, "'$1'")) }];
  });
}

/** The same condition with a parameter in place of what it named, in a new function that is handed what it named: `has(role)`. */
function isHandedItsAnswer(input: RuleInput, { test }: Guard): boolean {
  const { before, after } = input;
  const answers = test.match(/'[^']*'|"[^"]*"|\b\d[\d_]*\b/g) ?? [];
  if (before === undefined || after === undefined || answers.length === 0 || test.length > 200) return false;
  const shape = (text: string): string => flatten(bareTest(text)).replace(/'[^']*'|"[^"]*"|\b\d[\d_]*\b/g, '\u0001');
  const wanted = shape(test).split('\u0001');
  const fields = shape(holderless(test) ?? test).split('\u0001');
  const elsewhere = input.addedElsewhere();
  // What stands around the answer is looked at first: there may be as many guards as the whole change has.
  const fits = (text: string, [first = '', ...rest]: readonly string[]): boolean =>
    text.startsWith(first) && text.endsWith(rest.at(-1) ?? '');
  const asksAlike = (fresh: Guard): boolean => {
    const texts = formsOf(fresh);
    if (!texts.some((text) => fits(text, wanted) || fits(text, fields)) || hasScope(before, fresh.scope)) return false;
    const given = [after.symbols, elsewhere.symbols].flatMap((symbols) =>
      symbols.flatMap(({ name, parameters }) =>
        // What a component is handed comes in one pattern: `{ role, children }`.
        fresh.scope === name || fresh.scope.startsWith(`${name}.`) ? parameters.flatMap((each) => each.name.match(/[\w$]+/g) ?? []) : [],
      ),
    );
    return given.some((name) => texts.includes(wanted.join(name)) || texts.includes(fields.join(name)));
  };
  const asks = [...newGuards(after.guards, before.guards), ...elsewhere.guards].filter(asksAlike);
  const isGiven = (answer: string, argument: string): boolean => {
    const number = numberOf(answer);
    return answer === argument || (number !== undefined && numberIn(argument, after) === number);
  };
  return asks.some(({ scope }) => {
    const parts = scope.split('.');
    return [...newCallsIn(input, ''), ...elementsOf(input)].some(
      ({ callee, args }) =>
        parts.includes(lastName(callee)) && answers.every((answer) => args.some((argument) => isGiven(answer, argument))),
    );
  });
}

/** A condition without white space, by itself and without the holders of its fields. */
const formsOf = keepOf(({ test }: Guard): readonly string[] => [bareTest(test), holderless(test) ?? test].map(flatten));

/** A function of this file that the own one asks, and that is new, asks it of whatever it calls the holder of the same fields. */
function isInPart(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const wanted = fieldsOf(guard.test);
  const scope = counterpartScope({ before, after }, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '' || !guard.test.includes('.') || wanted.length < 6)
    return false;
  const parts = workScopes(after, scope).filter((name) => !hasScope(before, name));
  const answered = new Set(newCallsIn(input, guard.scope).flatMap(({ callee, use }) => (use === 'discarded' ? [] : [lastName(callee)])));
  const isLike = (other: Guard): boolean =>
    likeness(guard, other) >= 0.6 &&
    guard.reads.some((name) => isName(name) && other.reads.includes(name) && guard.test.includes(`.${name}`));
  return newGuards(after.guards, before.guards).some(
    (other) =>
      isIn(parts, other.scope) &&
      (other.exit === guard.exit || (other.exit === 'return' && answered.has(lastName(other.scope)))) &&
      (fieldsOf(other.test) === wanted || isLike(other)),
  );
}

/**
 * The same condition stands in a new function of another file. True where the own function asks that one, or this file names it
 * as often as it lost the condition, or in front of everything; false where it names it less often, so that somebody was
 * forgotten; undefined where there is no such function.
 */
export function isInNamedGuard(input: RuleInput, guard: Guard): boolean | undefined {
  const { before, after } = input;
  if (before === undefined || after === undefined || guard.test.length < 4) return undefined;
  const wanted = bareTest(guard.test);
  const fields = holderless(guard.test);
  const isSame = (test: string): boolean =>
    bareTest(test) === wanted || (fields !== undefined && (holderless(test) === fields || bareTest(test) === fields));
  const same = input.addedElsewhere().guards.filter(({ test, scope }) => scope !== '' && isSame(test));
  if (same.length === 0) return undefined;
  if (same.some(asksElsewhere(input, guard.scope))) return true;
  const count = (facts: SourceFacts): number => facts.guards.filter(({ test }) => bareTest(test) === wanted).length;
  const lost = count(before) - count(after);
  const found = same
    .flatMap(({ scope }) => scope.split('.'))
    .filter((owner) => owner.length > 2)
    .filter((owner) => [...namesOf(input, after, owner)].some((name) => tokenTexts(after).has(name) && !tokenTexts(before).has(name)))
    .map((owner) => {
      // Where a framework asks it in front of functions, this one must be among them.
      const leading = namesOf(input, after, owner);
      const hooked = isBehindHook(after, owner, counterpartScope(input, guard.scope) ?? guard.scope);
      if (hooked !== undefined) return hooked;
      const asking = frameworkCalls(after).filter(({ callee }) => leading.has(lastName(callee)));
      if (asking.length > 0) return asking.some((call) => within(call.scope, counterpartScope(input, guard.scope) ?? guard.scope));
      const isNamed = (line: number): boolean => !/^(import|from|use|require)$/.test(tokensOn(after, line, line)[0]?.text ?? '');
      const names = namesOf(input, after, owner);
      const named = after.tokens.filter(({ text, line }) => names.has(text) && isNamed(line)).length;
      return (
        named >= lost ||
        after.calls.some(({ callee, args }) => IN_FRONT.test(lastName(callee)) && args.some((text) => text.includes(owner)))
      );
    });
  return found.length === 0 ? undefined : found.includes(true);
}

/** What leads to a guard by another name: the functions of its file that need it, and what this file calls `Annotated[User, Depends(it)]`. */
export function namesOf(input: RuleInput, after: SourceFacts, owner: string): ReadonlySet<string> {
  const names = new Set([owner]);
  const { calls, symbols } = input.addedElsewhere();
  for (let size = 0; size < names.size; ) {
    size = names.size;
    for (const { callee, args, scope, range } of calls) {
      if (!/^(?:Depends|Security)$/.test(lastName(callee)) || !names.has(args[0] ?? '')) continue;
      // `CurrentUser = Annotated[User, Depends(current_user)]` leads to it as well, and so does who asks for one.
      const [alias] =
        scope === '' ? symbols.filter(({ kind, range: own }) => kind === 'variable' && own.start.line === range.start.line) : [];
      names.add(alias?.name ?? (scope === '' ? owner : (scope.split('.')[0] ?? owner)));
    }
    for (const { kind, name, parameters } of symbols)
      if (kind === 'function' && parameters.some(({ type }) => names.has(type))) names.add(name);
  }
  for (const [at, { text, line }] of after.tokens.entries()) {
    if (text !== '=' || !/^[A-Za-z_]\w*$/.test(after.tokens[at - 1]?.text ?? '') || after.tokens[at + 1]?.text !== 'Annotated') continue;
    const words = tokensOn(after, line, line).map((token) => token.text);
    if (words.some((word) => names.has(word))) names.add(words[0] ?? owner);
  }
  return names;
}

const IN_FRONT = /^(use|Use|With|Group|group|add_middleware|before_request|UseGuards|useGlobalGuards|addFilter|layer|route_layer|wrap)$/;

/**
 * A condition without the object that its names are fields of here: `self.rows` and `rows`, Go's `p.prefix` and `prefix`. That not one row
 * was changed stops where none was.
 */
export function bareTest(test: string): string {
  return test
    .replace(/\b(?:this|self|[a-z]{1,2})\.(?=\w)/g, '')
    .replace(/\b(rowCount|rowcount|affectedRows|RowsAffected|rows_affected)(\(\))? (?:!==?|<) 1$/, '$1$2 === 0');
}

/** A condition by the fields it asks for, whoever has them: `!user(r).Treasurer` and `!u.Treasurer`. Undefined where it names none of its own. */
function holderless(test: string): string | undefined {
  const fields = test.replace(/(?<![\w.])(?:[A-Za-z_]\w*(?:\([^()]*\))?\??\.)+(?=[A-Za-z_])/g, '');
  return fields !== test && /(?<!['"\w])(?!(?:length|size|Length|Count|isEmpty|equals|includes|contains)\b)[A-Za-z_]\w{3,}/.test(fields)
    ? bareTest(fields)
    : undefined;
}

/** Names that say nothing of what a condition is about. */
export function isName(identifier: string): boolean {
  return !/^(undefined|NaN|Infinity|length|size|Array|Object|Number|String|Boolean)$/.test(identifier);
}
