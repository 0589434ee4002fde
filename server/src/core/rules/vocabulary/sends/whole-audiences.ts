import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { lostCallsIn, newCallsIn } from '../code/scope-changes.ts';
import type { LostBound } from './lost-bounds.ts';
import { BOUND, isInside, isSend, PEOPLE, sendIn } from './sends.ts';

/** `findBySegment(…)` that became `findAll()`. */
export function* wholeLists(input: RuleInput): Iterable<LostBound> {
  for (const call of input.removed.calls) {
    const isNamedSo = /By[A-Z]|_by_|[sS]egment|[cC]ohort|[sS]ubscribe|[aA]udience|[oO]pted|[bB]eta|[sS]taff/.test(lastName(call.callee));
    const isGivenSo = PEOPLE.test(words(lastName(call.callee))) && call.args.some((argument) => BOUND.test(words(argument)));
    if (!isNamedSo && !isGivenSo) continue;
    const scope = call.scope === '' ? undefined : counterpartScope(input, call.scope);
    const send = scope === undefined ? undefined : sendIn(input, scope);
    const whole = newCallsIn(input, call.scope).find((other) =>
      /^(find_?all|all|get_?all|fetch_?all|list_?all|everyone|findMany|find|list|(?:find|get|fetch|list|load|select)?_?all_?(?:users|customers|subscribers|members|contacts|accounts|people|recipients|devices|employees|patients))$/i.test(
        lastName(other.callee),
      ),
    );
    if (
      scope === undefined ||
      send === undefined ||
      whole === undefined ||
      (!isNamedSo && !/all/i.test(lastName(whole.callee))) ||
      whole.args.some((argument) => /segment|where|filter|cohort|subscri/i.test(argument))
    )
      continue;
    yield {
      scope,
      draft: {
        side: 'after',
        range: whole.range,
        message: fitMessage(`\`${shorten(whole.callee, 26)}\` took the place of \`${shorten(call.callee, 26)}\` before a send`),
      },
    };
  }
}

/** `contacts.findAll()` in a rewrite that lost `contacts.find({ segment })` in another hunk: told where everybody is asked for. */
export function* unboundedLists(input: RuleInput): Iterable<LostBound> {
  for (const call of input.added.calls) {
    const { scope } = call;
    if (
      scope === '' ||
      call.args.length > 0 ||
      !/^(find|get|fetch|list|load|read|select)?_?(all|everyone|everybody|every)\w*$/i.test(lastName(call.callee))
    )
      continue;
    const from = lastName(receiver(call.callee));
    const old = lostCallsIn(input, scope).find(
      (other) => from !== '' && lastName(receiver(other.callee)) === from && other.args.some((argument) => BOUND.test(words(argument))),
    );
    const send = old === undefined || input.removed.calls.includes(old) ? undefined : sendIn(input, scope);
    if (old === undefined || send === undefined) continue;
    yield {
      scope,
      draft: {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 26)}\` took the place of \`${shorten(old.callee, 26)}\` before a send`),
      },
    };
  }
}

/** A loop over all of them around a send that stood alone. */
export function* loopsOverAll(input: RuleInput): Iterable<LostBound> {
  for (const loop of input.added.loops) {
    if (loop.kind !== 'each' || !PEOPLE.test(words(loop.head)) || input.before === undefined) continue;
    const send = input.after?.calls.find((call) => isSend(call) && isInside(call, loop));
    if (send === undefined) continue;
    const old = input.before.calls.find(
      (call) => isSend(call) && lastName(call.callee) === lastName(send.callee) && counterpartScope(input, call.scope) === loop.scope,
    );
    if (old === undefined || input.before.loops.some((other) => isInside(old, other))) continue;
    yield {
      scope: loop.scope,
      draft: {
        side: 'after',
        range: loop.range,
        message: fitMessage(`\`${shorten(send.callee, 24)}\` now runs for each of \`${shorten(loop.head, 30)}\``),
      },
    };
  }
}

/** Names of the one to whom a message goes, where it is a list that somebody else keeps. */
const AUDIENCE =
  /^['"`]?(topic|to|audience|segment|segments|included_?segments|channel|condition|list|list_?id|group|recipients|target|tag|tags|broadcast|audience_?id|room|filter|scope)['"`]?$/i;
const WHOLE =
  /^\[?['"`]\/?(topics\/)?([\w.-]{0,24}[-_. ])?(all|everyone|everybody|global|broadcast|total|whole|any|subscribed users|subscribed)([-_. ]?(users?|customers?|devices?|members?|subscribers?|contacts?|accounts?|people|clients?|drivers?|employees|staff))?['"`]\]?$/i;

/** A message that went to some and goes to a topic or a segment of all: `topic: 'all-users'`. */
export function* wholeAudiences(input: RuleInput): Iterable<LostBound> {
  for (const option of input.added.options) {
    if (!AUDIENCE.test(option.name) || !WHOLE.test(option.value) || input.before === undefined) continue;
    const send = input.after?.calls.find(
      (call) =>
        isSend(call) &&
        call.scope === option.scope &&
        (call.callee === option.callee ||
          (call.range.start.line <= option.range.start.line && option.range.end.line <= call.range.end.line)),
    );
    const scope = option.scope;
    const sent = input.before.calls.some((call) => isSend(call) && (counterpartScope(input, call.scope) === scope || call.scope === scope));
    if (send === undefined || !sent || input.before.options.some((other) => AUDIENCE.test(other.name) && WHOLE.test(other.value))) continue;
    yield {
      scope,
      draft: {
        side: 'after',
        range: option.range,
        message: fitMessage(
          `\`${shorten(`${option.name}: ${option.value}`, 36)}\` is everybody, and \`${shorten(send.callee, 22)}\` went to some`,
        ),
      },
    };
  }
}
