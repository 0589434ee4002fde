import type { Call, Handler, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { callsInside } from './guard-kinds.ts';

/**
 * A handler that only notes the failure, in a function that takes messages from a broker: what failed was delivered again until now,
 * and is counted as done. True where the message is confirmed whatever happens, or where the broker takes the end of the function for
 * that; not where the handler hands the message on.
 */
export function losesMessage({ after }: RuleInput, handler: Handler): boolean {
  const { scope, guarded } = handler;
  const calls = after?.calls.filter((call) => call.scope === scope) ?? [];
  const confirms = calls.filter(({ callee }) => CONFIRMS.test(callee));
  if (confirms.length === 0 && after !== undefined) confirms.push(...confirmedByCallers(after, scope));
  const isHeard = calls.some(({ kind, callee }) => kind === 'decorator' && LISTENS.test(callee));
  if (confirms.some(({ callee }) => guarded.includes(callee)) || (confirms.length === 0 && !isHeard)) return false;
  // The head of Go's and Rust's handler holds the call that failed.
  const done = callsInside(handler, calls).filter(({ callee }) => !guarded.includes(callee));
  return !done.some(({ callee }) => HANDS_ON.test(words(lastName(callee))));
}

/** True where the handler gives the message back to its broker, which delivers it again or sets it aside: `channel.nack(message)`. */
export function givesMessageBack({ after }: RuleInput, handler: Handler): boolean {
  const calls = callsInside(handler, after?.calls.filter((call) => call.scope === handler.scope) ?? []);
  return calls.some(({ callee }) => /\b(?:nack|requeue|abandon|negative ack\w*|basic nack|dead letter)\b/.test(words(lastName(callee))));
}

/** A function of the file takes the messages, hands each to this one, and confirms it when this one comes back: `self.handle(&message).await?`. */
function confirmedByCallers({ calls }: SourceFacts, scope: string): readonly Call[] {
  const name = lastName(scope);
  const callers = new Set(calls.flatMap((call) => (lastName(call.callee) === name && call.scope !== scope ? [call.scope] : [])));
  return name === '' ? [] : calls.filter((call) => callers.has(call.scope) && CONFIRMS.test(call.callee));
}

const CONFIRMS =
  /(^|\.)(ack|acknowledge|commit_message|commit_consumer_state|commit_offsets?|store_offset(?:_from_message)?|basicAck|basic_ack|commitSync|commitAsync|commitOffsets?|CommitMessages|MarkMessage|deleteMessage|delete_message|DeleteMessage|completeMessage|complete_message|[xX]Ack|xack)$|\b\w*([cC]onsumer|[rR]eader|[rR]eceiver|[kK]afka)\.(commit|Commit|complete)$/;

/** What a broker delivers again where the function throws. */
const LISTENS = /^(Kafka|Rabbit|Sqs|Jms|Pulsar|Redis|Nats|Stream|ServiceBus)Listener$|^(RabbitSubscribe|SqsMessageHandler)$|\.subscriber$/;

const HANDS_ON =
  /\b(nack|reject|requeue|retry|republish|publish|send|produce|enqueue|park|dead|dlq|dlt|forward|abandon|release|seek|schedule|save|insert|store)\b/;
