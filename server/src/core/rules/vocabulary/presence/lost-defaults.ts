import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, receiver, shorten, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { isTestScope } from '../code/test-cases.ts';
import { tokensOf } from '../code/token-lines.ts';
import { FOREIGN } from './lost-chains.ts';

/**
 * What gave a default where nothing was there, and raises now: `rules.get("limit")` that was asked for and is `rules["limit"]`,
 * `next(found, None)` without its `None`, `getattr(x, "y", None)`, `getOrDefault(k, 0)` that became `get(k)`.
 */
export function* lostDefaults(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || !/\.(?:py|java|kt)$/.test(input.path)) return;
  for (const call of input.removed.calls) {
    if (!/^(?:get|next|getattr|pop|getOrDefault)$/.test(lastName(call.callee)) || isTestScope(call.scope)) continue;
    const scope = counterpartScope(input, call.scope);
    if (scope === undefined || scope === '' || isCaught(after, scope) || isValidated(input, call.scope)) continue;
    const taken = takenBare(input, before, after, call, scope);
    if (taken === undefined) continue;
    const what = `${receiver(call.callee)} ${call.args[0] ?? ''}`;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(taken, 34)}\` raises where nothing is there: it had a default`),
      ...(FOREIGN.test(words(what)) || lastName(call.callee) === 'next' ? {} : { severity: 'medium' as const }),
    };
  }
}

/** What stands in its place now and takes for granted that something is there. */
function takenBare(input: RuleInput, before: SourceFacts, after: SourceFacts, call: Call, scope: string): string | undefined {
  const name = lastName(call.callee);
  const [first = '', fallback] = call.args;
  if (name === 'next' || name === 'getattr' || name === 'pop' || name === 'getOrDefault') {
    const had = name === 'next' || name === 'pop' || name === 'getOrDefault' ? 2 : 3;
    if (call.args.length !== had) return undefined;
    const bare = name === 'getOrDefault' ? 'get' : name;
    const now = newCallsIn(input, call.scope).find(
      (other) =>
        lastName(other.callee) === bare &&
        other.args.length === had - 1 &&
        receiver(other.callee) === receiver(call.callee) &&
        (name === 'next' || other.args[0] === first),
    );
    const text = tokensOf(after, scope);
    if (now !== undefined && isAskedLater(text, now)) return undefined;
    return now === undefined || (name === 'pop' && isAskedFor(text, first))
      ? undefined
      : `${now.callee}(${shorten(now.args.join(', '), 20)})`;
  }
  const key = literal(first);
  if (
    key === undefined ||
    !input.path.endsWith('.py') ||
    /\benviron$|^(?:session|cache|redis|client|requests|httpx|http|api)$/.test(receiver(call.callee))
  )
    return undefined;
  const index = new RegExp(`[\\w)\\]]\\[(['"])${escaped(key)}\\1\\](?!=[^=])`);
  const [was, is] = [tokensOf(before, call.scope), tokensOf(after, scope)];
  if (index.test(was) || !index.test(is) || isAskedFor(is, first) || isMadeWith(is, receiver(call.callee), first)) return undefined;
  const isHandled =
    fallback !== undefined || was.includes(`.get(${first})or `) || was.includes(`.get(${first}) or `) || isAskedByName(before, call);
  return isHandled ? `[${first}]` : undefined;
}

/** `counts = {"error": 0}` in front of `counts["error"]`. */
function isMadeWith(text: string, holder: string, key: string): boolean {
  const at = text.indexOf(`${holder}={`);
  return at >= 0 && text.slice(at, text.indexOf('}', at)).includes(`${key}:`);
}

/** `found = rates.get(region)` in front of `found == null`. */
function isAskedLater(text: string, { callee }: Call): boolean {
  const at = text.indexOf(`=${callee}(`);
  const name = /(?<!\w)(\w{1,60})$/.exec(text.slice(0, Math.max(at, 0)))?.[1];
  return (
    name !== undefined &&
    new RegExp(`\\b${name}(?:[!=]=null| is (?:not )?None|===?undefined)|\\bif ${name}:|\\bnot ${name}\\b|ofNullable\\(${name}\\)`).test(
      text,
    )
  );
}

/** `'limit' in rules` asks first. */
function isAskedFor(text: string, key: string): boolean {
  return text.includes(`${key} in `) || text.includes(`${key} not in `) || text.includes(`${key}in `);
}

/** The name that it was bound to is asked for by a condition below. */
function isAskedByName(before: SourceFacts, { args: [key = ''], scope, range }: Call): boolean {
  return [...before.guards, ...before.conditions].some(
    ({ reads, scope: own, range: { start }, test }) =>
      within(own, scope) &&
      start.line > range.start.line &&
      /\bnot\b|\bis (?:not )?None\b/.test(test) &&
      reads.some((name) => boundAbove(before, name, start.line)?.replaceAll(' ', '').includes(`.get(${key}`) === true),
  );
}

function isCaught(after: SourceFacts, scope: string): boolean {
  return after.handlers.some((handler) => within(handler.scope, scope));
}

/** Something looks at the whole before parts of it are taken: a schema, a model. */
function isValidated(input: RuleInput, scope: string): boolean {
  return newCallsIn(input, scope).some(({ callee }) =>
    /^(?:load|loads|validate\w*|is_valid|full_clean|model_validate\w*|parse\w*|TypeAdapter|check\w*|require\w*)$/.test(lastName(callee)),
  );
}
