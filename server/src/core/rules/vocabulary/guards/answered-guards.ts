import type { Condition, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { hasScope } from '../code/counterpart.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { split } from '../conditions/parts.ts';
import { stopOf } from './handed-answers.ts';

/**
 * True where the function stops at the answer of a new one, of this file or of another of the change, and what that one answers is
 * what the guard asked: `changed.count !== 1` where `if (!(await store.take(…)))` asks a function that returns `count === 1`.
 */
export function isAnsweredByPart(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  if (newGuardsIn(input, guard.scope).some((fresh) => isSuchStop(after, fresh, guard) && isAnswerCompared(input, after, guard, fresh)))
    return true;
  const wanted = formOf(guard.test);
  // One thing is asked: of several, the answer would have to be taken apart.
  if (wanted === undefined) return false;
  const asked = newGuardsIn(input, guard.scope).flatMap((fresh) => {
    const answer = isSuchStop(after, fresh, guard) ? answerAsked(after, fresh) : undefined;
    return answer === undefined ? [] : [answer];
  });
  if (asked.length === 0) return false;
  const answers = [...after.conditions.filter(({ scope }) => !hasScope(before, scope)), ...input.addedElsewhere().conditions];
  return asked.some(({ callee, isRefusal }) => {
    const own = answers.filter(({ kind, scope }) => kind === 'answers' && scope !== '' && lastName(scope) === callee);
    return own.some((answer) => isStopping(answer, isRefusal, wanted));
  });
}

function isSuchStop(after: SourceFacts, fresh: Guard, { exit }: Guard): boolean {
  return fresh.exit === 'throw' || stopOf(after, fresh) === exit;
}

/** `rowCount === 0` that is `removed === 0` now, of what a function that is new in the change gives, which speaks of `rowCount`. */
function isAnswerCompared(input: RuleInput, after: SourceFacts, old: Guard, fresh: Guard): boolean {
  const [was, is] = [COMPARED.exec(old.test), COMPARED.exec(fresh.test)];
  const [name, given] = [was?.[1], is?.[1]];
  if (name === undefined || given === undefined || was?.[2] !== is?.[2]) return false;
  const bound = boundAbove(after, given, fresh.range.start.line) ?? '';
  const callee = /^(?:[\w$]+ ?(?:\.|::|->) ?)*([A-Za-z_$][\w$]*) ?\(/.exec(bound)?.[1];
  return callee !== undefined && newWordsOf(input, callee).some((body) => body.has(name));
}

/** Words of the functions of a name that the change brought, in this file or in another one. */
function newWordsOf(input: RuleInput, callee: string): readonly ReadonlySet<string>[] {
  return newBodiesOf(input, callee).map(
    ({ facts, place }) => new Set(tokensOn(facts, place.startLine, place.endLine).map(({ text }) => text)),
  );
}

const COMPARED = /^(?:[\w$]+\.)*([A-Za-z_$][\w$]*) ?((?:[=!]==?|[<>]=?) ?-?\d+)$/;

/** The function whose answer a condition is, itself or by the name that it was given; `isRefusal` where it stops at a no. */
function answerAsked(after: SourceFacts, { test, range }: Guard): { readonly callee: string; readonly isRefusal: boolean } | undefined {
  const [, negation, rest = ''] =
    /^(!|not )?\(?(?:await )?(.{1,300})$/s.exec(test.replace(/ (?:===?|is) (?:false|False)$/, '').trim()) ?? [];
  const isRefusal = negation !== undefined || / (?:===?|is) (?:false|False)$/.test(test);
  const value = /^[A-Za-z_$][\w$]*$/.test(rest) ? boundAbove(after, rest, range.start.line)?.replace(/ ?([.(]|::) ?/g, '$1') : rest;
  const callee = /^((?:[\w$]+(?:\.|::|->))*[A-Za-z_$][\w$]*)\(/.exec(value ?? '')?.[1];
  return callee === undefined ? undefined : { callee: lastName(callee), isRefusal };
}

/** The answer at which the function stops is the one that the guard stopped at. */
function isStopping({ test }: Condition, isRefusal: boolean, wanted: string): boolean {
  // Go answers with an error beside it.
  const said = test.replace(/, (?:err|nil)$/, '');
  const now = formOf(isRefusal ? `!(${said})` : said);
  return now !== undefined && (now === wanted || (wanted === '#==0' && now === '#!=1'));
}

function argumentless(test: string): string {
  return test.replace(/(?<=\w)\([^()]{0,400}\)/g, '()').replace(/\(\)(?=\))/g, '');
}

/** A condition about one thing, by the last name of what it asks for: `state!=open`, `#==0` for a count of rows that there must be. */
function formOf(test: string): string | undefined {
  const { items } = split(argumentless(argumentless(test)));
  const [, left = '', operator = '', right = ''] =
    /^(?:[\w$]+(?:\(\))?(?:\.|::|->))*([A-Za-z_$][\w$]*)(?:\(\))?([=!]=|[<>]=?)(-?[\w.:]+|'[^']*')$/.exec(items[0] ?? '') ?? [];
  if (items.length !== 1 || operator === '') return undefined;
  const said = `${operator}${right.slice(Math.max(right.lastIndexOf('.'), right.lastIndexOf(':')) + 1)}`;
  if (!/^n$|count|rows|affected|changed|update|delete|insert|matched|modified|^(?:execute|exec)$/i.test(left))
    return `${left.toLowerCase().replaceAll('_', '')}${said}`;
  return /^(?:==0|<=0|<1)$/.test(said) ? '#==0' : `#${said}`;
}
