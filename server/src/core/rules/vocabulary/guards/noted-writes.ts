import type { Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { losesMessage } from './lost-messages.ts';

/**
 * A write of money, stock or a record of them, or of a message that a broker would deliver again, whose failure nothing in the file caught
 * before: it stopped the work, and now it is a line in a log.
 */
export function isBooking(input: RuleInput, handler: Handler, write: string | undefined): boolean {
  const { before } = input;
  return (
    write !== undefined &&
    handler.outcome === 'reports' &&
    (BOOKS.test(words(write)) || isKept(before, write) || losesMessage(input, handler)) &&
    before?.calls.some(({ callee }) => callee === write) === true &&
    !before.handlers.some(({ guarded }) => guarded.includes(write))
  );
}

/** A write by what the class calls its store: `custody.save` of a field `CustodyRepository custody`. */
function isKept(before: SourceFacts | undefined, write: string): boolean {
  const holder = receiver(write).replace(/^.*\./, '');
  const field = before?.symbols.find(({ name, kind }) => kind === 'property' && lastName(name) === holder);
  const store = /(?:^|[a-z])(Repository|Repo|Dao|DAO|Store|Mapper|Journal)\b/.exec(field?.type ?? '')?.[1];
  return (
    store !== undefined &&
    /^(save|saveAll|saveAndFlush|insert|insertAll|update|create|persist|append|upsert|store|put|delete\w*)$/.test(lastName(write)) &&
    !/\b(cache|cached|session|sessions|metrics?|telemetry|logs?|events?|analytics|preview|drafts?|search|index|statistics|stats|views?|presence|trace|traces|history|hints?)\b/.test(
      words(`${holder} ${field?.type ?? ''}`),
    )
  );
}

const BOOKS =
  /\b(ledgers?|payments?|payouts?|charges?|refunds?|transfers?|invoices?|balances?|journals?|postings?|orders?|stock|inventory|billing|settlements?|credits?|debits?|accounts?|wallets?|bookings?|reservations?|audits?|consents?|transactions?|purchases?|deposits?|withdrawals?|prescriptions?)\b/;

/** What failed is noted, and whoever asked is told that it was done: `log.warn(error); return true`. */
export function saysDone({ before, after }: RuleInput, { range, guarded }: Handler, write: string | undefined): boolean {
  if (write === undefined || after === undefined || before?.handlers.some((other) => other.guarded.includes(write)) !== false) return false;
  const text = tokensOn(after, range.start.line, range.end.line)
    .map((token) => token.text)
    .join('');
  return (
    guarded.length > 0 &&
    before.calls.some(({ callee }) => callee === write) &&
    /return(?:true|True|Ok\(true\)|Optional\.of\(true\))(?:;|\}|$)/.test(text)
  );
}
