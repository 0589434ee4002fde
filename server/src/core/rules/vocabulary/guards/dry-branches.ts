import type { CodeToken, Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/**
 * True where the way out of a dry run became the first of two branches: `if (dryRun) { say(row); continue; } remove(row)` that is
 * `if (dryRun) say(row); else remove(row)`. What the second one does the first one does not.
 */
export function isBranchOfDryRun(input: RuleInput, { test, scope: old }: Guard): boolean {
  const { after } = input;
  const scope = counterpartScope(input, old);
  if (after === undefined || scope === undefined || !/^(?:\w+\.)*\w+$/.test(test)) return false;
  const places = after.scopes.filter(({ name }) => name === scope);
  const asked = words(lastName(test));
  const tokens = after.tokens.filter(({ line }) => places.some(({ startLine, endLine }) => startLine <= line && line <= endLine));
  const texts = tokens.map(({ text }) => text);
  for (let at = texts.indexOf('if'); at >= 0; at = texts.indexOf('if', at + 1)) {
    const head = texts.indexOf(')', at);
    if (words(lastName(texts.slice(at + 2, head).join(''))) !== asked) continue;
    const end = endOfBranch(tokens, head + 1);
    if (texts[end] !== 'else' || texts[end + 1] === 'if') continue;
    const [said, done] = [calledIn(texts.slice(head + 1, end)), calledIn(texts.slice(end + 1, endOfBranch(tokens, end + 1)))];
    if (done.length > 0 && !done.some((name) => said.includes(name))) return true;
  }
  return false;
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
