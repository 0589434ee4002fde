import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { keepOf } from '../code/kept.ts';
import { endOfBlock, handedBlock, innermost, leftBehind, type NarrowedLock, type Stretch } from './narrowed-locks.ts';

/** A transaction that is kept and holds less: a write that stood in it stands behind it, or ahead of it, now. */
export function* narrowedTransactions(input: RuleInput, opens: (call: Call) => boolean): Generator<NarrowedLock> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const was = stretchesBefore(before)(opens);
  if (was.length > 0) yield* leftBehind(input, was, stretchesOf(after, opens), isWriteLine, withoutHandle);
}

/** Of the old side, which stays the same from one keystroke to the next; whoever asks opens by the same question each time. */
const stretchesBefore = keepOf((facts: SourceFacts) => keepOf((opens: (call: Call) => boolean) => stretchesOf(facts, opens)));

/** `db.transaction(async (tx) => { … })` and `with transaction.atomic():`, from head to end. */
function stretchesOf(facts: SourceFacts, opens: (call: Call) => boolean): readonly Stretch[] {
  return facts.calls.flatMap((call): readonly Stretch[] => {
    if (call.kind !== 'call' || !(opens(call) || /(?:^|\.)transactionTemplate\.execute(?:WithoutResult)?$/i.test(call.callee))) return [];
    const start = call.range.start.line;
    const scope = innermost(facts, start);
    const head = tokensOn(facts, start, start)[0];
    const end =
      handedBlock(facts, call) ??
      (/^(?:with|async)$/.test(head?.text.replace(/^[{};]$/, 'with') ?? '') && head !== undefined ? endOfWith(facts, start) : undefined);
    return end === undefined || scope === '' ? [] : [{ scope, start, end }];
  });
}

function endOfWith(facts: SourceFacts, line: number): number | undefined {
  const at = facts.tokens.findIndex((token) => token.line === line && token.text === 'with');
  return at < 0 ? undefined : endOfBlock(facts.tokens, at);
}

function isWriteLine(text: string): boolean {
  const callee = /^(?:await |return |return await )?([\w$]+(?: (?:\.|->) [\w$]+)+) \(/.exec(text)?.[1]?.replaceAll(' ', '');
  if (callee === undefined || AFTER.test(words(callee))) return false;
  return isWrite(callee) || /\. (?:update|create|save|insert|delete|reserve|decrement|increment)\w* \(/.test(text);
}

/** What must not happen where the transaction is taken back, and so stands behind it. */
const AFTER =
  /\b(?:send\w*|mail\w*|email\w*|notif\w*|publish\w*|emit\w*|enqueue\w*|dispatch\w*|log|logger|logging|metrics?|cache|invalidate\w*|track\w*|audit\w*|events?|queue|on commit|webhooks?|delay|apply async|print|search|indexer|elastic\w*|opensearch|algolia|meili\w*|typesense|redis|memcached|cdn)\b/;

/** `tx.update(…)` and `db.update(…)` say the same but for who is told. */
function withoutHandle(text: string): string {
  return text.replace(
    /^((?:await |return )*)(?:tx|trx|txn|t|db|manager|em|prisma|conn|connection|client|session|pool|this \. \w+) \./,
    '$1.',
  );
}
