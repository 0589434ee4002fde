import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { tokensOf } from '../code/token-lines.ts';

/** More files than this that name a type say that its name is a common one. */
const MOST_FILES = 4;

/**
 * True where the guarded value has a type of this change now that nobody can make of a value which the guard refused: a record of Java
 * whose constructor throws, a type of Rust whose `try_from` is the only way in, also for serde (`#[serde(try_from = "i64")]`).
 */
export function isProvenByType(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || !/^(?:java|rust)$/.test(after.language)) return false;
  const parts = guard.test.split(' || ').map((part) => COMPARES.exec(part));
  const [subject] = parts.map((part) => part?.[1]);
  if (subject === undefined || parts.some((part) => part?.[1] !== subject)) return false;
  const type = typeOf(input, after, { subject, scope });
  if (type === undefined || typeOf(input, before, { subject, scope: guard.scope }) === type) return false;
  return declaredIn(input, type).some((facts) => {
    const ways = facts.language === 'java' ? waysIn(facts, type) : undefined;
    const isAsked = (part: RegExpExecArray | null, isMaker: (fresh: Guard) => boolean): boolean =>
      facts.guards.some(
        (fresh) =>
          fresh.exit === 'throw' &&
          isMaker(fresh) &&
          fresh.test.split(' || ').some((other) => isSameBound([part, before], [COMPARES.exec(other), facts])),
      );
    if (ways !== undefined)
      return (
        ways.length > 0 &&
        !/\bset[A-Z]\w*\(/.test(tokensOf(facts, type)) &&
        ways.every((way) =>
          parts.every((part) => isAsked(part, ({ range }) => way.first <= range.start.line && range.start.line <= way.last)),
        )
      );
    const isMaker = ({ scope: own }: Guard): boolean => own.startsWith(`${type}.`) && MAKERS.test(own.slice(type.length));
    return isOnlyMadeByProof(facts, type) && parts.every((part) => isAsked(part, isMaker));
  });
}

interface Way {
  readonly first: number;
  readonly last: number;
}

/**
 * Java: the lines of all by which a value of the type comes to be: its constructors, other than those that hand on to another one; where
 * nobody else may ask them, its own functions that do.
 */
function waysIn({ calls, scopes, tokens }: SourceFacts, type: string): readonly Way[] {
  const made = scopes.filter(({ name }) => name === `${type}.constructor`);
  const within = ({ startLine, endLine }: SourceFacts['scopes'][number], line: number): boolean => startLine <= line && line <= endLine;
  const handsOn = (place: (typeof made)[number]): boolean =>
    calls.some(({ callee, range }) => callee === 'this' && within(place, range.start.line)) ||
    tokens.some(({ text, line }, at) => text === 'this' && tokens[at + 1]?.text === '(' && within(place, line));
  const isHidden = (place: (typeof made)[number]): boolean =>
    tokens.some(({ text, line }, at) => line === place.startLine && text === type && tokens[at - 1]?.text === 'private');
  const open = made.filter((place) => !handsOn(place) && !isHidden(place));
  if (open.length > 0 || made.length === 0) return open.map(({ startLine, endLine }) => ({ first: startLine, last: endLine }));
  const asking = calls.filter(({ kind, callee }) => kind === 'new' && lastName(callee.replace(/^new /, '')) === type);
  const proven = made.filter((place) => !handsOn(place));
  const makers = asking.flatMap(({ range }) => {
    const place = scopes.filter((scope) => within(scope, range.start.line)).at(-1);
    return place === undefined ? [] : [place];
  });
  return (makers.length > 0 ? makers : proven).map(({ startLine, endLine }) => ({ first: startLine, last: endLine }));
}

/** `req.amount_cents <= 0`, `request.nights() > MAX_NIGHTS`. */
const COMPARES = /^([A-Za-z_][\w.]*)(?:\(\))? (<=?|>=?) ([\w.:]+)$/;

const MAKERS = /^\.(?:try_from|try_new|new|from_str|parse)$/;

/** The type of a parameter, or of a field of its type: `amount_cents` of `PayoutRequest`. */
function typeOf(
  input: RuleInput,
  facts: SourceFacts,
  { subject, scope }: { readonly subject: string; readonly scope: string },
): string | undefined {
  const [root = '', field, ...deeper] = subject.split('.');
  const type = plain(
    symbolsNamed(facts, scope)
      .flatMap(({ parameters }) => parameters)
      .find(({ name }) => name === root)?.type,
  );
  if (field === undefined || deeper.length > 0 || type === undefined) return deeper.length > 0 ? undefined : type;
  const side = facts === input.before ? 'before' : 'after';
  const holders = hasScope(facts, type) ? [facts] : filesWith(input, type, side);
  const name = `${type}.${field.replace(/^get([A-Z])/, (_, first: string) => first.toLowerCase())}`;
  return plain(holders.flatMap((holder) => symbolsNamed(holder, name)).find(({ kind }) => kind === 'property')?.type);
}

/** `&PayoutAmount` is a `PayoutAmount`; what may be nothing, or is a list, proves nothing by itself. */
function plain(type: string | undefined): string | undefined {
  return /^(?:&(?:mut )?|Json<|Valid<|Form<)?([A-Z]\w+)>?$/.exec(type ?? '')?.[1];
}

function filesWith(input: RuleInput, type: string, side: 'before' | 'after'): readonly SourceFacts[] {
  const extension: `.${string}` = input.path.endsWith('.rs') ? '.rs' : '.java';
  const paths = input.trees[side].mentioning(type, [extension]).filter((path) => path !== input.path);
  return paths.length > MOST_FILES
    ? []
    : paths.flatMap((path) => {
        const facts = input.factsAt(side, path);
        return facts === undefined || !hasScope(facts, type) ? [] : [facts];
      });
}

/** Where the type stands, as far as the change brought it. */
function declaredIn(input: RuleInput, type: string): readonly SourceFacts[] {
  const { before, after } = input;
  if (after !== undefined && hasScope(after, type)) return before !== undefined && hasScope(before, type) ? [] : [after];
  return input.addedElsewhere().symbols.some(({ name, kind }) => name === type && kind === 'class') ? filesWith(input, type, 'after') : [];
}

/** A type of Rust hides its field, and serde reads it by what asks. */
function isOnlyMadeByProof(facts: SourceFacts, type: string): boolean {
  const marks = facts.calls.filter(({ kind, scope }) => kind === 'decorator' && scope === type);
  const isRead = marks.some(({ callee, args }) => callee === 'derive' && args.some((argument) => lastName(argument) === 'Deserialize'));
  const isAsked = marks.some(({ callee, args }) => callee === 'serde' && args.some((argument) => argument.startsWith('try_from')));
  const isOpen =
    new RegExp(`struct ?${escaped(type)}\\((?:[^)]*,)?pub`).test(facts.text ?? '') ||
    marks.some(({ callee, args }) => callee === 'derive' && args.some((argument) => /^(?:Default|From|Deref(?:Mut)?)$/.test(argument)));
  return !isOpen && (!isRead || isAsked);
}

type Side = readonly [RegExpExecArray | null, SourceFacts];

/** The same side and at least the same bound; a whole number that must be above 0 is one from 1. */
function isSameBound([old, before]: Side, [fresh, after]: Side): boolean {
  const [, , was = '', bound = ''] = old ?? [];
  const [, , now = '', other = ''] = fresh ?? [];
  if (was === '' || was[0] !== now[0]) return false;
  const [least, most] = [numberIn(lastName(bound), before), numberIn(lastName(other), after)];
  if (least === undefined || most === undefined) return was === now && lastName(bound) === lastName(other);
  return was[0] === '<'
    ? most > least || (most === least && now.length >= was.length)
    : most < least || (most === least && now.length >= was.length);
}
