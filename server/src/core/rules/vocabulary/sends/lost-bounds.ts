import type { Call, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten, words } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { lostGuards } from '../guards/lost-guards.ts';
import { isBoundInPart, isSetInPart } from './bounds-of-parts.ts';
import { BOUND, isSend, PEOPLE, sendIn } from './sends.ts';

/** `take: null` asks for all of them. */
const UNBOUNDED = /^(null|undefined|None|nil|Infinity|-1)$/;

/** What is told of one function; one finding is enough for each. */
export interface LostBound {
  /** One finding a function: its bounds go together. */
  readonly scope: string;
  readonly draft: FindingDraft;
}

/** A segment, a limit or a batch that is gone from a function which still sends. */
export function* lostBounds(input: RuleInput): Iterable<LostBound> {
  for (const option of input.removed.options) {
    // A count that begins at nothing bounds nothing by itself.
    const isBound = BOUND.test(words(option.name)) || WILL.test(words(option.name));
    if (!isBound || (option.callee === '' && /^0$/.test(option.value)) || UNBOUNDED.test(option.value)) continue;
    // How often a route may be asked says nothing of who gets a message.
    if (/\b(throttl\w*|rate ?limit\w*|limiter)\b/.test(words(`${option.callee} ${option.name}`))) continue;
    const scope = counterpartScope(input, option.scope);
    const send = scope === undefined ? undefined : (sendIn(input, scope) ?? sendToThese(input, scope, option));
    const moved = send === undefined && scope !== undefined ? sendWithout(input, option) : undefined;
    if (moved !== undefined && scope !== undefined) {
      const bound = `${shorten(option.name, 18)}: ${shorten(option.value, 20)}`;
      yield {
        scope,
        draft: {
          side: 'before',
          range: option.range,
          message: fitMessage(`\`${bound}\` no longer bounds \`${shorten(moved.callee, 20)}\``),
        },
      };
      continue;
    }
    if (scope === undefined || send === undefined) continue;
    const now = input.after?.options.find((other) => other.name === option.name && within(other.scope, scope));
    if (now !== undefined && !/^['"](all|everyone|everybody|\*)['"]$|^(undefined|null|None|nil|Infinity|true|True)$/.test(now.value))
      continue;
    if (now === undefined && (isHandedOver(input, scope, option.name) || isSetInPart(input, scope, option) || isFieldNow(input, option)))
      continue;
    const text = `${shorten(option.name, 18)}: ${shorten(option.value, 20)}`;
    yield {
      scope,
      draft: {
        side: 'before',
        range: option.range,
        message: fitMessage(`\`${text}\` no longer bounds \`${shorten(send.callee, 20)}\``),
        alsoAt: { side: 'after', range: send.range },
      },
    };
  }
}

/** Who wants none is left out no more by a function that says who gets one: the send of the function that asks it. */
function sendToThese(input: RuleInput, scope: string, { name }: Option): Call | undefined {
  const { after } = input;
  if (after === undefined || scope === '' || !WILL.test(words(name)) || tokenTexts(after).has(name)) return undefined;
  if (input.addedElsewhere().options.some((other) => other.name === name)) return undefined;
  const own = lastName(scope);
  const asking = after.calls.filter((call) => lastName(call.callee) === own && call.scope !== '' && !within(call.scope, scope));
  return asking.map((call) => sendIn(input, call.scope)).find((send) => send !== undefined);
}

/** Whether somebody wants to be written to. */
const WILL =
  /\b(?:un ?subscribed|subscribed|consent(?:ed|s)?|opt(?:ed)? (?:in|out)|bounced|suppressed|do not (?:contact|disturb|mail|email)|muted)\b/;

/** The send of the old function in one that is new to this file, where nothing in the file speaks of the bound any more. */
function sendWithout({ before, after }: RuleInput, { name, scope }: Option): Call | undefined {
  const old = before?.calls.find((call) => within(call.scope, scope) && isSend(call));
  if (old === undefined || scope === '' || after === undefined || tokenTexts(after).has(name)) return undefined;
  return after.calls.find(
    (call) => lastName(call.callee) === lastName(old.callee) && isSend(call) && !before?.scopes.some((place) => place.name === call.scope),
  );
}

/** The constant became a field of a class with the same number, and a guard asks by it: `max_recipients: int = 500`. */
function isFieldNow({ after }: RuleInput, { name, value, callee }: Option): boolean {
  const isSame = (other: Option): boolean =>
    other.callee === '' && words(other.name) === words(name) && other.value.replaceAll('_', '') === value.replaceAll('_', '');
  const field = callee === '' ? after?.options.find(isSame) : undefined;
  return field !== undefined && after?.guards.some(({ reads }) => reads.includes(field.name)) === true;
}

/** The name is still there: as a parameter, a variable, or an argument of another call. */
function isHandedOver(input: RuleInput, scope: string, name: string): boolean {
  return newCallsIn(input, scope).some((call) => words(`${call.callee} ${call.args.join(' ')}`).includes(words(name)));
}

/** Had one already, wants none, is only a test. */
export const ASKS =
  /\b(notified|told|texted|alerted|informed|invited|warned|pinged|delivered|contacted|already|sent|emailed|mailed|reminded|unsubscribed?|subscribed|opt(ed)? (in|out)|consent|bounced|suppressed|blocked|muted|do not (disturb|contact)|wants|dry run|test mode|is test|production|staging|node env|debug|quiet|deduped?|seen|throttled?|rate limit\w*|recipients?|audience)\b/;

/** A question before the send: had one already, wants none, only a test. */
export function* lostQuestions(input: RuleInput): Iterable<LostBound> {
  for (const guard of lostGuards(input, (candidate) => ASKS.test(words(candidate.test)))) {
    const scope = counterpartScope(input, guard.scope);
    const send = scope === undefined ? undefined : sendIn(input, scope);
    if (scope === undefined || send === undefined || newGuardsIn(input, guard.scope).some((other) => ASKS.test(words(other.test))))
      continue;
    yield {
      scope,
      draft: {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 34)}\` is asked no more before \`${shorten(send.callee, 20)}\``),
      },
    };
  }
}

/** Pages, slices and filters of those who get one. */
export function* lostPages(input: RuleInput): Iterable<LostBound> {
  for (const call of input.removed.calls) {
    const name = lastName(call.callee);
    const isBound =
      /^(limit|take|slice|first|Limit|chunk|chunks|chunked|chunk_list|in_chunks|batched|batches|in_batches|find_in_batches|iterator|filter|exclude|where|Where|andWhere|top|islice|setMaxResults|partition)$/.test(
        name,
      );
    const isMark =
      /^(mark|set|record|remember|note|store|save|flag)_?(as_?)?(notified|sent|emailed|mailed|reminded|told|texted|alerted|informed|invited|warned|pinged|delivered|contacted|messaged)\w*$/i.test(
        name,
      );
    if (!isBound && !isMark) continue;
    const scope = counterpartScope(input, call.scope);
    const send = scope === undefined || call.scope === '' ? undefined : sendIn(input, scope);
    if (scope === undefined || send === undefined || isBoundInPart(input, scope, call)) continue;
    // How many there may be is no less for being extracted.
    if (call.args.every((argument) => numberIn(argument, input.before) === undefined) && isExtracted(input, call)) continue;
    const count = (side: 'before' | 'after', within_: string): number =>
      input[side]?.calls.filter(
        (other) =>
          within(other.scope, within_) &&
          (isMark
            ? lastName(other.callee) === name
            : /^(limit|take|slice|first|Limit|chunk|chunks|chunked|chunk_list|in_chunks|batched|batches|filter|exclude|where|Where|andWhere|top|islice|setMaxResults|find|findMany|query)$/.test(
                lastName(other.callee),
              )),
      ).length ?? 0;
    if (count('after', scope) >= count('before', call.scope)) continue;
    // A filter of something else than people says nothing of who gets a message.
    if (!isMark && !PEOPLE.test(words(`${receiver(call.callee)} ${call.args.join(' ')}`)) && !BOUND.test(words(call.args.join(' '))))
      continue;
    const text = shorten(`${name}(${call.args.join(', ')})`, 34);
    yield {
      scope,
      draft: { side: 'before', range: call.range, message: fitMessage(`\`${text}\` no longer bounds \`${shorten(send.callee, 20)}\``) },
    };
  }
}
