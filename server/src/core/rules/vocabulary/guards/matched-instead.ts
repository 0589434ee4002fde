import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { type Arm, type Choice, choicesIn } from '../code/choice-arms.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { partScopes } from '../code/own-parts.ts';
import { comparisonOf, split } from '../conditions/parts.ts';
import { isHeeded, stopsOnReason } from './heeded-refusals.ts';

/**
 * True where the arms of a choice about the same value refuse what the guard refused: `if n == 0 || n > MAX { return Err(Count) }` that is
 * `match n { 1..=MAX => Ok(()), _ => Err(Count) }`, in this function or in a new one whose refusal stops it. No arm that goes on may take
 * a value which the guard stopped.
 */
export function isMatchedInstead(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || scope === '' || guard.exit === 'break') return false;
  const asked = questionsOf(guard, before);
  if (asked === undefined) return false;
  const parts = partScopes(after, scope).filter((part) => part === scope || !hasScope(before, part));
  const refusals = new Map(parts.map((part) => [part, refusalsOf(input, guard, { scope, part })]));
  return asked.every((question) =>
    parts.some((part) => {
      const refuses = refusals.get(part);
      if (refuses === undefined) return false;
      const known = [question, ...namesakes(after, part, question)];
      return choicesIn(after, part).some((choice) => known.some((one) => isRefused(after, choice, { question: one, refuses })));
    }),
  );
}

/** How an arm of a part begins that stops the function; undefined where none does. */
function refusalsOf(input: RuleInput, guard: Guard, place: { readonly scope: string; readonly part: string }): RegExp | undefined {
  const { after } = input;
  if (after === undefined) return undefined;
  if (place.part === place.scope) return refusing(after, guard.exit === 'return');
  if (stopsOnReason(after, place)) return REASON;
  return isHeeded(input, guard, place) ? refusing(after, false) : undefined;
}

/** What is wrong is given back: a text, or a thing that says it. */
const REASON =
  /^(?:\{ )?(?:(?:return |yield )(?!(?:null|undefined|None|nil|true|True|false|False)\b|Optional \. empty|''|[;}]|$)\S|'s'|Optional \. of|Some \()/;

/** What is compared with a number, and how: `routes` by its length, `> 10000`. */
interface Question {
  readonly subject: string;
  /** True for how many there are of it. */
  readonly isCount: boolean;
  readonly how: string;
  readonly limit: number;
}

/** Questions of which each one is enough to refuse; undefined where one of them compares with no number. */
function questionsOf({ test }: Guard, facts: SourceFacts): readonly Question[] | undefined {
  const { all, items } = split(test);
  if (all && items.length > 1) return undefined;
  const found = items.map((item) => questionOf(item, facts));
  return found.every((question) => question !== undefined) ? found : undefined;
}

function questionOf(item: string, facts: SourceFacts): Question | undefined {
  const [, isEmpty, denied] = /^([\w.$()]+)\.(?:is_?[eE]mpty)\(\)$|^!([\w.$()]+)$/.exec(item) ?? [];
  const empty = isEmpty ?? denied;
  if (empty !== undefined) return { ...subjectOf(isEmpty ?? `${empty}.length`), isCount: true, how: '==', limit: 0 };
  const { left = '', operator = '', right = '' } = comparisonOf(item) ?? {};
  const limit = limitOf(right, facts);
  return limit === undefined || HOLDS[operator] === undefined || !/^[\w.:$()&]+$/.test(left)
    ? undefined
    : { ...subjectOf(left), how: operator, limit };
}

/** A number, or for a constant of another file one that no other name has. */
function limitOf(text: string, facts: SourceFacts): number | undefined {
  const known = numberIn(text, facts);
  const name = /^(?:\w+(?:\.|::))*([A-Z][A-Z0-9_]{2,})$/.exec(text)?.[1];
  if (known !== undefined || name === undefined) return known;
  let own = UNKNOWN;
  for (let at = 0; at < name.length; at += 1) own += name.charCodeAt(at) * APART * 31 ** (at % 6);
  return own;
}

/** From here on a number stands for a name. */
const UNKNOWN = 1e10;
/** Numbers of two names are further from one another than a value and the next one. */
const APART = 8;

const HOLDS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** `table.routes.len()`, `len(table.Routes)`: how many `routes`. */
function subjectOf(written: string): Pick<Question, 'subject' | 'isCount'> {
  const text = written.replace(/ /g, '').replace(/^(?:\(\w+\)|Integer\.valueOf(?=\())/, '');
  const counted = /^len\((.+)\)$/.exec(text)?.[1] ?? /^(.+)\.(?:length|len\(\)|size\(\)|Count|count\(\))$/.exec(text)?.[1] ?? undefined;
  const isRows = counted !== undefined && !/(?:^|\.)count\(\)$/.test(text);
  const name = lastName((isRows ? counted : text).replace(/\(\)$/, ''));
  return {
    subject: name.replaceAll('_', '').toLowerCase(),
    isCount: isRows || /^(?:len|count|rowsaffected|size|capacity|remaining)$/i.test(name.replaceAll('_', '')),
  };
}

/** The same question of a new function's parameter: `routes` of `check(table.routes)`. */
function namesakes({ symbols, calls }: SourceFacts, part: string, question: Question): readonly Question[] {
  const parameters = symbols.find(({ name }) => name === part)?.parameters ?? [];
  const own = lastName(part);
  return calls
    .filter(({ callee }) => lastName(callee) === own)
    .flatMap(({ args }) =>
      parameters.flatMap(({ name }, at) =>
        args[at] !== undefined && subjectOf(args[at].replace(/^[&*]+(?:mut )?/, '')).subject === question.subject
          ? [{ ...question, subject: name.replaceAll('_', '').toLowerCase() }]
          : [],
      ),
    );
}

interface Wanted {
  readonly question: Question;
  readonly refuses: RegExp;
}

/** Values on either side of each number that the guard or an arm names are handed to the arms in their order. */
function isRefused(facts: SourceFacts, choice: Choice, { question, refuses }: Wanted): boolean {
  const about = subjectOf(choice.subject);
  const isAbout = ({ subject, isCount }: Pick<Question, 'subject' | 'isCount'>): boolean =>
    subject === question.subject && (isCount || !question.isCount);
  const arms = choice.arms.map((arm) => readArm(facts, arm, choice.subject !== '' && isAbout(about)));
  const ends = [question.limit, ...arms.flatMap(({ ends: own }) => own)].filter(Number.isFinite);
  // What another file calls so many is known by that name alone.
  if (question.limit >= UNKNOWN && !ends.slice(1).some((end) => Math.abs(end - question.limit) <= 1)) return false;
  const values = new Set([...ends.flatMap((end) => [end - 1, end, end + 1]), 0, FAR, ...(question.isCount ? [] : [-FAR])]);
  const stopped = [...values].filter((value) => (value >= 0 || !question.isCount) && HOLDS[question.how]?.(value, question.limit) === true);
  const isStopped = (value: number): boolean => {
    for (const [at, arm] of arms.entries()) {
      const isRefusal = refuses.test(choice.arms[at]?.body ?? '');
      const taken = arm.takes(value, isAbout);
      if (taken === true || (taken === undefined && !isRefusal)) return isRefusal;
    }
    return false;
  };
  return stopped.length > 0 && stopped.every(isStopped);
}

const FAR = 1e15;

interface ReadArm {
  readonly ends: readonly number[];
  /** Whether it takes a value; undefined where something else decides as well. */
  takes(value: number, isAbout: (other: Question) => boolean): boolean | undefined;
}

function readArm(facts: SourceFacts, { pattern, condition }: Arm, isAbout: boolean): ReadArm {
  const isRest = pattern === '' && condition === '';
  const ranges = isAbout && pattern !== '' ? pattern.split(' | ').map((each) => endsOf(each, facts)) : [];
  // `switch { case n > MAX: … }`: the pattern is what must hold.
  const tests = [condition, isAbout || ranges.length > 0 ? '' : pattern].filter((text) => text !== '').map(split);
  const questions = tests.map(({ all, items }) => ({ all, own: items.map((item) => questionOf(item, facts)) }));
  const limits = questions.flatMap(({ own }) => own.flatMap((question) => question?.limit ?? []));
  return {
    ends: [...ranges.flatMap((range) => range ?? []), ...limits],
    takes(value, asksAlike) {
      if (isRest) return true;
      const inRange = ranges.map((range) => (range === undefined ? undefined : (range[0] ?? 0) <= value && value <= (range.at(-1) ?? 0)));
      const held = questions.map(({ all, own }) => {
        const each = own.map((question) =>
          question === undefined || !asksAlike(question) ? undefined : HOLDS[question.how]?.(value, question.limit),
        );
        return joined(each, all && each.length > 1);
      });
      return joined([...(ranges.length > 0 ? [joined(inRange, false)] : []), ...held], true);
    },
  };
}

/** All of them, or any; undefined where that hangs on what is not known. */
function joined(parts: readonly (boolean | undefined)[], all: boolean): boolean | undefined {
  if (parts.includes(!all)) return !all;
  return parts.includes(undefined) ? undefined : all;
}

/** The first and the last number of a literal or a range, also of one that is open at an end; undefined for a name. */
function endsOf(pattern: string, facts: SourceFacts): readonly number[] | undefined {
  const text = pattern.replaceAll(' ', '');
  const [first = '', last] = text.split(/\.\.=?/);
  const numberOf = (side: string, open: number): number | undefined =>
    side === '' || /::(?:MIN|MAX)$/.test(side) ? open : /^[-\w:.]+$/.test(side) ? limitOf(side, facts) : undefined;
  if (last === undefined) {
    const only = /^-?[\dA-Z]/.test(text) ? limitOf(text, facts) : undefined;
    return only === undefined ? undefined : [only];
  }
  const [from, to] = [numberOf(first, -Infinity), numberOf(last, Infinity)];
  return from === undefined || to === undefined ? undefined : [from, text.includes('..=') ? to : to - 1];
}

/** How an arm begins that refuses, perhaps behind a line that notes it; where its function gave back at once, also by giving back nothing. */
function refusing({ language }: SourceFacts, isReturned: boolean): RegExp {
  const noted = '(?:\\{ )?(?:(?:[\\w.]+|\\w+ !) \\( [^;{}]{0,200}\\) ;? ?)?';
  if (language === 'rust')
    return new RegExp(`^${noted}(?:(?:return )?Err \\(|(?:anyhow|bail|eyre|panic) !${isReturned ? '|return (?:false|None|;)' : ''})`);
  if (language === 'go')
    return new RegExp(
      `^${noted}return (?:[^;{}]{0,120}, )?(?:&? ?[\\w.]*[eE]rr|errors \\.|fmt \\. Errorf|status \\.${isReturned ? '|false|nil$' : ''})`,
    );
  const back = isReturned ? '|return(?: (?:false|null|undefined|None|False)|(?= ;)|$)' : '';
  return new RegExp(`^${noted}(?:throw |raise ${back})`);
}
