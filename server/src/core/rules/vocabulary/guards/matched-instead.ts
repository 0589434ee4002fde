import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { partScopes } from '../code/own-parts.ts';

/**
 * True where a `match` of the same value refuses what the guard refused: `if done.rows_affected() != 1 { return Err(Gone) }` that is
 * `match done.rows_affected() { 1 => Ok(()), _ => Err(Gone) }`. No arm that goes on may take a value which the guard stopped.
 */
export function isMatchedInstead(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after?.language !== 'rust' || scope === undefined || scope === '' || guard.exit !== 'throw') return false;
  const [, subject, how = '', bound = ''] = COMPARES.exec(guard.test) ?? [];
  const limit = numberIn(bound, before);
  if (subject === undefined || limit === undefined) return false;
  const refused = (value: number): boolean => HOLDS[how]?.(value, limit) === true;
  const isCounted = /^(?:len|count|rows_affected|size|capacity|remaining)$/.test(lastName(subject));
  const parts = partScopes(after, scope).filter((part) => part === scope || !hasScope(before, part));
  return parts.some((part) =>
    matchesOf(after, part, lastName(subject)).some((arms) => {
      const refusing = arms.filter(({ body }) => REFUSES.test(body));
      const others = arms.filter(({ body }) => !REFUSES.test(body));
      // Arms are asked in their order: what an earlier one refused comes to no later one.
      const isKept = ({ pattern }: Arm, at: number): boolean =>
        pattern.split(' | ').every((each) => {
          const ends = endsOf(each, after);
          if (ends !== undefined) return !ends.some(refused);
          const earlier = refusing.filter((other) => arms.indexOf(other) < at).flatMap((other) => other.pattern.split(' | '));
          return (
            earlier.some((other) => covers(endsOf(other, after), { how, limit, least: isCounted ? 0 : -Infinity })) ||
            isConverse(each, { how, limit }, after)
          );
        });
      return refusing.length > 0 && others.every((arm) => isKept(arm, arms.indexOf(arm)));
    }),
  );
}

const COMPARES = /^((?:\w+(?:\.|::))*\w+)(?:\(\))? (==|!=|<=?|>=?) ([\w:]+)$/;
const HOLDS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};
const REFUSES = /^(?:\{ )?(?:return )?(?:Err \(|(?:anyhow|bail|eyre|panic) ! )/;

interface Arm {
  readonly pattern: string;
  readonly body: string;
}

/** The arms of each `match` of a value of that name in a function. */
function matchesOf(facts: SourceFacts, scope: string, name: string): readonly (readonly Arm[])[] {
  const { text } = codeOfScope(facts, scope);
  const heads = [...text.matchAll(/\bmatch ([^{};]{1,160}) \{ /g)];
  return heads.flatMap((head) => {
    const value = head[1]?.replace(/ \( \)$/, '').replace(/ /g, '') ?? '';
    if (lastName(value) !== name) return [];
    return [armsIn(text.slice(head.index + head[0].length))];
  });
}

function armsIn(text: string): readonly Arm[] {
  return splitSource(text.slice(0, closingFrom(text, 0)).replace(/ \} (?=[^ ,;)}.?])/g, ' } , '), ',').flatMap((arm) => {
    const at = arm.indexOf('=>');
    return at < 0 ? [] : [{ pattern: arm.slice(0, at).trim(), body: arm.slice(at + 2).trim() }];
  });
}

/** The first and the last number of a literal or a range, also of one that is open at an end; undefined for a name. */
function endsOf(pattern: string, facts: SourceFacts): readonly number[] | undefined {
  const text = pattern.replace(/^\w{1,40} @ /, '').replaceAll(' ', '');
  const [first = '', last] = text.split(/\.\.=?/);
  const numberOf = (side: string, open: number): number | undefined =>
    side === '' || /::(?:MIN|MAX)$/.test(side) ? open : /^[-\w:]+$/.test(side) ? numberIn(side, facts) : undefined;
  if (last === undefined) {
    const only = /^-?[\dA-Z]/.test(text) ? numberIn(text, facts) : undefined;
    return only === undefined ? undefined : [only];
  }
  const [from, to] = [numberOf(first, -Infinity), numberOf(last, Infinity)];
  return from === undefined || to === undefined ? undefined : [from, text.includes('..=') ? to : to - 1];
}

/** What an arm refuses is all that the guard refused, down to the least that there may be. */
function covers(
  ends: readonly number[] | undefined,
  { how, limit, least }: { readonly how: string; readonly limit: number; readonly least: number },
): boolean {
  const [from, to] = [ends?.[0], ends?.at(-1)];
  if (from === undefined || to === undefined) return false;
  if (how === '==') return from <= limit && limit <= to;
  if (how.startsWith('<')) return from <= least && to >= (how === '<' ? limit - 1 : limit);
  return how.startsWith('>') && to === Infinity && from <= (how === '>' ? limit + 1 : limit);
}

/** `n if n <= MAX` goes on where the guard did not stop. */
function isConverse(pattern: string, { how, limit }: { readonly how: string; readonly limit: number }, facts: SourceFacts): boolean {
  const [, name, asked, sign = '', bound = ''] = /^(\w+) if (\w+) (==|<=?|>=?) ([\w: ]+)$/.exec(pattern) ?? [];
  const most = name !== undefined && name === asked ? numberIn(bound.replaceAll(' ', ''), facts) : undefined;
  if (most === undefined) return false;
  if (sign === '==') return HOLDS[how]?.(most, limit) === false;
  const holds = (value: number): boolean => HOLDS[how]?.(value, limit) === true;
  return sign[0] !== how[0] && (how[0] === '<' || how[0] === '>') && !holds(sign === '<' ? most - 1 : sign === '>' ? most + 1 : most);
}
