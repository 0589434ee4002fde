import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { saysBoth } from '../guards/awaited-now.ts';

/** Messages that are taken off their queue before the work on them is done: a worker that dies with one loses it. */
export interface EarlyAck {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

/**
 * A message that was acknowledged behind its work and is acknowledged in front of it now: `channel.ack(message)` as the first thing that a
 * consumer does. A worker that fails or dies then has nothing left to try again.
 */
export function* ackedFirst(input: RuleInput): Generator<EarlyAck> {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return;
  // The same words at another place are no new fact.
  const isHere = ({ range }: Call): boolean => holdsLine(hunk.after, range.start.line);
  for (const ack of after.calls) {
    if (!isHere(ack) || !ACKS.test(lastName(ack.callee)) || ack.scope === '' || ack.args.length === 0) continue;
    const old = before.calls.filter(
      (call) => lastName(call.callee) === lastName(ack.callee) && counterpartScope(input, call.scope) === ack.scope,
    );
    const done = new Set(old.flatMap((call) => workAround(before, call, 'above')));
    // One that stood in front of its work before is no news.
    if (old.length === 0 || done.size === 0 || old.some((call) => workAround(before, call, 'below').length > 0)) continue;
    const isSame = (now: Call, was: Call): boolean => lastName(now.callee) === lastName(was.callee) || saysBoth(was, now);
    const does = (place: 'above' | 'below'): boolean =>
      workAround(after, ack, place).some((now) => [...done].some((was) => isSame(now, was)));
    if (does('below') && !does('above'))
      yield { side: 'after', range: ack.range, what: `\`${lastName(ack.callee)}\` comes before the work: what fails is not tried again` };
  }
}

const ACKS = /^(?:ack|acknowledge|basic_ack|basicAck|Ack|xack|XAck|deleteMessage|delete_message|commitOffsets|commitSync|commit_offsets)$/;
/** What reads the message or tells of it, and what belongs to the answer to the queue. */
const NO_WORK =
  /^(?:parse|toString|stringify|loads|decode|from|log|info|debug|warn|warning|error|n?ack|reject|nackAll|basic_nack|basic_reject|Unmarshal|consume|on|prefetch|now|trace|child|inc|observe|then|catch|fn|cb|next|done)$/;

/** Calls of the same function that stand above an acknowledgement or below it. */
function workAround({ calls }: SourceFacts, ack: Call, place: 'above' | 'below'): readonly Call[] {
  const { line } = ack.range.start;
  return calls.filter(
    (call) =>
      call.scope === ack.scope &&
      call.kind === 'call' &&
      call !== ack &&
      (place === 'above' ? call.range.start.line < line : call.range.start.line > ack.range.end.line) &&
      !NO_WORK.test(lastName(call.callee)),
  );
}
