import type { Call, Scope, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { tokenTexts } from '../code/token-lines.ts';

/**
 * The change took the same delete out of the file or out of another one, and every value and call by which the old function chose what
 * goes is in the file still: it was rewritten, and takes no more than it took.
 */
export function keepsItsChoice(input: RuleInput, call: Call): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const old = input.removed.calls.find(({ callee, kind }) => kind === call.kind && isSame(lastName(callee), lastName(call.callee)));
  if (old === undefined || old.scope === '') return false;
  const chosen = choiceOf(before, old.scope);
  const parts = bodiesAskedBy(input, call.scope).filter(({ facts }) => facts !== after);
  const now = new Set([...tokenTexts(after), lastName(old.callee), ...parts.flatMap(({ facts, place }) => wordsOf(facts, place))]);
  // A function that chose nothing keeps nothing.
  return chosen.length > 1 && chosen.every((word) => now.has(word));
}

/** One of many is deleted by a call of its own, or all that were chosen by one: `delete_object` and `delete_objects`. */
function isSame(old: string, now: string): boolean {
  return old === now || `${old}s` === now;
}

function wordsOf(facts: SourceFacts, { startLine, endLine }: Scope): readonly string[] {
  return tokensOn(facts, startLine, endLine).map(({ text }) => text);
}

/** Strings, numbers and comparisons of a function, and the calls that it makes. */
function choiceOf(facts: SourceFacts, scope: string): readonly string[] {
  const place = facts.scopes.find(({ name }) => name === scope);
  const tokens = place === undefined ? [] : tokensOn(facts, place.startLine, place.endLine);
  const literals = tokens.flatMap(({ text }) => (/^(?:["'`]\S+["'`]|\d[\w.]*)$/.test(text) ? [text] : []));
  const called = facts.calls.filter((call) => within(call.scope, scope)).map(({ callee }) => lastName(callee).replace(/^.*[.)]/, ''));
  return [...new Set([...literals, ...called])].filter((word) => /\w/.test(word));
}
