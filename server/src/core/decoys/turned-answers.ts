import type { Call, CodeToken, Guard, Scope, SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { tokensOn } from '../rules/vocabulary/code/code-text.ts';
import { factsWithin } from '../rules/vocabulary/code/facts-by-place.ts';
import { isBalanced, negate, type Parts, split } from '../rules/vocabulary/conditions/parts.ts';
import { isAsync } from './idle-calls.ts';
import type { Loss } from './losses.ts';
import type { AskedCall } from './vain-calls.ts';

/** True for a call whose answer decides nothing, or the opposite of what was lost. */
export function isTurned(asked: AskedCall): boolean {
  return isOutvoted(asked) || isPromise(asked) || isInverted(asked) || isInvertedError(asked) || isAsserted(asked);
}

/** `may(user) || true`, and not `may(user) || true && other`. */
function isOutvoted({ facts, call, voucher }: AskedCall): boolean {
  if (voucher.throws) return false;
  const { behind, front } = neighbours(facts, call);
  const [or = '', value = '', end = ''] = behind;
  if (OR.test(or) && TRUE.test(value)) return /^[;,:)}\]]?$/.test(end);
  return OR.test(front.at(-1) ?? '') && TRUE.test(front.at(-2) ?? '') && /^[;{(=]?$|^return$/.test(front.at(-3) ?? '');
}

const OR = /^(?:\|\||or)$/;
const TRUE = /^(?:true|True)$/;

/** `if (!may(user))`, where `may` gives a promise: there always is one. */
function isPromise({ facts, call, voucher }: AskedCall): boolean {
  if (!isAsync(voucher) || !/^(?:typescript|python)$/.test(facts.language)) return false;
  const { front } = neighbours(facts, call);
  if (/^(?:!|not)$/.test(front.at(-1) ?? '')) return true;
  const [keyword = '', name = '', sign] = front.filter((text) => text !== ';').slice(-LONGEST_BINDING);
  if (sign !== '=' || !/^(?:const|let|var)$/.test(keyword)) return false;
  const scope = facts.scopes.find((each) => each.name === call.scope);
  const said = tokensOn(facts, call.range.end.line + 1, scope?.endLine ?? 0);
  const uses = [...said.entries()].filter(([, { text }]) => text === name);
  return uses.length > 0 && uses.every(([at]) => said[at - 1]?.text === '!');
}

/** `const allowed =`. */
const LONGEST_BINDING = 3;

/** `if (isOwner(user)) throw`, where who was not the owner was refused. */
function isInverted({ facts, call, voucher, losses }: AskedCall): boolean {
  const guard = guardOf(facts, call);
  const asks = guard === undefined ? undefined : signOf(guard, call.callee);
  if (guard === undefined || asks === undefined) return false;
  // An answer may be the work itself: `if (isOwner(user)) return response.json(order)`.
  const isRefusal = ({ file, fact }: Loss): boolean =>
    guard.exit === 'throw' || (guard.exit === 'answer' && fact !== undefined && exitOf(file.before, fact) === exitOf(facts, guard));
  const says = losses.flatMap((loss) =>
    loss.fact !== undefined && 'exit' in loss.fact && isRefusal(loss) ? [refusesOn(voucher, split(loss.fact.test))] : [],
  );
  const known = says.filter((each) => each !== undefined);
  return known.length > 0 && known.every((each) => each !== asks);
}

/** What is done where a condition holds, from its `return` on. */
function exitOf(facts: SourceFacts | undefined, { range }: Pick<Guard, 'range'>): string {
  const said = tokensOn(facts, range.start.line, range.end.line).map(({ text }) => text);
  return said.slice(said.indexOf('return')).join(' ');
}

/** The condition that asks for a call alone: its answer, a name that its line binds it to, or the error that it gives. */
export function guardOf(facts: SourceFacts, call: Call): Guard | undefined {
  const { callee, scope, range } = call;
  const { front, behind } = neighbours(facts, call);
  const words = front.filter((text) => !/^(?:;|\{|await|const|let|var|boolean|bool)$/.test(text));
  const name = words.length === 2 && words[1] === '=' && /^(?:;|\|\||or)?$/.test(behind[0] ?? '') ? words[0] : undefined;
  return factsWithin(facts.guards, scope).find((guard) => {
    const { checks = [], test } = guard;
    const [first, last] = [guard.range.start.line, guard.range.end.line];
    if (first === range.start.line && checks.includes(callee)) return true;
    if (first <= range.start.line && range.start.line <= last) return signOf(guard, callee) !== undefined;
    return name !== undefined && first > range.end.line && (test === `!${name}` || test === `not ${name}` || test === name);
  });
}

/** The answer on which a condition that is one call alone holds. */
function signOf({ test }: Guard, callee: string): boolean | undefined {
  const { items } = split(test.replace(/\bawait\s+/g, ''));
  const [item = ''] = items;
  const own = `${callee}(`;
  const call = item.startsWith('!') ? item.slice(1) : item;
  if (items.length !== 1 || !call.startsWith(own) || !call.endsWith(')') || !isBalanced(call.slice(own.length, -1))) return undefined;
  return !item.startsWith('!');
}

/** The answer with which a function says that a lost condition held. */
function refusesOn({ facts, guards, place }: AskedCall['voucher'], lost: Parts): boolean | undefined {
  const [only, second] = guards;
  const answer = answerOf(facts, place);
  const test = only?.test ?? answer;
  if (test === undefined || second !== undefined) return undefined;
  const own = split(test);
  const isSame = isEqual(own, lost);
  if (!isSame && !isEqual(own, negate(lost))) return undefined;
  if (only === undefined) return isSame;
  const given = tokensOn(facts, only.range.start.line, only.range.end.line);
  const value = given[given.findIndex(({ text }) => text === 'return') + 1]?.text ?? '';
  return /^(?:true|True|false|False)$/.test(value) ? /^t/i.test(value) === isSame : undefined;
}

/** What a function gives that has one `return`. */
function answerOf(facts: SourceFacts, { startLine, endLine }: Scope): string | undefined {
  const tokens = tokensOn(facts, startLine, endLine).map(({ text }) => text);
  const at = tokens.indexOf('return');
  if (at < 0 || tokens.indexOf('return', at + 1) >= 0) return undefined;
  const behind = tokens.slice(at + 1);
  const end = behind.findIndex((text) => /^[;}]$/.test(text));
  return behind.slice(0, end < 0 ? behind.length : end).join(' ');
}

function isEqual(a: Parts, b: Parts): boolean {
  return a.all === b.all && a.items.length === b.items.length && a.items.every((item) => b.items.includes(item));
}

/** Go's `if err := demand(user); err == nil { return err }`. */
function isInvertedError({ facts, call }: AskedCall): boolean {
  const guard = factsWithin(facts.guards, call.scope).find(
    ({ checks, range }) => checks?.includes(call.callee) === true && range.start.line === call.range.start.line,
  );
  const name = /^(\w+) == nil$/.exec(guard?.test ?? '')?.[1];
  if (facts.language !== 'go' || guard === undefined || name === undefined) return false;
  const inside = tokensOn(facts, guard.range.start.line + 1, guard.range.end.line).map(({ text }) => text);
  return inside.includes(name) && inside.every((text) => text === name || /^(?:return|nil|,|;|\})$/.test(text));
}

/** Java's `assert may(user);`, which asks nothing as a program is usually started. */
function isAsserted({ facts, call, losses }: AskedCall): boolean {
  const isAssert = (source: SourceFacts | undefined, line: number): boolean =>
    tokensOn(source, line, line).find(({ text }) => !/^[;{]$/.test(text))?.text === 'assert';
  return (
    facts.language === 'java' &&
    isAssert(facts, call.range.start.line) &&
    !losses.some(({ file, fact }) => fact !== undefined && isAssert(file.before, fact.range.start.line))
  );
}

/** What a line says in front of a call, and what follows on it. */
function neighbours(facts: SourceFacts, { callee, range }: AskedCall['call']): { front: readonly string[]; behind: readonly string[] } {
  const tokens = tokensOn(facts, range.start.line, range.end.line);
  const at = tokens.findIndex(({ text }, index) => text === lastName(callee) && tokens[index + 1]?.text === '(');
  if (at < 0) return { front: [], behind: [] };
  let first = at;
  while (/^\??\.$/.test(tokens[first - 1]?.text ?? '')) first -= 2;
  return {
    front: tokens.slice(0, first).map(({ text }) => text),
    behind: tokens.slice(closedAt(tokens, at + 1) + 1).map(({ text }) => text),
  };
}

function closedAt(tokens: readonly CodeToken[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const { text } = tokens[at] ?? { text: '' };
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}
