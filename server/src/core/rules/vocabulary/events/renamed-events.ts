import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { escaped } from '../code/literal-patterns.ts';
import { changedOptions } from '../code/option-changes.ts';
import { changedSettings } from '../settings/settings.ts';
import { carriesEvent, eventNameIn, isNaming, speaksToBus } from './event-names.ts';

/** A name under which something is sent or taken, that is another one now. */
export interface RenamedEvent {
  readonly old: string;
  readonly now: string;
  readonly range: Range;
  /** True where only somebody who still says the old name shows that it was one. */
  readonly isGuessed?: boolean;
}

/** Names that calls say otherwise than before. */
export function* renamedInCalls(input: RuleInput): Iterable<RenamedEvent> {
  const only = (facts: SourceFacts | undefined, { callee, kind }: Call): boolean =>
    kind === 'new' && facts?.calls.filter((other) => other.kind === kind && other.callee === callee).length === 1;
  // It may stand further down now, in another hunk than the one that lost it.
  const gone = input.added.calls.length === 0 ? [] : onlyIn(input.before?.calls ?? [], input.after?.calls ?? []);
  for (const call of input.added.calls) {
    const constant = eventNameIn(call) === undefined ? constantOf(call, input.after) : undefined;
    const now = eventNameIn(call) ?? literal(constant?.value);
    if (now === undefined) continue;
    const old = [...input.removed.calls, ...gone.filter((other) => only(input.before, other))].find(
      (other) =>
        other.callee === call.callee &&
        eventNameIn(other) !== undefined &&
        (counterpartScope(input, other.scope) === call.scope ||
          other.scope === call.scope ||
          other.kind === 'decorator' ||
          // The only queue of a file is that queue, whichever class holds it now.
          (only(input.before, other) && only(input.after, call))),
    );
    // What a decorator is told beside the name is no other name.
    const isTask = call.kind === 'decorator' && call.args.some((argument) => /^name\s*=/.test(argument));
    if (old === undefined || (constant === undefined ? !isTask && rest(old) !== rest(call) : old.args.length !== call.args.length))
      continue;
    const isHere = constant !== undefined && input.added.options.includes(constant);
    yield { old: eventNameIn(old) ?? '', now, range: isHere ? constant.range : call.range };
  }
}

/** The constant of this file by which a call says its name: `new Queue(QueueName.Mail)`. */
function constantOf(call: Call, facts: SourceFacts | undefined): Option | undefined {
  const [first = ''] = call.args;
  if (!speaksToBus(call) || !/^\w+(\.\w+)*$/.test(first)) return undefined;
  const found = facts?.options.filter((option) => option.name === lastName(first) && literal(option.value) !== undefined) ?? [];
  return found.length === 1 ? found[0] : undefined;
}

/** The same call but for its name. */
function rest(call: Call): string {
  const name = eventNameIn(call);
  return call.args.filter((argument) => literal(argument) !== name).length.toString();
}

/** Names in constants and options of code. */
export function* renamedInOptions(input: RuleInput): Iterable<RenamedEvent> {
  for (const { before, after } of changedOptions(input)) {
    const [old, now] = [literal(before.value), literal(after.value)];
    const isInTable = /\b(topics|queues|events|channels|streams|subjects|exchanges|cache ?keys|event ?names|event ?types)\b/i.test(
      words(after.key.slice(0, after.key.indexOf(':'))),
    );
    if (old !== undefined && now !== undefined && (isNaming(after.name) || isInTable)) yield { old, now, range: after.range };
  }
}

/**
 * An entry of a table of names (`keys.stored: 'locker.parcel.stored'`) that gave way to another of the same family, in a file that sends
 * or takes: the key is renamed with its value, so that no option of the old name is left to compare with.
 */
export function* renamedInTables(input: RuleInput): Iterable<RenamedEvent> {
  const { removed, added, before, after } = input;
  if (before === undefined || after === undefined || removed.options.length === 0 || added.options.length === 0) return;
  if (!before.calls.some(speaksToBus) && !after.calls.some(speaksToBus)) return;
  const table = ({ callee, key }: Option): string => (callee === '' ? (/^\((\w+)\./.exec(key)?.[1] ?? '') : '');
  const family = (name: string | undefined): string => /^((?:[\w-]+[.:/])+)[\w-]+$/.exec(name ?? '')?.[1] ?? '';
  for (const option of removed.options) {
    const [own, old] = [table(option), literal(option.value)];
    if (own === '' || old === undefined || family(old) === '' || after.options.some(({ value }) => literal(value) === old)) continue;
    const fresh = added.options.filter((other) => table(other) === own && family(literal(other.value)) === family(old));
    const [first, ...others] = fresh.filter(({ name }) => !before.options.some((was) => was.name === name && table(was) === own));
    const now = literal(first?.value);
    if (first !== undefined && now !== undefined && others.length === 0) yield { old, now, range: first.range, isGuessed: true };
  }
}

/**
 * A name that was written out in calls of other files and stands in a constant of this one now, otherwise: `Queue('lab-results')` that
 * became `Queue(RESULTS)` beside a new `RESULTS = 'lab.results'`.
 */
export function* renamedIntoConstants(input: RuleInput): Iterable<RenamedEvent> {
  for (const constant of input.added.options) {
    const now = literal(constant.value);
    if (now === undefined || constant.callee !== '' || !/^[A-Za-z_]\w{2,}$/.test(constant.name)) continue;
    const names = new RegExp(`(?:^|[.:=]\\s?)${escaped(constant.name)}$`);
    for (const call of input.addedElsewhere().calls) {
      if (!carriesEvent(call) || !call.args.some((argument) => names.test(argument))) continue;
      const old = input
        .removedElsewhere()
        .calls.find((other) => other.callee === call.callee && other.scope === call.scope && eventNameIn(other) !== undefined);
      const was = old === undefined ? undefined : eventNameIn(old);
      if (was === undefined || was === now || rest(old ?? call) !== (call.args.length - 1).toString()) continue;
      yield { old: was, now, range: constant.range, isGuessed: true };
      break;
    }
  }
}

/** Names in configuration. */
export function* renamedInSettings(input: RuleInput): Iterable<RenamedEvent> {
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
