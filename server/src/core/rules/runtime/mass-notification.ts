import type { Call, Loop, Option } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { isExtracted, lostCallsIn, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { tokenTexts } from '../vocabulary/code/token-lines.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';

/**
 * ## What it sees
 * A function that sends messages to people and that lost what kept them few: a segment, a filter or a limit of its query, a
 * batch, a question whether somebody had one already or wants one, a test mode; and a send that now stands in a loop over
 * everybody.
 *
 * ## Why it matters
 * A mail cannot be taken back. Everybody gets it, or some get it many times.
 *
 * ## When it is fine
 * The bound moved into the query's own defaults, a smaller batch, a test transport. These are not flagged.
 *
 * ## What it misses
 * A send whose name does not say so.
 */
export default defineRule({
  id: 'runtime/mass-notification',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Messages lost what kept them few',
  reads: ['options', 'calls', 'guards', 'loops'],
  evidence: [
    {
      title: 'HBO Max integration test e-mail, 2021-06',
      url: 'https://www.littlekendra.com/2021/06/18/make-your-tech-safer-for-your-interns-and-everyone-else/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const { scope, draft } of [
      ...bounds(input),
      ...questions(input),
      ...chunks(input),
      ...wholeLists(input),
      ...unbounded(input),
      ...everybody(input),
      ...audiences(input),
    ]) {
      if (flagged.has(scope)) continue;
      flagged.add(scope);
      yield draft;
    }
  },
});

interface Lost {
  /** One finding a function: its bounds go together. */
  readonly scope: string;
  readonly draft: FindingDraft;
}

const BOUND =
  /\b(segment|segments|limit|batch|batch size|take|audience|test only|only|sample|cohort|dry run|concurrency|page size|chunk size|subscribed|opted in|opt in|consent|wants|notified|emailed|sent|already sent|is test|internal|staff|beta|verified|active|unsubscribed|bounced|recipient limit|max recipients)\b|\b(notified|sent|emailed|reminded|mailed) (at|on|version|isnull)\b/;

function* bounds(input: RuleInput): Iterable<Lost> {
  for (const option of input.removed.options) {
    // A count that begins at nothing bounds nothing by itself.
    if (!BOUND.test(words(option.name)) || (option.callee === '' && /^0$/.test(option.value))) continue;
    const scope = counterpartScope(input, option.scope);
    const send = scope === undefined ? undefined : sendIn(input, scope);
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
    if (now === undefined && isHandedOver(input, scope, option.name)) continue;
    const text = `${shorten(option.name, 18)}: ${shorten(option.value, 20)}`;
    yield {
      scope,
      draft: { side: 'before', range: option.range, message: fitMessage(`\`${text}\` no longer bounds \`${shorten(send.callee, 20)}\``) },
    };
  }
}

/** The send of the old function in one that is new to this file, where nothing in the file speaks of the bound any more. */
function sendWithout({ before, after }: RuleInput, { name, scope }: Option): Call | undefined {
  const old = before?.calls.find((call) => within(call.scope, scope) && isSend(call));
  if (old === undefined || scope === '' || after === undefined || tokenTexts(after).has(name)) return undefined;
  return after.calls.find(
    (call) => lastName(call.callee) === lastName(old.callee) && isSend(call) && !before?.scopes.some((place) => place.name === call.scope),
  );
}

/** The name is still there: as a parameter, a variable, or an argument of another call. */
function isHandedOver(input: RuleInput, scope: string, name: string): boolean {
  return newCallsIn(input, scope).some((call) => words(`${call.callee} ${call.args.join(' ')}`).includes(words(name)));
}

const ASKS =
  /\b(notified|told|texted|alerted|informed|invited|warned|pinged|delivered|contacted|already|sent|emailed|mailed|reminded|unsubscribed?|subscribed|opt(ed)? (in|out)|consent|bounced|suppressed|blocked|muted|do not (disturb|contact)|wants|dry run|test mode|is test|production|staging|node env|debug|quiet|deduped?|seen|throttled?|rate limit\w*|recipients?|audience)\b/;

/** A question before the send: had one already, wants none, only a test. */
function* questions(input: RuleInput): Iterable<Lost> {
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
function* chunks(input: RuleInput): Iterable<Lost> {
  for (const call of input.removed.calls) {
    const name = lastName(call.callee);
    const isBound =
      /^(limit|take|slice|first|Limit|chunk|chunks|batched|in_batches|find_in_batches|iterator|filter|exclude|where|Where|andWhere|top|islice|setMaxResults|partition)$/.test(
        name,
      );
    const isMark =
      /^(mark|set|record|remember|note|store|save|flag)_?(as_?)?(notified|sent|emailed|mailed|reminded|told|texted|alerted|informed|invited|warned|pinged|delivered|contacted|messaged)\w*$/i.test(
        name,
      );
    if (!isBound && !isMark) continue;
    const scope = counterpartScope(input, call.scope);
    const send = scope === undefined || call.scope === '' ? undefined : sendIn(input, scope);
    if (scope === undefined || send === undefined || isExtracted(input, call)) continue;
    const count = (side: 'before' | 'after', within_: string): number =>
      input[side]?.calls.filter(
        (other) =>
          within(other.scope, within_) &&
          (isMark
            ? lastName(other.callee) === name
            : /^(limit|take|slice|first|Limit|chunk|chunks|batched|filter|exclude|where|Where|andWhere|top|islice|find|findMany|query)$/.test(
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

/** `findBySegment(…)` that became `findAll()`. */
function* wholeLists(input: RuleInput): Iterable<Lost> {
  for (const call of input.removed.calls) {
    if (!/By[A-Z]|_by_|[sS]egment|[cC]ohort|[sS]ubscribe|[aA]udience|[oO]pted|[bB]eta|[sS]taff/.test(lastName(call.callee))) continue;
    const scope = call.scope === '' ? undefined : counterpartScope(input, call.scope);
    const send = scope === undefined ? undefined : sendIn(input, scope);
    const whole = newCallsIn(input, call.scope).find((other) =>
      /^(find_?all|all|get_?all|fetch_?all|list_?all|everyone|findMany|find|list|All|FindAll|ListAll|GetAll)$/i.test(
        lastName(other.callee),
      ),
    );
    if (
      scope === undefined ||
      send === undefined ||
      whole === undefined ||
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
function* unbounded(input: RuleInput): Iterable<Lost> {
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

const PEOPLE =
  /\b(user|users|customer|customers|subscriber|subscribers|recipient|recipients|member|members|contact|contacts|people|accounts|audience|devices|players|patients|guests|drivers|employees|followers|list)\b/;

/** A loop over all of them around a send that stood alone. */
function* everybody(input: RuleInput): Iterable<Lost> {
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
function* audiences(input: RuleInput): Iterable<Lost> {
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

function isInside(call: Call, loop: Loop): boolean {
  return call.range.start.line >= loop.body.startLine && call.range.start.line <= loop.body.endLine;
}

function sendIn(input: RuleInput, scope: string): Call | undefined {
  return input.after?.calls.find((call) => within(call.scope, scope) && isSend(call));
}

function isSend(call: Call): boolean {
  const name = words(lastName(call.callee));
  const whole = words(call.callee);
  // A message of a telephone is made, and so it goes.
  if (/^(create|create async)$/.test(name) && /\b(messages?|calls?|sms|notifications?|mailings?|campaigns?)\b/.test(whole))
    return /\b(phone|number|sms|twilio|vonage|sinch|plivo|from_|from|one ?signal|mediaUrl)\b|PhoneNumber|\bto\s*[:=]/i.test(
      `${call.callee} ${call.args.join(' ')}`,
    );
  if (
    /\b(array|res|reply|response|lines|list|socket|router|history|navigate|stack|queue push|headers|request|xhr|http|metrics|log|logger|console)\b/.test(
      whole,
    )
  )
    return false;
  if (
    /^(send mass mail|send mail|send email|send emails|send sms|send push|send message|send messages|send notification|send notifications|notify users|notify all|mail admins|deliver now|deliver later|send each for multicast|send multicast|send bulk templated email|send templated email)$/.test(
      name,
    )
  )
    return true;
  return (
    /\b(send|notify|push|broadcast|deliver|publish)\b.*|\b(mail|email|sms)\b/.test(name) &&
    /\b(mail|mails|mailer|email|emails|sms|push|notification|notifications|notify|notifier|message|messages|messaging|slack|twilio|sendgrid|ses|fcm|apns|onesignal|postmark|mailgun|send|subscriber|smtp)\b/.test(
      whole,
    )
  );
}
