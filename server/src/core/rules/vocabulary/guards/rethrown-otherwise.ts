import type { Guard, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { bodiesNamed } from '../code/named-bodies.ts';
import { isAround } from './sorted-errors.ts';

/**
 * True where a handler let errors of some types go on and threw all others, and throws all others still: `if (!(e instanceof Taken)) throw e`
 * as `switch (true) { case e instanceof Taken: …; default: throw e }`, by a predicate of that type, or by a function that is handed it
 * (`rethrowUnless(e, Taken)`). A type more that goes on, and a throw that stands where the type does, are another question.
 */
export function isRethrownOtherwise(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (guard.exit !== 'throw' || before === undefined || after === undefined || !LETS_GO.test(guard.test)) return false;
  const wanted = typesIn(guard.test);
  const old = before.handlers.find((handler) => handler.scope === guard.scope && isAround(handler, guard));
  const now = counterpartScope(input, guard.scope);
  if (wanted.length === 0 || old === undefined || now === undefined) return false;
  const known = typesOf(input, before, old, 'before');
  return after.handlers.some((handler) => {
    if (handler.outcome !== 'rethrows' || !within(handler.scope, now) || throwsThese(after, handler)) return false;
    const types = typesOf(input, after, handler, 'after');
    return wanted.every((type) => types.includes(type)) && types.every((type) => known.includes(type));
  });
}

/** What stops is the absence of a type. */
const LETS_GO = /^!\s?\(.*\binstanceof\b|^not isinstance\(|\binstanceof [\w$.]+ ===? false$/;

/** `throw` of the very types that were let go on: under a condition that is not turned round, or in their case. */
function throwsThese(after: SourceFacts, handler: Handler): boolean {
  const isPositive = ({ test, exit }: Guard): boolean => exit === 'throw' && !/^(?:!|not )|!==?|===? false$/.test(test);
  return (
    after.guards.some((guard) => isAround(handler, guard) && isPositive(guard)) ||
    /\bcase [^:]{0,120}\binstanceof [\w$ .]{1,80} : (?:\{ )?throw\b/.test(textOf(after, handler.range)) ||
    /\brethrowIf\w* \(/.test(textOf(after, handler.range))
  );
}

/** Types that a handler tells apart, also by the functions that it hands the error to. */
function typesOf(input: RuleInput, facts: SourceFacts, { range, scope }: Handler, side: 'before' | 'after'): readonly string[] {
  const text = textOf(facts, range);
  const asked = [...text.matchAll(/(?<![\w$.] )\b(is[A-Z][\w$]*) \( [A-Za-z_$][\w$]* \)/g)].slice(0, MOST).map(([, name = '']) => name);
  const answers = [...new Set(asked)].flatMap((name) =>
    bodiesNamed(input, side, name).flatMap(({ facts: own, place }) =>
      place.name === scope ? [] : typesIn(tokensText(own, place.startLine, place.endLine)),
    ),
  );
  const handed = [...text.matchAll(/\brethrow\w* \( [A-Za-z_$][\w$]* , ([A-Z][\w$]*)/g)].map(([, type = '']) => type);
  return [...new Set([...typesIn(text), ...answers, ...handed])];
}

/** Predicates of one handler that are looked up. */
const MOST = 4;

function typesIn(text: string): readonly string[] {
  const listed = [...text.matchAll(/\bisinstance ?\( ?\w+ ?, ?\(?([\w., ]+)\)?/g)].flatMap(([, names = '']) => names.split(','));
  return [
    ...[...text.matchAll(/\binstanceof ([A-Za-z_$][\w$]*)/g)].map(([, type = '']) => type),
    ...listed.map((name) => name.trim()),
  ].filter((name) => name !== '');
}

function textOf(facts: SourceFacts, { start, end }: Handler['range']): string {
  return tokensText(facts, start.line, end.line);
}

function tokensText(facts: SourceFacts, first: number, last: number): string {
  return tokensOn(facts, first, last)
    .map(({ text }) => text)
    .join(' ');
}
