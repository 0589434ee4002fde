import type { CodeToken, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { isNewPart, newCallsIn } from '../code/scope-changes.ts';

/** More conditions than this are not put into a table. */
const MOST_ATOMS = 7;

/**
 * True where a function that only decides answers the same for every outcome of its conditions, however it is written: `if (a) return true;
 * if (!b) return false; return true` that is `return a || b`. A function that does anything else on the way has no table.
 */
export function answersAlike(input: RuleInput, scope: string): boolean {
  const { before, after } = input;
  const now = scope === '' ? undefined : counterpartScope(input, scope);
  if (before === undefined || after === undefined || now === undefined) return false;
  const [old, fresh] = [bodyOf(before, scope), bodyOf(after, now)];
  if (old === undefined || fresh === undefined || old.ahead !== fresh.ahead) return false;
  const [was, is] = [old.decision, fresh.decision];
  const atoms = [...new Set([...atomsOf(was), ...atomsOf(is)])];
  if (atoms.length === 0 || atoms.length > MOST_ATOMS) return false;
  const answers = new Set<string>();
  for (let row = 0; row < 2 ** atoms.length; row += 1) {
    const holds = (atom: string): boolean => ((row >> atoms.indexOf(atom)) & 1) === 1;
    if (answer(was, holds) !== answer(is, holds)) return false;
    answers.add(answer(was, holds));
  }
  // One that always answers the same decides nothing.
  return answers.size > 1;
}

/**
 * The same of a guard that went into a function of its own which throws: `if (cents > MAX && !manager) throw` that is `if (cents <= MAX) return;
 * if (manager) return; throw` in `assertMayRefund`, which the old function calls.
 */
export function isAssertedInPart(input: RuleInput, guard: Guard): boolean {
  const { after } = input;
  const asked = truthOf(guard.test.match(WORDS) ?? []);
  if (after === undefined || asked === undefined || guard.exit !== 'throw') return false;
  return newCallsIn(input, guard.scope).some((call) => {
    const own = after.scopes.find(({ name }) => lastName(name) === lastName(call.callee) && isNewPart(input, name, guard.scope));
    const body = own === undefined ? undefined : bodyOf(after, own.name);
    return body?.ahead === '' && refusesLike(body.decision, asked);
  });
}

const WORDS = /'[^']*'|"[^"]*"|[A-Za-z_$][\w$]*|\d+|[=!]==?|[<>]=?|&&|\|\||\?\.|[^\s\w]/g;

function refusesLike(decision: Decision, asked: Truth): boolean {
  const atoms = [...new Set([...atomsOf(decision), ...atomsOf(asked)])];
  if (atoms.length > MOST_ATOMS) return false;
  for (let row = 0; row < 2 ** atoms.length; row += 1) {
    const holds = (atom: string): boolean => ((row >> atoms.indexOf(atom)) & 1) === 1;
    if (isTrue(asked, holds) !== answer(decision, holds).startsWith(REFUSES)) return false;
  }
  return true;
}

const REFUSES = 'refuses ';

/** What a function answers: one of two ways by a condition, a condition itself, or what it returns as written. */
type Decision =
  | { readonly kind: 'if'; readonly test: Truth; readonly yes: Decision; readonly no: Decision }
  | { readonly kind: 'truth'; readonly truth: Truth }
  | { readonly kind: 'text'; readonly text: string };

type Truth =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'fixed'; readonly holds: boolean }
  | { readonly kind: 'not'; readonly of: Truth }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Truth[] };

function answer(decision: Decision, holds: (atom: string) => boolean): string {
  if (decision.kind === 'text') return decision.text;
  if (decision.kind === 'truth') return String(isTrue(decision.truth, holds));
  return answer(isTrue(decision.test, holds) ? decision.yes : decision.no, holds);
}

function isTrue(truth: Truth, holds: (atom: string) => boolean): boolean {
  if (truth.kind === 'atom') return holds(truth.text);
  if (truth.kind === 'fixed') return truth.holds;
  if (truth.kind === 'not') return !isTrue(truth.of, holds);
  return truth.kind === 'all' ? truth.of.every((part) => isTrue(part, holds)) : truth.of.some((part) => isTrue(part, holds));
}

function atomsOf(of: Decision | Truth): readonly string[] {
  if (of.kind === 'if') return [...atomsOf(of.test), ...atomsOf(of.yes), ...atomsOf(of.no)];
  if (of.kind === 'truth') return atomsOf(of.truth);
  if (of.kind === 'atom') return [of.text];
  if (of.kind === 'not') return atomsOf(of.of);
  return of.kind === 'all' || of.kind === 'any' ? of.of.flatMap(atomsOf) : [];
}

/** A function that decides, and what it does first whatever it answers. */
interface Body {
  readonly ahead: string;
  readonly decision: Decision;
}

const bodies = keepOf((_facts: SourceFacts) => new Map<string, Body | undefined>());

function bodyOf(facts: SourceFacts, scope: string): Body | undefined {
  const known = bodies(facts);
  if (!known.has(scope)) known.set(scope, readBody(facts, scope));
  return known.get(scope);
}

/** Longer bodies do more than decide. */
const LONGEST = 240;

function readBody(facts: SourceFacts, scope: string): Body | undefined {
  const places = facts.scopes.filter(({ name }) => name === scope);
  const [place] = places;
  if (place === undefined || places.length !== 1) return undefined;
  const tokens = withEnds(tokensOn(facts, place.startLine, place.endLine));
  const head = endOf(tokens, 0, (text) => text === '{' || text === ':') + 1;
  const first = tokens.findIndex((text, at) => at >= head && /^(?:if|return)$/.test(text));
  const start = first < 0 || facts.language === 'rust' ? head : first;
  if (tokens.length > LONGEST) return undefined;
  const found = ways(tokens.slice(start), facts.language === 'rust');
  // What stands behind it closes what was opened in front.
  if (found === undefined || found.rest.some((text) => !/^[})\];,]+$/.test(text))) return undefined;
  return {
    ahead: tokens
      .slice(head, start)
      .join(' ')
      .replace(/^[^=]*\{ ?/, ''),
    decision: found.decision,
  };
}

/** Tokens with a `;` where a line ends a statement, for languages that write none. */
function withEnds(tokens: readonly CodeToken[]): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  for (const [at, { text, line }] of tokens.entries()) {
    const ahead = tokens[at - 1];
    if (ahead !== undefined && ahead.line !== line && depth === 0 && !GOES_ON.test(ahead.text) && !FOLLOWS.test(text)) found.push(';');
    if (/^[([]$/.test(text)) depth += 1;
    if (/^[)\]]$/.test(text)) depth -= 1;
    found.push(text);
  }
  return found;
}

const GOES_ON = /^(?:[{};,:([]|&&|\|\||\?\??|[=!<>]=?=?|[-+*/%.]|and|or|not|=>|else)$/;
const FOLLOWS = /^(?:[.?:)}\]{;]|&&|\|\||\?\?|\?\.|and|or|[=!<>]=?=?)$/;

interface Read {
  readonly decision: Decision;
  readonly rest: readonly string[];
}

/** `if (…) return …`, one after the other, and the last `return`. */
function ways(tokens: readonly string[], isRust: boolean): Read | undefined {
  const [head] = tokens;
  if (head === ';') return ways(tokens.slice(1), isRust);
  if (head === 'return' || head === 'throw' || head === 'raise') {
    const end = endOf(tokens, 1, (text) => /^(?:[;}]|if|elif|return|throw|raise|else)$/.test(text));
    const value = tokens.slice(1, end);
    return { decision: head === 'return' ? answerOf(value) : { kind: 'text', text: REFUSES + value.join(' ') }, rest: tokens.slice(end) };
  }
  // The end of a function that says nothing there.
  if (head === '}' || head === undefined) return { decision: { kind: 'text', text: '' }, rest: tokens };
  if (head !== 'if' && head !== 'elif') {
    // Rust answers with what stands last; elsewhere it is done and not answered.
    if (!isRust) return undefined;
    const end = endOf(tokens, 0, (text) => /^(?:[;}]|if|return|throw|raise)$/.test(text));
    return { decision: answerOf(tokens.slice(0, end)), rest: tokens.slice(end) };
  }
  const isBare = tokens[1] !== '(' || JOINS.test(tokens[closing(tokens, 1) + 1] ?? '');
  const end = isBare ? endOf(tokens, 1, (text) => text === '{' || text === ':') : closing(tokens, 1) + 1;
  const test = truthOf(isBare ? tokens.slice(1, end) : tokens.slice(2, end - 1));
  let at = end;
  if (tokens[at] === ':') at += 1;
  const isBlock = tokens[at] === '{';
  const yes = ways(tokens.slice(isBlock ? at + 1 : at), isRust);
  if (test === undefined || yes === undefined) return undefined;
  let rest = yes.rest;
  while (rest[0] === ';') rest = rest.slice(1);
  if (isBlock) {
    if (rest[0] !== '}') return undefined;
    rest = rest.slice(1);
  }
  while (rest[0] === ';') rest = rest.slice(1);
  const isElse = rest[0] === 'else';
  if (isElse) rest = rest.slice(rest[1] === ':' ? 2 : 1);
  const isElseBlock = isElse && rest[0] === '{';
  const no = ways(isElseBlock ? rest.slice(1) : rest, isRust);
  if (no === undefined || (isElseBlock && no.rest.find((text) => text !== ';') !== '}')) return undefined;
  return {
    decision: { kind: 'if', test, yes: yes.decision, no: no.decision },
    rest: isElseBlock ? no.rest.slice(no.rest.indexOf('}') + 1) : no.rest,
  };
}

/** What goes on with a condition behind a bracket. */
const JOINS = /^(?:&&|\|\||and|or|[=!]==?|[<>]=?|\.|\?\.|[-+*/%:]|in|is|not)$/;

function answerOf(tokens: readonly string[]): Decision {
  const truth = truthOf(tokens);
  const isTruth =
    truth !== undefined &&
    (truth.kind !== 'atom' || /[=<>]|^(?:in|is)$/.test(tokens.join(' ')) || /\.(?:is|has|equals)/.test(tokens.join('')));
  return isTruth ? { kind: 'truth', truth } : { kind: 'text', text: tokens.join(' ') };
}

/** A condition by its parts; undefined where it has none. */
function truthOf(tokens: readonly string[]): Truth | undefined {
  if (tokens.length === 0) return undefined;
  for (const [kind, sign] of [
    ['any', /^(?:\|\||or)$/],
    ['all', /^(?:&&|and)$/],
  ] as const) {
    const parts = cut(tokens, sign);
    if (parts.length < 2) continue;
    const of = parts.map(truthOf);
    return of.some((part) => part === undefined) ? undefined : { kind, of: of as readonly Truth[] };
  }
  const [head = ''] = tokens;
  if (head === '!' || head === 'not') {
    const of = truthOf(tokens.slice(1));
    return of === undefined ? undefined : { kind: 'not', of };
  }
  if (head === '(' && closing(tokens, 0) === tokens.length - 1) return truthOf(tokens.slice(1, -1));
  if (tokens.length === 1 && /^(?:true|True|false|False)$/.test(head)) return { kind: 'fixed', holds: /^[tT]/.test(head) };
  // `a <= b` is the opposite of `a > b`, and `a < b` is `b > a`.
  const order = tokens.findIndex((text) => /^[<>]=?$/.test(text));
  if (order > 0 && !tokens.some((text) => /^[!=]==?$/.test(text))) {
    const [left, right, how = ''] = [tokens.slice(0, order).join(' '), tokens.slice(order + 1).join(' '), tokens[order]];
    const atom: Truth = { kind: 'atom', text: how === '>' || how === '<=' ? `${left} > ${right}` : `${right} > ${left}` };
    return how.endsWith('=') ? { kind: 'not', of: atom } : atom;
  }
  const sign = tokens.findIndex((text) => /^(?:[!=]==?)$/.test(text));
  if (sign < 0) return { kind: 'atom', text: tokens.join(' ') };
  const sides = [tokens.slice(0, sign).join(' '), tokens.slice(sign + 1).join(' ')].sort();
  const atom: Truth = { kind: 'atom', text: sides.join(' == ') };
  return tokens[sign]?.startsWith('!') === true ? { kind: 'not', of: atom } : atom;
}

function cut(tokens: readonly string[], sign: RegExp): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const text of tokens) {
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (depth === 0 && sign.test(text)) parts.push([]);
    else parts.at(-1)?.push(text);
  }
  return parts;
}

/** Where the bracket at `from` is closed. */
function closing(tokens: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    if (/^[([{]$/.test(tokens[at] ?? '')) depth += 1;
    if (/^[)\]}]$/.test(tokens[at] ?? '')) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

function endOf(tokens: readonly string[], from: number, isEnd: (text: string) => boolean): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const text = tokens[at] ?? '';
    if (depth === 0 && isEnd(text)) return at;
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (depth < 0) return at;
  }
  return tokens.length;
}
