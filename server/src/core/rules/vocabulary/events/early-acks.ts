import type { Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { isFalse, isTrue } from '../settings/setting-values.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';
import { ackedFirst, type EarlyAck } from './acked-first.ts';

/** True keeps a message until the work is done. */
const LATE = /^(?:task )?(?:acks late|reject on worker lost)$/;
/** True takes it as done when it is handed out. */
const EARLY = /^(?:auto ack|no ack|auto ?commit|enable auto commit)$/;
/** Consumers that take it as done where nothing is said. */
const EARLY_BY_ITSELF = /^(?:enable auto commit|auto ?commit)$/;
const CONSUMES = /consum|kafka|subscribe|rabbit|amqp|(^|\.)run$/i;

/** Celery's `acks_late`, RabbitMQ's `noAck`, Kafka's `enable.auto.commit`, in programs and in files of settings. */
export function* earlyAcks(input: RuleInput): Generator<EarlyAck> {
  yield* ackedFirst(input);
  for (const option of input.removed.options) {
    const name = words(option.name);
    const wasLate = LATE.test(name) && isTrue(option.value);
    const wasHeld = EARLY.test(name) && isFalse(option.value) && CONSUMES.test(option.callee);
    if ((!wasLate && !wasHeld) || !isStill(input, option)) continue;
    if (wasLate && countOf(input.after, name) + countOf(input.addedElsewhere(), name) >= countOf(input.before, name)) continue;
    const now = sameIn(input.after?.options ?? [], option) ?? sameIn(input.addedElsewhere().options, option);
    if (now === undefined ? wasHeld && !EARLY_BY_ITSELF.test(name) : isTrue(now.value) === wasLate) continue;
    const place =
      now === undefined || !input.added.options.includes(now)
        ? { side: 'before' as const, range: option.range }
        : { side: 'after' as const, range: now.range };
    yield { ...place, what: told(option.name) };
  }
  for (const call of input.added.calls) {
    if (lastName(call.callee) !== 'Consume' || call.args.length < 6 || call.args[2] !== 'true') continue;
    const old = input.removed.calls.find(({ callee, args }) => callee === call.callee && args[0] === call.args[0] && args[2] === 'false');
    if (old !== undefined) yield { side: 'after', range: call.range, what: told('autoAck') };
  }
  for (const change of changedSettings(input)) {
    const { path, before, after, resourceIsGone } = change;
    const name = words(path.at(-1) ?? '');
    if (
      before === undefined ||
      after === undefined ||
      resourceIsGone ||
      !/kafka|rabbit|consumer|listener|amqp|messag/i.test(path.join('.'))
    )
      continue;
    const isCommitted = EARLY_BY_ITSELF.test(name) && isFalse(before.value) && isTrue(after.value);
    const isMode =
      /^(?:acknowledge|ack) mode$/.test(name) && /^manual\w*$/i.test(String(before.value)) && /^none$/i.test(String(after.value));
    if (isCommitted || isMode) yield { ...placeOf(change), what: told(path.at(-1) ?? '') };
  }
}

function told(name: string): string {
  return `\`${name}\`: a worker that dies loses its message`;
}

/** The call, the class or the module that was told it is still there. */
function isStill({ after }: RuleInput, { callee, scope }: Option): boolean {
  if (after === undefined) return false;
  if (callee !== '') return after.calls.some((call) => call.callee === callee);
  return scope === '' || after.symbols.some(({ name }) => name === scope || name.startsWith(`${scope}.`));
}

/** How often the file says it; a base class may say it for all. */
function countOf(facts: { readonly options: readonly Option[] } | undefined, name: string): number {
  return facts?.options.filter((other) => words(other.name) === name && isTrue(other.value)).length ?? 0;
}

function sameIn(options: readonly Option[], { name, scope, callee }: Option): Option | undefined {
  return (
    options.find((other) => other.name === name && other.scope === scope && other.callee === callee) ??
    (callee === '' && scope !== '' ? undefined : options.find((other) => words(other.name) === words(name)))
  );
}
