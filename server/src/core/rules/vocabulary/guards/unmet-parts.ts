import type { Call, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { groupBy, keepOf, keepOfBoth } from '../code/kept.ts';
import { numberOf } from '../code/option-changes.ts';
import { isIn, partScopes } from '../code/own-parts.ts';
import { newGuards } from '../code/scope-changes.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { changesState } from './lost-wraps.ts';

/**
 * True where what a lost guard asked stands in new functions of this file alone, and none of them stops this work: nobody names
 * it, the others that lost the same ask it and this one does not, or it is handed another thing or an easier answer, is not
 * waited for, or stands in a `try` that goes on to the work.
 */
export function isUnmetPart(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '') return false;
  const shape = shapeOf(guard.test);
  // `x is None` of one thing says nothing of another one.
  if (!/\.(?:[A-Za-z_]\w{2,}|ok\b)|\w{3}\(/.test(shape)) return false;
  const asking = (guardsByShape(before, after).get(shape) ?? []).filter(
    (other) => other.scope !== scope && (other.exit === guard.exit || other.exit === 'throw' || other.exit === 'return'),
  );
  if (asking.length === 0) return false;
  const parts = partScopes(after, scope);
  return asking.every((fresh) => {
    const own = lastName(fresh.scope);
    if (!isPlain(after, fresh.scope)) return false;
    const calls = callsByName(after).get(own) ?? [];
    const asked = calls.filter((call) => isIn(parts, call.scope) && call.scope !== fresh.scope);
    if (asked.length > 0) return asked.every((call) => isIdleCall(input, guard, fresh, call));
    return isUnnamed(after, fresh) || isAskedByOthers(input, guard, calls);
  });
}

/** A function of the file or of a class: one that a function makes is named by what makes it. */
function isPlain({ symbols, language }: SourceFacts, scope: string): boolean {
  const owner = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
  const has = (name: string, kind: RegExp): boolean => symbols.some((symbol) => symbol.name === name && kind.test(symbol.kind));
  // A method of Go may stand in another file than its type.
  const isTypeElsewhere = language === 'go' && !symbols.some(({ name }) => name === owner);
  return has(scope, /^(?:function|method)$/) && (owner === '' || isTypeElsewhere || has(owner, /^(?:class|type|interface)$/));
}

/** Guards of new functions by the shape of what they ask. */
const guardsByShape = keepOfBoth((before: SourceFacts, after: SourceFacts): ReadonlyMap<string, readonly Guard[]> => {
  const fresh = newGuards(after.guards, before.guards).filter(({ scope }) => scope !== '' && !hasScope(before, scope));
  return groupBy(fresh, ({ test }) => shapeOf(test));
});

const callsByName = keepOf((facts: SourceFacts) => groupBy(facts.calls, ({ callee }) => lastName(callee)));

/** A name, a text or a number that stands for itself: what a function may be handed. */
const OPERAND = /'[^']*'|"[^"]*"|`[^`]*`|(?<![\w.$])(?:[A-Za-z_$][\w$]*(?![\w$]|\s?\()|\d[\w.]*)/g;

function shapeOf(test: string): string {
  return test.replace(OPERAND, '$').replace(/\s+/g, '');
}

/** A function of the file's own that stands where it is declared, and nowhere else. */
function isUnnamed(after: SourceFacts, { scope }: Guard): boolean {
  const symbol = after.symbols.find(({ name }) => name === scope);
  if (after.language !== 'typescript' || scope.includes('.') || symbol?.kind !== 'function' || symbol.exported) return false;
  return after.tokens.filter(({ text }) => text === scope).length === 1 && !tokenTexts(after).has('exports');
}

/** Of the functions that lost the condition some call what asks it now. */
function isAskedByOthers(input: RuleInput, guard: Guard, calls: readonly Call[]): boolean {
  const { after, before } = input;
  if (after === undefined || before === undefined || calls.some(({ kind }) => kind !== 'call')) return false;
  const others = [...new Set(before.guards.filter(({ test }) => test === guard.test).map(({ scope }) => scope))]
    .filter((scope) => scope !== guard.scope && scope !== '')
    .flatMap((scope) => counterpartScope(input, scope) ?? []);
  return calls.length > 0 && calls.every((call) => isIn(others, call.scope));
}

function isIdleCall(input: RuleInput, guard: Guard, fresh: Guard, call: Call): boolean {
  const { before, after } = input;
  if (call.kind !== 'call' || before === undefined || after === undefined) return false;
  const symbol = after.symbols.find(({ name }) => name === fresh.scope);
  if (symbol === undefined) return false;
  if (after.language === 'typescript' && symbol.async && call.use === 'discarded') return true;
  if (isDropped(after, call)) return true;
  return isLetGo(input, guard, call) || isHandedOther(before, after, { guard, fresh, call });
}

/**
 * In Go and Rust a refusal is an answer: nobody looks at the one of a function of the file that gives an error or a truth value,
 * `let _ = body.check();`, `body.check().ok();`.
 */
export function isDropped(after: SourceFacts, { callee, use, kind, scope, range }: Call): boolean {
  if (kind !== 'call' || !/^(?:go|rust)$/.test(after.language)) return false;
  const answers = after.symbols.some(
    (symbol) => lastName(symbol.name) === lastName(callee) && /\b(?:Result|Option|error|bool)\b/.test(symbol.type),
  );
  if (!answers) return false;
  const forgets = (other: Call): boolean =>
    other.use === 'discarded' &&
    other.scope === scope &&
    other.range.start.line === range.start.line &&
    /^(?:ok|is_ok|is_err|err)$/.test(lastName(other.callee)) &&
    other.callee.startsWith(`${callee}(`);
  return use === 'discarded' || after.calls.some(forgets);
}

/** In a `try` of its own whose handler goes on: what the guard stood in front of stands behind it. */
export function isLetGo({ before, after }: RuleInput, guard: Guard, call: Call): boolean {
  const own = lastName(call.callee);
  const work = new Set(
    before?.calls
      .filter(
        (other) =>
          other.scope === guard.scope &&
          other.range.start.line > guard.range.end.line &&
          (other.use === 'discarded' || changesState(other)),
      )
      .map(({ callee }) => callee),
  );
  const around = after?.handlers.filter(
    ({ scope, guarded, range }) =>
      scope === call.scope && range.start.line > call.range.end.line && guarded.some((callee) => lastName(callee) === own),
  );
  const handler = around?.[0];
  return (
    after !== undefined &&
    handler !== undefined &&
    /^(?:swallows|reports)$/.test(handler.outcome) &&
    work.size > 0 &&
    !handler.guarded.some((callee) => work.has(callee)) &&
    !tokensOn(after, handler.range.start.line, handler.range.end.line).some(({ text }) => LEAVES.test(text)) &&
    after.calls.some(({ scope, callee, range }) => scope === call.scope && work.has(callee) && range.start.line > handler.range.end.line)
  );
}

const LEAVES = /^(?:return|raise|throw|continue|break|exit|abort|fail|next)$/;

/** A parameter of the function that the guard did not ask about, while the one it asked about is still there; or another literal. */
function isHandedOther(
  before: SourceFacts,
  after: SourceFacts,
  { guard, fresh, call }: { readonly guard: Guard; readonly fresh: Guard; readonly call: Call },
): boolean {
  const namesOf = (facts: SourceFacts, scope: string): readonly string[] =>
    facts.symbols.find(({ name }) => name === scope)?.parameters.map(({ name }) => name) ?? [];
  const parameters = namesOf(after, fresh.scope).filter((name) => !/^(self|cls|this)$/.test(name));
  const own = namesOf(before, guard.scope);
  const still = namesOf(after, call.scope);
  const [asked, now] = [guard.test.match(OPERAND) ?? [], fresh.test.match(OPERAND) ?? []];
  return asked.some((old, at) => {
    const given = call.args[parameters.indexOf(now[at] ?? '')];
    if (given === undefined || given === old || call.args.includes(old)) return false;
    if (/^['"]/.test(old)) return /^['"][^'"]*['"]$/.test(given) && given.slice(1, -1) !== old.slice(1, -1);
    const [number, other] = [numberOf(old), numberOf(given)];
    if (number !== undefined) return other !== undefined && other > number && guard.test.includes('>') && !guard.test.includes('<');
    const root = /^([A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*)*$/.exec(given)?.[1];
    return root !== undefined && own.includes(old) && still.includes(old) && own.includes(root) && lastName(given) !== old;
  });
}
