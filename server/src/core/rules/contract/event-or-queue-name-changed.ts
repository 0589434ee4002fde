import type { Call, Option, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import type { Range } from '../../model/range.ts';
import type { RepoPath } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { keepOf, keepOfBoth } from '../vocabulary/code/kept.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { composedHere, type Skeleton, saysPart, skeletonOf, skeletonOfValue } from '../vocabulary/contract/composed-names.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * The name of a topic, a queue, an event or a cache key that changed here, or the fixed part of one that is put together, while
 * another file still says the old one.
 *
 * ## Why it matters
 * Nothing fails: one side writes where nobody reads, and the other waits for what never comes. What lies in the old queue stays
 * there.
 *
 * ## When it is fine
 * Both sides change together, or the name stands in one constant that both import. These are not flagged. Where the other side
 * is not in the repository the finding is a note.
 *
 * ## What it misses
 * A name of which no part is written down, and one that several files put together.
 */
export default defineRule({
  id: 'contract/event-or-queue-name-changed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'An event or a queue is named otherwise on one side',
  reads: ['calls', 'options', 'settings'],
  evidence: [
    {
      title: 'Amazon retail 2026-03: high-blast-radius changes (reported)',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const { old, now, range } of [...renamedInCalls(input), ...renamedInOptions(input), ...renamedInSettings(input)]) {
      if (flagged.has(old) || old === now || !isName(old) || !isName(now)) continue;
      flagged.add(old);
      const left = usersOf(input, old);
      const joined = usersOf(input, now).filter((path) => !hadName(input, path, now));
      // Whoever was not changed and still says the old name is the other side.
      if (left.length === 0 && (joined.length > 0 || !isElsewhere(input))) continue;
      const where =
        left.length === 0
          ? '; its other side is not here'
          : `; ${left.length} ${left.length === 1 ? 'file says' : 'files say'} the old name`;
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(old, 22)}\` is now \`${shorten(now, 22)}\`${where}`),
        severity: left.length === 0 ? 'low' : left.length >= 5 ? 'high' : 'medium',
        things: [{ kind: 'event', name: old }],
        related: left.slice(0, 10).map((path) => ({ path, line: lineOf(input, path, old), message: `says ${shorten(old, 40)}` })),
      };
    }
    yield* composed(input);
    yield* partsRenamed(input);
  },
});

interface Renamed {
  readonly old: string;
  readonly now: string;
  readonly range: Range;
}

const CARRIES =
  /^(emit|publish|send|sendMessage|send_message|produce|enqueue|add|dispatch|on|once|subscribe|consume|listen|addListener|addEventListener|process|trigger|broadcast|basic_publish|basic_consume|queue_declare|assertQueue|assertExchange|consumeQueue|sendToQueue|createQueue|register|handle|apply_async|send_task|convertAndSend|xadd|xread|lpush|rpush|lpop|rpop|brpop|blpop|Publish|Subscribe|QueueSubscribe|PublishMsg|Queue|Worker|QueueEvents|KafkaListener|RabbitListener|SqsListener|JmsListener|EventPattern|MessagePattern|OnEvent|Processor|shared_task|task|receiver|publishEvent|hincrby|del|get|set|setex|hget|hset|delete|invalidate)$/;
/** A get or a set of anything is no cache; one of a cache is. */
const STORE = /^(get|set|setex|del|hget|hset|delete|invalidate|hincrby|add|on|once|register|handle|task|apply_async)$/;
const BUS =
  /\b(cache|redis|memcached|kv|queue|topic|bus|broker|kafka|producer|consumer|nats|rabbit|channel|amqp|sqs|sns|pubsub|pub sub|events?|emitter|socket|io|jobs?|worker|stream|celery|app|publisher|dispatcher|session store)\b/;

function* renamedInCalls(input: RuleInput): Iterable<Renamed> {
  const only = (facts: SourceFacts | undefined, { callee, kind }: Call): boolean =>
    kind === 'new' && facts?.calls.filter((other) => other.kind === kind && other.callee === callee).length === 1;
  for (const call of input.added.calls) {
    const constant = nameIn(call) === undefined ? constantOf(call, input.after) : undefined;
    const now = nameIn(call) ?? literal(constant?.value);
    if (now === undefined) continue;
    const old = input.removed.calls.find(
      (other) =>
        other.callee === call.callee &&
        nameIn(other) !== undefined &&
        (counterpartScope(input, other.scope) === call.scope ||
          other.scope === call.scope ||
          other.kind === 'decorator' ||
          // The only queue of a file is that queue, whichever class holds it now.
          (only(input.before, other) && only(input.after, call))),
    );
    if (old === undefined || (constant === undefined ? rest(old) !== rest(call) : old.args.length !== call.args.length)) continue;
    const isHere = constant !== undefined && input.added.options.includes(constant);
    yield { old: nameIn(old) ?? '', now, range: isHere ? constant.range : call.range };
  }
}

/** The constant of this file by which a call says its name: `new Queue(QueueName.Mail)`. */
function constantOf(call: Call, facts: SourceFacts | undefined): Option | undefined {
  const name = lastName(call.callee);
  const [first = ''] = call.args;
  if (!CARRIES.test(name) || STORE.test(name) || !/^\w+(\.\w+)*$/.test(first)) return undefined;
  const found = facts?.options.filter((option) => option.name === lastName(first) && literal(option.value) !== undefined) ?? [];
  return found.length === 1 ? found[0] : undefined;
}

/** A name that stood in a call and is put together now, while another file says it as it was. */
function* composed(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined || input.added.calls.length + input.added.symbols.length === 0) return;
  for (const { old, lost } of namesLost(before, after)) {
    const range = composedHere(input, old);
    if (range === undefined) continue;
    const left = usersOf(input, lost);
    // A file that says it newly holds the name now.
    if (left.length === 0 || left.some((path) => !hadName(input, path, lost))) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(
        `\`${shorten(lost, 24)}\` is put together now; ${left.length} ${left.length === 1 ? 'file says' : 'files say'} it as it was`,
      ),
      severity: left.length >= 5 ? 'high' : 'medium',
      things: [{ kind: 'event', name: lost }],
      related: left.slice(0, 10).map((path) => ({ path, line: lineOf(input, path, lost), message: `says ${shorten(lost, 40)}` })),
    };
    return;
  }
}

/** Names that calls of the old side carried and that the new side says nowhere. */
const namesLost = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly { readonly old: Call; readonly lost: string }[] => {
  const kept = new Set(after.calls.map(({ key }) => key));
  return before.calls.flatMap((old) => {
    const name = lastName(old.callee);
    if (kept.has(old.key) || !CARRIES.test(name) || (STORE.test(name) && !BUS.test(words(receiver(old.callee))))) return [];
    const lost = old.args
      .flatMap((argument) => literal(argument) ?? [])
      .find((text) => isName(text) && /[._:/-]/.test(text) && !says({ kind: 'text', text: tokensText(after) }, text));
    return lost === undefined ? [] : [{ old, lost }];
  });
});

const tokensText = keepOf((facts: SourceFacts): string => facts.tokens.map(({ text }) => text).join(' '));

/** A name with holes whose fixed part changed, while another file says the old part. */
function* partsRenamed(input: RuleInput): Iterable<FindingDraft> {
  for (const { was, is, range } of [...partsInCalls(input), ...partsInOptions(input), ...partsInSettings(input)]) {
    if (was.text === is.text || is.text.includes(was.text)) continue;
    const left = input.trees.after
      .mentioning(was.fixed.match(/\w+/g)?.sort((a, b) => b.length - a.length)[0] ?? was.fixed, SPEAKERS)
      .filter((path) => {
        const [content, old] = [input.trees.after.read(path), input.trees.before.read(path)];
        return (
          path !== input.path &&
          !isBeside(path) &&
          content?.kind === 'text' &&
          saysPart(content.text, was) &&
          old?.kind === 'text' &&
          saysPart(old.text, was)
        );
      });
    if (left.length === 0) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(
        `\`${shorten(was.text, 22)}\` is now \`${shorten(is.text, 22)}\`; ${left.length} ${left.length === 1 ? 'file says' : 'files say'} the old name`,
      ),
      severity: left.length >= 5 ? 'high' : 'medium',
      related: left.slice(0, 10).map((path) => ({ path, line: lineOf(input, path, was.fixed), message: `says ${shorten(was.fixed, 40)}` })),
    };
  }
}

interface RenamedPart {
  readonly was: Skeleton;
  readonly is: Skeleton;
  readonly range: Range;
}

function* partsInCalls(input: RuleInput): Iterable<RenamedPart> {
  const partOf = (call: Call): Skeleton | undefined => {
    const name = lastName(call.callee);
    if (!CARRIES.test(name) || (STORE.test(name) && !BUS.test(words(receiver(call.callee))))) return undefined;
    return call.args.flatMap((argument) => skeletonOf(argument.replace(/^[A-Za-z_]\w*\s*=\s*(?=[fFrR]?["'`])/, '')) ?? [])[0];
  };
  for (const call of input.added.calls) {
    const is = partOf(call);
    if (is === undefined) continue;
    const old = input.removed.calls.find(
      (other) =>
        other.callee === call.callee &&
        partOf(other) !== undefined &&
        (counterpartScope(input, other.scope) === call.scope || other.scope === call.scope),
    );
    const was = old === undefined ? undefined : partOf(old);
    if (was !== undefined) yield { was, is, range: call.range };
  }
}

function* partsInOptions(input: RuleInput): Iterable<RenamedPart> {
  for (const { before, after } of changedOptions(input)) {
    const [was, is] = [skeletonOf(before.value), skeletonOf(after.value)];
    if (was !== undefined && is !== undefined && (isNaming(after.name) || /\b(key|prefix)$/.test(words(after.name))))
      yield { was, is, range: after.range };
  }
}

function* partsInSettings(input: RuleInput): Iterable<RenamedPart> {
  for (const { before, after, path, resourceIsNew } of changedSettings(input)) {
    if (before === undefined || after === undefined || resourceIsNew) continue;
    const [was, is] = [skeletonOfValue(String(before.value)), skeletonOfValue(String(after.value))];
    const own = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
    if (was !== undefined && is !== undefined && (isNaming(own) || /_(TOPIC|QUEUE|CHANNEL|STREAM|SUBJECT)(_NAME)?$/.test(own)))
      yield { was, is, range: after.range };
  }
}

/** The same call but for its name. */
function rest(call: Call): string {
  return call.args.filter((argument) => literal(argument) !== nameIn(call)).length.toString();
}

function nameIn(call: Call): string | undefined {
  const name = lastName(call.callee);
  if (!CARRIES.test(name) || (STORE.test(name) && !BUS.test(words(receiver(call.callee))))) return undefined;
  const keyword = call.args
    .find((argument) => /^(topics?|queues?|name|channel|routing_key|event|value|destination)\s*=/.test(argument))
    ?.replace(/^\w+\s*=\s*\{?/, '');
  return literal(call.args.find((argument) => literal(argument) !== undefined)) ?? literal(keyword?.replace(/\}$/, ''));
}

const NAMES =
  /^(topics?|topic name|queue|queue name|queue url|channel|channel name|stream|stream name|stream key|event|event name|event type|subject|routing key|exchange|exchange name|cache key|key prefix|cache prefix|group id|consumer group|job name|task name|dead letter queue|dlq)$/;

function isNaming(name: string): boolean {
  const text = words(name);
  return (
    NAMES.test(text) ||
    /(^| )(topic|queue|channel|stream|subject|exchange|event name|event type|cache key|routing key|cache prefix)( name)?$/.test(text) ||
    /^(topic|queue|event|channel|stream|subject|exchange|routing key) /.test(text)
  );
}

function* renamedInOptions(input: RuleInput): Iterable<Renamed> {
  for (const { before, after } of changedOptions(input)) {
    const [old, now] = [literal(before.value), literal(after.value)];
    const isInTable = /\b(topics|queues|events|channels|streams|subjects|exchanges|cache ?keys|event ?names|event ?types)\b/i.test(
      words(after.key.slice(0, after.key.indexOf(':'))),
    );
    if (old !== undefined && now !== undefined && (isNaming(after.name) || isInTable)) yield { old, now, range: after.range };
  }
}

function* renamedInSettings(input: RuleInput): Iterable<Renamed> {
  for (const { before, after, path, resourceIsNew } of changedSettings(input)) {
    if (before === undefined || after === undefined || resourceIsNew || typeof before.value !== 'string' || typeof after.value !== 'string')
      continue;
    const own = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
    const isInTable =
      path.slice(0, -1).some((part) => /^(topics|queues|channels|events|streams|subscriptions)$/i.test(part)) &&
      /^(name|\d+)$/.test(path.at(-1) ?? '');
    if (isNaming(own) || isInTable || /_(TOPIC|QUEUE|CHANNEL|STREAM|SUBJECT)(_NAME)?$/.test(own))
      yield { old: before.value, now: after.value, range: after.range };
  }
}

/** A name as machines write them, not a sentence, a path or a lone word of every day. */
function isName(text: string): boolean {
  return (
    /^[A-Za-z][\w.:/-]{3,}$/.test(text) &&
    !/^(https?:|\/|\.)|\.(ts|js|py|json|md)$/.test(text) &&
    !/^(error|close|open|data|message|connect|disconnect|end|ready|click|change|exit|finish|submit|input|load|resize|scroll|keydown|keyup|default|name|true|false|null|none)$/i.test(
      text,
    )
  );
}

const SPEAKERS = [
  '.ts',
  '.tsx',
  '.js',
  '.jsx',
  '.mjs',
  '.cjs',
  '.py',
  '.go',
  '.java',
  '.kt',
  '.rs',
  '.rb',
  '.yaml',
  '.yml',
  '.json',
  '.tf',
  '.toml',
  '.properties',
  '.env',
];

/** Other files that say a name, in quotes or as a value of their own. */
function usersOf(input: RuleInput, name: string): readonly RepoPath[] {
  const longest = (name.match(/\w+/g) ?? []).sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return [];
  return input.trees.after.mentioning(longest, SPEAKERS).filter((path) => {
    if (path === input.path || isBeside(path)) return false;
    return says(input.trees.after.read(path), name);
  });
}

/** Documents, samples and tests, which nothing is sent from. */
function isBeside(path: string): boolean {
  return /(^|\/)(docs?|examples?|fixtures?|__snapshots__)\/|lock\.(json|yaml)$|-lock\.json$|\.lock$|[._-](test|spec)\.|(^|\/)(tests?|__tests__)\//.test(
    path,
  );
}

function hadName(input: RuleInput, path: RepoPath, name: string): boolean {
  return says(input.trees.before.read(path), name);
}

function says(content: ReturnType<RuleInput['trees']['after']['read']>, name: string): boolean {
  if (content?.kind !== 'text') return false;
  for (let at = content.text.indexOf(name); at >= 0; at = content.text.indexOf(name, at + 1)) {
    const [before, after] = [content.text[at - 1] ?? '\n', content.text[at + name.length] ?? '\n'];
    if (/["'`\s:=]/.test(before) && /["'`\s,}]/.test(after) && !(before === ' ' && after === ' ')) return true;
  }
  return false;
}

function lineOf(input: RuleInput, path: RepoPath, name: string): number {
  const content = input.trees.after.read(path);
  return content?.kind === 'text' ? content.text.slice(0, Math.max(0, content.text.indexOf(name))).split('\n').length : 1;
}

/** The file speaks with something outside this repository. */
function isElsewhere(input: RuleInput): boolean {
  return /\b(kafka|amqp|rabbit|sqs|sns|pubsub|nats|redis|queue|topic|celery|bullmq|kinesis)\b/i.test(
    words(`${input.path} ${input.after?.calls.map((call) => call.callee).join(' ') ?? ''}`),
  );
}
