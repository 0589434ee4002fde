import type { CodeToken, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { factsInside } from '../code/facts-by-place.ts';

/**
 * True where the way out of a dry run became one of two branches: `if (dryRun) { say(row); continue; } remove(row)` that is
 * `if (dryRun) say(row); else remove(row)`, or the other way round with `!dryRun`. The work stands in its own branch alone: what a dry
 * run did before is no work, and neither the other branch nor what comes behind both does it.
 */
export function isBranchOfDryRun(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const scope = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || scope === undefined || !/^(?:\w+\.)*\w+$/.test(guard.test)) return false;
  const { start, end: last } = guard.range;
  const old = before.calls.filter((call) => call.scope === guard.scope);
  const spoken = new Set(factsInside(old, guard.range).map(({ callee }) => lastName(callee)));
  const behind = old.filter((call) => call.range.start.line > Math.max(start.line, last.line)).map(({ callee }) => lastName(callee));
  const asked = words(lastName(guard.test));
  const tokens = after.scopes.filter(({ name }) => name === scope).flatMap(({ startLine, endLine }) => tokensOn(after, startLine, endLine));
  const texts = tokens.map(({ text }) => text);
  for (let at = texts.indexOf('if'); at >= 0; at = texts.indexOf('if', at + 1)) {
    const head = texts.indexOf(')', at);
    const [, not, name = ''] = /^(!?)((?:\w+\.)*\w+)$/.exec(texts.slice(at + 2, head).join('')) ?? [];
    if (words(lastName(name)) !== asked) continue;
    const end = endOfBranch(tokens, head + 1);
    if (texts[end] !== 'else' || texts[end + 1] === 'if') continue;
    const close = endOfBranch(tokens, end + 1);
    const branches = [calledIn(texts.slice(head + 1, end)), calledIn(texts.slice(end + 1, close))];
    const [said = [], done = []] = not === '!' ? branches.reverse() : branches;
    const work = new Set([...done, ...behind].filter((callee) => !spoken.has(callee)));
    const rest = calledIn(texts.slice(close, guard.exit === 'break' ? endOfBlock(texts, close) : undefined));
    if (done.some((callee) => work.has(callee)) && ![...said, ...rest].some((callee) => work.has(callee))) return true;
  }
  return false;
}

/** Where the block ends that a place stands in. */
function endOfBlock(texts: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < texts.length; at += 1) {
    if (texts[at] === '{') depth += 1;
    if (texts[at] === '}') depth -= 1;
    if (depth < 0) return at;
  }
  return texts.length;
}

/** The token behind a block, or behind a statement, which ends with its line or before an `else`. */
function endOfBranch(tokens: readonly CodeToken[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    const [{ text = '', line = 0 } = {}, next] = [tokens[at], tokens[at + 1]];
    if (/^[{([]$/.test(text)) depth += 1;
    if (/^[})\]]$/.test(text)) depth -= 1;
    if (depth < 0) return at;
    const isEnd = tokens[from]?.text === '{' ? text === '}' : next?.line !== line || next.text === 'else';
    if (depth === 0 && isEnd) return at + 1;
  }
  return tokens.length;
}

function calledIn(texts: readonly string[]): readonly string[] {
  return texts.filter((text, at) => texts[at + 1] === '(' && /^\w+$/.test(text));
}
