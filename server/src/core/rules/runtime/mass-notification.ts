import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten, words } from '../call-names.ts';
import { counterpartScope, within } from '../counterpart.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A function that sends messages to people and that lost what kept them few: a segment, a limit, a batch, a mark of who had
 * one already.
 *
 * ## Why it matters
 * A mail cannot be taken back. Everybody gets it, or some get it many times.
 *
 * ## When it is fine
 * The bound moved into the query's own defaults.
 *
 * ## What it misses
 * A send whose name does not say so.
 */
export default defineRule({
  id: 'runtime/mass-notification',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Messages lost what kept them few',
  reads: ['options', 'calls'],
  evidence: [
    {
      title: 'HBO Max integration test e-mail, 2021-06',
      url: 'https://www.littlekendra.com/2021/06/18/make-your-tech-safer-for-your-interns-and-everyone-else/',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const option of input.removed.options) {
      if (
        !/\b(segment|limit|batch|batch size|take|audience|test only|only|sample|cohort|dry run|concurrency|page size)\b/.test(
          words(option.name),
        ) ||
        flagged.has(option.scope)
      )
        continue;
      const scope = counterpartScope(input, option.scope);
      const send = scope === undefined ? undefined : sendIn(input, scope);
      if (scope === undefined || send === undefined) continue;
      const now = input.after?.options.find((other) => other.name === option.name && within(other.scope, scope));
      if (now !== undefined && !/^['"](all|everyone|everybody|\*)['"]$|^(undefined|null|Infinity|true)$/.test(now.value)) continue;
      flagged.add(option.scope);
      yield {
        side: 'before',
        range: option.range,
        message: fitMessage(
          `\`${shorten(option.name, 18)}: ${shorten(option.value, 20)}\` no longer bounds \`${shorten(send.callee, 20)}\``,
        ),
      };
    }
  },
});

function sendIn(input: RuleInput, scope: string): Call | undefined {
  return input.after?.calls.find(
    (call) =>
      within(call.scope, scope) &&
      /\b(send|notify|push|broadcast|deliver)\b.*|\b(mail|email|sms)\b/.test(words(lastName(call.callee))) &&
      /\b(mail|mailer|email|sms|push|notification|notifications|notify|message|messages|slack|twilio|sendgrid|send|subscriber)\b/.test(
        words(call.callee),
      ) &&
      !/\b(array|res|reply|response|lines|list|socket|router|history|navigate)\b/.test(words(call.callee)),
  );
}
