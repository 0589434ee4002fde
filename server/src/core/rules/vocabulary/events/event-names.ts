import type { Call } from '../../../model/facts.ts';
import { lastName, literal, receiver, words } from '../code/call-names.ts';

const CARRIES =
  /^(emit|publish|send|sendMessage|send_message|produce|enqueue|add|dispatch|on|once|subscribe|consume|listen|addListener|addEventListener|process|trigger|broadcast|basic_publish|basic_consume|queue_declare|assertQueue|assertExchange|consumeQueue|sendToQueue|createQueue|register|handle|apply_async|send_task|convertAndSend|xadd|xread|lpush|rpush|lpop|rpop|brpop|blpop|Publish|Subscribe|QueueSubscribe|PublishMsg|Queue|Worker|QueueEvents|InjectQueue|QueueProcessor|KafkaListener|RabbitListener|SqsListener|JmsListener|EventPattern|MessagePattern|OnEvent|Processor|shared_task|task|receiver|publishEvent|hincrby|del|get|set|setex|hget|hset|delete|invalidate)$/;
/** A get or a set of anything is no cache; one of a cache is. */
const STORE = /^(get|set|setex|del|hget|hset|delete|invalidate|hincrby|add|on|once|register|handle|task|apply_async)$/;
const BUS =
  /\b(cache|redis|memcached|kv|queue|topic|bus|broker|kafka|producer|consumer|nats|rabbit|channel|amqp|sqs|sns|pubsub|pub sub|events?|emitter|socket|io|jobs?|worker|stream|celery|app|publisher|dispatcher|session store)\b/;

/** Whether a call sends, takes or keeps something under a name; a `get` only where it is one of a store. */
export function carriesEvent({ callee }: Call): boolean {
  const name = lastName(callee);
  return CARRIES.test(name) && (!STORE.test(name) || BUS.test(words(receiver(callee))));
}

/** Whether a call sends or takes under a name, wherever it does: no `get` and no `set`. */
export function speaksToBus({ callee }: Call): boolean {
  return CARRIES.test(lastName(callee)) && !STORE.test(lastName(callee));
}

/** The name that a call carries, where it stands in it. */
export function eventNameIn(call: Call): string | undefined {
  if (!carriesEvent(call)) return undefined;
  const keyword = call.args
    .find((argument) => /^(topics?|queues?|name|channel|routing_key|event|value|destination)\s*=/.test(argument))
    ?.replace(/^\w+\s*=\s*\{?/, '');
  return literal(call.args.find((argument) => literal(argument) !== undefined)) ?? literal(keyword?.replace(/\}$/, ''));
}

const NAMES =
  /^(topics?|topic name|queue|queue name|queue url|channel|channel name|stream|stream name|stream key|event|event name|event type|subject|routing key|exchange|exchange name|cache key|key prefix|cache prefix|group id|consumer group|job name|task name|dead letter queue|dlq)$/;

/** Whether a setting or an option of this name holds the name of an event or a queue. */
export function isNaming(name: string): boolean {
  const text = words(name);
  return (
    NAMES.test(text) ||
    /(^| )(topic|queue|channel|stream|subject|exchange|event name|event type|cache key|routing key|cache prefix)( name)?$/.test(text) ||
    /^(topic|queue|event|channel|stream|subject|exchange|routing key) /.test(text)
  );
}

/** A name as machines write them, not a sentence, a path or a lone word of every day. */
export function isEventName(text: string): boolean {
  return (
    /^[A-Za-z][\w.:/-]{3,}$/.test(text) &&
    !/^(https?:|\/|\.)|\.(ts|js|py|json|md)$/.test(text) &&
    !/^(error|close|open|data|message|connect|disconnect|end|ready|click|change|exit|finish|submit|input|load|resize|scroll|keydown|keyup|default|name|true|false|null|none)$/i.test(
      text,
    )
  );
}
