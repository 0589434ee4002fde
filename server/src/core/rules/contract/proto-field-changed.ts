import type { FindingDraft, Severity } from '../../model/finding.ts';
import type { NamedThing } from '../../model/named-thing.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { shorten, words } from '../vocabulary/code/call-names.ts';
import { type AvroField, avroFields, unreadBranches } from '../vocabulary/contract/avro.ts';
import {
  counterpartMessage,
  type Declaration,
  declarationsOf,
  declared,
  isReserved,
  ownName,
  said,
} from '../vocabulary/contract/declarations.ts';

/**
 * ## What it sees
 * A field of protobuf or Thrift that has another number, another type or another label, went into or out of a `oneof`, or was deleted
 * without reserving its number; a number that goes to another field; a reserved number that is used or free again; a message
 * that is gone. And a field of an Avro record that takes less than it did, lost or never had its default, or was deleted
 * though old readers need it.
 *
 * ## Why it matters
 * On the wire a field is its number and its type. Old clients and stored bytes keep the old meaning: an amount is read as a
 * date, or silently as zero, and no build fails.
 *
 * ## When it is fine
 * A new field with a new number, a deleted one whose number is reserved, a message that only moved or was renamed, comments
 * and options. These are not flagged.
 *
 * ## What it misses
 * A field that keeps number and type and means something else, symbols of an Avro enum, and a type of Thrift behind a `typedef`.
 */
export default defineRule({
  id: 'contract/proto-field-changed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'A protobuf field changed its meaning on the wire',
  reads: ['resources', 'settings'],
  evidence: [{ title: 'buf: FIELD_SAME_TYPE, FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED', url: 'https://buf.build/docs/breaking/rules/' }],
  *check(input): Iterable<FindingDraft> {
    const { before, after, removed, added } = input;
    if (/\.av(sc|pr)$/.test(input.path)) yield* judgeAvro(input);
    if (!isProto(before?.language) && !isProto(after?.language)) return;
    for (const old of declarationsOf(before)) {
      if (!removed.resources.includes(old.resource)) continue;
      if (old.kind === 'field') yield* judgeField(input, old);
      else if (old.kind === 'reserved') yield* judgeReserved(input, old);
      else if (old.kind === 'message') yield* judgeMessage(input, old);
    }
    for (const fresh of declarationsOf(after))
      if (fresh.kind === 'field' && added.resources.includes(fresh.resource)) yield* judgeNewField(input, fresh);
  },
});

function isProto(language: string | undefined): boolean {
  return language === 'proto' || language === 'thrift';
}

/** What was written with the old schema must be read with the new one (Avro specification, schema resolution). */
function* judgeAvro(input: RuleInput): Iterable<FindingDraft> {
  const [old, now] = [avroFields(input.before), avroFields(input.after)];
  const owners = new Set(old.map(({ name }) => name.slice(0, name.indexOf('.'))));
  const say = (field: AvroField, side: FindingDraft['side'], text: string, severity?: Severity): readonly FindingDraft[] => {
    const here = field.settings.find((setting) => input[side === 'after' ? 'added' : 'removed'].settings.includes(setting));
    if (here === undefined) return [];
    const message = fitMessage(`\`${shorten(field.name, 30)}\` ${text}`);
    return [{ side, range: here.range, message, ...(severity === undefined ? {} : { severity }) }];
  };
  for (const fresh of now) {
    const owner = fresh.name.slice(0, fresh.name.indexOf('.'));
    const was = old.find(({ name }) => name === fresh.name || fresh.aliases.some((alias) => name === `${owner}.${alias}`));
    if (was === undefined) {
      if (owners.has(owner) && !fresh.hasDefault) yield* say(fresh, 'after', 'is new and has no default', 'high');
      continue;
    }
    const [unread] = unreadBranches(was, fresh);
    if (unread !== undefined) {
      const text = `no longer takes \`${shorten(unread, 20)}\`, it is \`${shorten(fresh.types.join(' | '), 20)}\` now`;
      const told = say(fresh, 'after', text);
      yield* told.length > 0 ? told : say(was, 'before', text);
    } else if (was.hasDefault && !fresh.hasDefault) yield* say(was, 'before', 'lost its default', 'high');
  }
  for (const gone of old) {
    const [owner = '', own = ''] = gone.name.split('.');
    const stays = now.some(({ name, aliases }) => name === gone.name || (name.startsWith(`${owner}.`) && aliases.includes(own)));
    if (!stays && !gone.hasDefault && now.some(({ name }) => name.startsWith(`${owner}.`)))
      yield* say(gone, 'before', 'deleted, and old readers have no default for it', 'high');
  }
}

function* judgeField(input: RuleInput, old: Declaration): Iterable<FindingDraft> {
  const message = counterpartMessage(input.before, input.after, old.owner);
  // A message that is gone is judged as one thing.
  if (message === undefined) return;
  const name = ownName(old);
  const number = Number(old.says.number);
  const fields = declarationsOf(input.after).filter((other) => other.kind === 'field' && other.owner === message);
  const now = fields.find((other) => ownName(other) === name);
  if (now !== undefined) {
    const broken = breaks(input, old, now);
    if (broken !== undefined) yield finding('after', now, `\`${shorten(old.name, 30)}\` ${broken.text}`, broken.severity);
    return;
  }
  const heir = fields.find((other) => Number(other.says.number) === number);
  if (heir !== undefined) {
    // A number that went to a field that was there already is that field's change.
    if (
      declarationsOf(input.before).some((other) => other.kind === 'field' && other.owner === old.owner && ownName(other) === ownName(heir))
    )
      return;
    const isOther = breaks(input, old, heir) !== undefined || !isLikeName(name, ownName(heir));
    if (!isOther && said(heir, 'json') === name) return;
    const text = `number ${number} was \`${shorten(name, 20)}\`, is \`${shorten(ownName(heir), 20)}\` now`;
    yield finding('after', heir, text, isOther ? undefined : 'high');
    return;
  }
  if (isReserved(input.after, message, number)) return;
  // Readers of Thrift do without what is not required, as long as its number rests.
  const isDispensable = input.before?.language === 'thrift' && said(old, 'label') !== 'required';
  yield finding(
    'before',
    old,
    `\`${shorten(old.name, 30)}\` deleted, its number ${number} is not reserved`,
    isDispensable ? 'high' : undefined,
  );
}

interface Break {
  readonly text: string;
  readonly severity: Severity | undefined;
}

function breaks(input: RuleInput, old: Declaration, now: Declaration): Break | undefined {
  if (old.says.number !== now.says.number && said(old, 'json') === '' && ownName(old) === ownName(now))
    return { text: `was number ${said(old, 'number')}, is ${said(now, 'number')}`, severity: undefined };
  const [was, is] = [said(old, 'type'), said(now, 'type')];
  if (!isSameType(input, was, is)) {
    const widened = WIDENED.has(`${was} ${is}`);
    return { text: `was \`${shorten(was, 14)}\`, is \`${shorten(is, 14)}\``, severity: widened ? 'high' : undefined };
  }
  const [oldLabel, newLabel] = [said(old, 'label'), said(now, 'label')];
  if ((oldLabel === 'repeated') !== (newLabel === 'repeated'))
    return { text: newLabel === 'repeated' ? 'is repeated now' : 'is no longer repeated', severity: undefined };
  if ((oldLabel === 'required') !== (newLabel === 'required'))
    return { text: newLabel === 'required' ? 'is required now' : 'is no longer required', severity: undefined };
  if (said(old, 'oneof') !== said(now, 'oneof') && !isOneofRenamed(input, old, now))
    return {
      text:
        said(now, 'oneof') === ''
          ? `left \`oneof ${shorten(said(old, 'oneof'), 16)}\``
          : `went into \`oneof ${shorten(said(now, 'oneof'), 16)}\``,
      severity: 'high',
    };
  const [oldJson, newJson] = [jsonName(old), jsonName(now)];
  return ownName(old) === ownName(now) && oldJson !== newJson
    ? { text: `is \`${shorten(newJson, 18)}\` in JSON, was \`${shorten(oldJson, 18)}\``, severity: 'high' }
    : undefined;
}

/** What the field is called in JSON: as it is told, or its own name in camel case (protobuf.dev, ProtoJSON format). */
function jsonName(field: Declaration): string {
  const [first = '', ...rest] = ownName(field).split('_');
  return said(field, 'json') || [first, ...rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1))].join('');
}

/** Types of which every old value is read back whole (protobuf.dev, updating a message type). */
const WIDENED: ReadonlySet<string> = new Set([
  'int32 int64',
  'uint32 uint64',
  'uint32 int64',
  'bool int32',
  'bool int64',
  'sint32 sint64',
  'string bytes',
]);

/** `Money` is `shop.v1.Money`, and the new name of a message that was renamed. */
function isSameType(input: RuleInput, was: string, is: string): boolean {
  if (was === is) return true;
  const [old, fresh] = [was.replace(/^\./, ''), is.replace(/^\./, '')];
  if (old === fresh || old.endsWith(`.${fresh}`) || fresh.endsWith(`.${old}`)) return true;
  const renamed = counterpartMessage(input.before, input.after, old.slice(old.lastIndexOf('.') + 1));
  return renamed !== undefined && declared(input.before, 'message', renamed) === undefined && fresh.endsWith(renamed);
}

/** The group kept its members under another name. */
function isOneofRenamed(input: RuleInput, old: Declaration, now: Declaration): boolean {
  const group = (side: 'before' | 'after', of: Declaration): string =>
    declarationsOf(input[side])
      .filter((other) => other.kind === 'field' && other.owner === of.owner && said(other, 'oneof') === said(of, 'oneof'))
      .map((other) => said(other, 'number'))
      .join();
  if (said(old, 'oneof') === '' || said(now, 'oneof') === '') return false;
  return group('before', old) === group('after', now);
}

/** `weight` became `weight_grams`: the name changed more than the meaning. */
function isLikeName(was: string, is: string): boolean {
  const old = new Set(words(was).split(' '));
  const fresh = words(is).split(' ');
  return (
    fresh.some((word) => word.length > 2 && old.has(word)) &&
    !fresh.some((word) => UNITS.has(word)) &&
    ![...old].some((word) => UNITS.has(word))
  );
}

/** Words after which the same number says another amount. */
const UNITS: ReadonlySet<string> = new Set(
  'cents minor major micros nanos millis ms seconds secs minutes hours days grams kg kilos pounds bytes kb mb gb percent bps meters km miles usd eur'.split(
    ' ',
  ),
);

function* judgeReserved(input: RuleInput, old: Declaration): Iterable<FindingDraft> {
  // A remark of Thrift is a custom, and no promise.
  if (input.before?.language === 'thrift') return;
  const message = counterpartMessage(input.before, input.after, old.owner);
  if (message === undefined || old.says.from === undefined) return;
  const { from, to } = old.says;
  const isCovered = isReserved(input.after, message, Number(from)) && isReserved(input.after, message, Number(to));
  const taken = declarationsOf(input.after).some(
    (other) =>
      (other.kind === 'field' || other.kind === 'value') &&
      other.owner === message &&
      Number(from) <= Number(other.says.number) &&
      Number(other.says.number) <= Number(to),
  );
  if (isCovered || taken) return;
  yield finding('before', old, `number ${from} of \`${shorten(old.owner, 30)}\` is no longer reserved`, 'high');
}

function* judgeNewField(input: RuleInput, fresh: Declaration): Iterable<FindingDraft> {
  const number = Number(fresh.says.number);
  const existed = declarationsOf(input.before).some(
    (other) => other.kind === 'field' && other.name === fresh.name && other.says.number === fresh.says.number,
  );
  if (existed) return;
  if (said(fresh, 'label') === 'required' && isDemanded(input, fresh, number)) {
    yield finding('after', fresh, `\`${shorten(fresh.name, 30)}\` is new and required, and nothing written before has it`, 'high');
    return;
  }
  if (!isReserved(input.before, fresh.owner, number)) return;
  yield finding('after', fresh, `\`${shorten(fresh.name, 30)}\` takes number ${number}, which was reserved`, undefined);
}

/** No field of its message had its name or its number, and the message was there. */
function isDemanded({ before }: RuleInput, fresh: Declaration, number: number): boolean {
  const old = declarationsOf(before).filter((other) => other.kind === 'field' && other.owner === fresh.owner);
  return old.length > 0 && !old.some((other) => ownName(other) === ownName(fresh) || Number(other.says.number) === number);
}

/** A message that nothing stands for any more; what only this file held goes with the rpc or the field that used it. */
function* judgeMessage(input: RuleInput, old: Declaration): Iterable<FindingDraft> {
  if (counterpartMessage(input.before, input.after, old.name) !== undefined) return;
  // Inner ones go with the message around them.
  if (old.owner !== '' && counterpartMessage(input.before, input.after, old.owner) === undefined) return;
  const fields = declarationsOf(input.before).filter((other) => other.kind === 'field' && other.owner === old.name);
  // All of it stands in another file of the change.
  if (fields.length > 0 && fields.every((field) => !isLost(input, field))) return;
  const word = ownName(old);
  const users = input.trees.after.mentioning(word, ['.proto', '.thrift']).filter((path) => path !== input.path);
  const severity = users.length > 0 || fields.length > 0 ? 'high' : 'low';
  yield finding('before', old, `message \`${shorten(old.name, 40)}\` deleted`, severity);
}

function isLost(input: RuleInput, field: Declaration): boolean {
  return !input.addedElsewhere().resources.some((other) => other.key === field.resource.key);
}

function finding(side: FindingDraft['side'], at: Declaration, text: string, severity: Severity | undefined): FindingDraft {
  const things: readonly NamedThing[] =
    at.kind === 'field' ? [{ kind: 'proto', name: ownName(at), within: at.owner }] : [{ kind: 'proto', name: ownName(at) }];
  return {
    side,
    range: at.resource.range,
    message: fitMessage(text),
    ...(severity === undefined ? {} : { severity }),
    ...(/^(field|message)$/.test(at.kind) ? { things, thingsIn: side } : {}),
  };
}
