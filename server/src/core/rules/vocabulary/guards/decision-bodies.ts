import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';

/** What a function answers: one of two ways by a condition, a condition itself, or what it returns as written. */
export type Decision =
  | { readonly kind: 'if'; readonly test: Truth; readonly yes: Decision; readonly no: Decision }
  | { readonly kind: 'truth'; readonly truth: Truth }
  | { readonly kind: 'text'; readonly text: string };

export type Truth =
  /** `opposite` of an order, which holds no more than the order does where the two cannot be compared. */
  | { readonly kind: 'atom'; readonly text: string; readonly opposite?: true }
  | { readonly kind: 'fixed'; readonly holds: boolean }
  | { readonly kind: 'not'; readonly of: Truth }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Truth[] };

/** A function that decides, and what it does first whatever it answers. */
export interface Body {
  readonly ahead: string;
  readonly decision: Decision;
}

const bodies = keepOf((_facts: SourceFacts) => new Map<string, Body | undefined>());

/** What one function decides; undefined where it does more, or where its name is that of several. */
export function bodyOf(facts: SourceFacts, scope: string): Body | undefined {
  const known = bodies(facts);
  if (!known.has(scope)) known.set(scope, readBody(facts, scope));
  return known.get(scope);
}

const NOTHING: ReadonlyMap<string, readonly string[]> = new Map();

/** Longer bodies do more than decide. */
const LONGEST = 240;

/** The same, with what the parameters stand for in one call of it. */
export function readBody(facts: SourceFacts, scope: string, given: ReadonlyMap<string, readonly string[]> = NOTHING): Body | undefined {
  const places = facts.scopes.filter(({ name }) => name === scope);
  const [place] = places;
  if (place === undefined || places.length !== 1) return undefined;
  const tokens = withEnds(tokensOn(facts, place.startLine, place.endLine));
  // The bracket of the body stands behind the one of the parameters.
  const parameters = tokens.findIndex((text) => text === '(' || text === '=>');
  const head = endOf(tokens, Math.max(0, parameters), (text) => text === '{') + 1;
  const first = tokens.findIndex((text, at) => at >= head && /^(?:if|return)$/.test(text));
  const start = first < 0 || facts.language === 'rust' ? head : first;
  if (tokens.length > LONGEST) return undefined;
  const ahead = tokens.slice(head, start);
  if (!isPlain(ahead)) return undefined;
  const said = tokens.slice(start).flatMap((text, at, all) => (all[at - 1] === '.' ? undefined : given.get(text)) ?? [text]);
  const found = ways(said, facts.language === 'rust');
  // What stands behind it closes what was opened in front.
  if (found === undefined || found.rest.some((text) => !/^[})\];,]+$/.test(text))) return undefined;
  return {
    ahead: ahead.join(' '),
    decision: found.decision,
  };
}

/** Nothing that is opened there is still open where the decision begins, as a loop, a block or a function of its own would be. */
function isPlain(tokens: readonly string[]): boolean {
  let depth = 0;
  for (const [at, text] of tokens.entries()) {
    if (/^[([{]$/.test(text)) depth += 1;
    if (/^[)\]}]$/.test(text)) depth -= 1;
    if (depth < 0 || (STATEMENT.test(text) && tokens[at - 1] !== '.')) return false;
  }
  return depth === 0;
}

const STATEMENT =
  /^(?:for|while|do|loop|with|using|try|switch|match|case|unless|else|catch|except|finally|def|fn|func|function|class|throw|raise|break|continue|yield|defer|go|select)$/;

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

/** What stands in front of a decision to stop. */
export const REFUSES = 'refuses ';

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
export function truthOf(tokens: readonly string[]): Truth | undefined {
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
  let depth = 0;
  const signs = tokens.map((text) => {
    depth += /^[([{]$/.test(text) ? 1 : /^[)\]}]$/.test(text) ? -1 : 0;
    return depth === 0 && COMPARES.test(text) ? text : '';
  });
  // `!a === b` asks whether the opposite of `a` is `b`; Python's `not` takes the comparison whole.
  if (head === 'not' || (head === '!' && signs.every((text) => text === ''))) {
    const of = truthOf(tokens.slice(1));
    return of === undefined ? undefined : { kind: 'not', of };
  }
  if (head === '(' && closing(tokens, 0) === tokens.length - 1) return truthOf(tokens.slice(1, -1));
  if (tokens.length === 1 && /^(?:true|True|false|False)$/.test(head)) return { kind: 'fixed', holds: /^[tT]/.test(head) };
  // `a <= b` is the opposite of `a > b`, and `a < b` is `b > a`.
  const order = signs.findIndex((text) => /^[<>]=?$/.test(text));
  const sign = signs.findIndex((text) => /^[!=]==?$/.test(text));
  if (order > 0 && sign < 0) {
    const [left, right, how = ''] = [tokens.slice(0, order).join(' '), tokens.slice(order + 1).join(' '), tokens[order]];
    const text = how === '>' || how === '<=' ? `${left} > ${right}` : `${right} > ${left}`;
    return { kind: 'atom', text, ...(how.endsWith('=') ? { opposite: true as const } : {}) };
  }
  if (sign < 0) return { kind: 'atom', text: tokens.join(' ') };
  const sides = [tokens.slice(0, sign).join(' '), tokens.slice(sign + 1).join(' ')].sort();
  // JavaScript's `== null` holds of what is undefined, too. Between other values it is the same question, asked less strictly (`loose-equality`).
  const isStrict = tokens[sign]?.length === 3 && sides.some((side) => /^(?:null|undefined)$/.test(side));
  const atom: Truth = { kind: 'atom', text: sides.join(isStrict ? ' === ' : ' == ') };
  return tokens[sign]?.startsWith('!') === true ? { kind: 'not', of: atom } : atom;
}

const COMPARES = /^(?:[!=]==?|[<>]=?|in|is|instanceof)$/;

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
