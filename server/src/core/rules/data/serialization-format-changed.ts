import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { scopeAtLine } from '../vocabulary/code/code-text.ts';
import { counterpartScope } from '../vocabulary/code/counterpart.ts';
import { factsWithin } from '../vocabulary/code/facts-by-place.ts';
import { changedOptions } from '../vocabulary/code/option-changes.ts';
import { isExtracted, lostCallsIn, newCallsIn } from '../vocabulary/code/scope-changes.ts';
import { tokenTexts } from '../vocabulary/code/token-lines.ts';
import { codecKeys, takesBothKeys } from '../vocabulary/schema/codec-keys.ts';
import { overgrownContents } from '../vocabulary/schema/content-templates.ts';
import { featureIn, featuresOf, hasEncoder, makesOne } from '../vocabulary/schema/encoder-features.ts';
import { encoderOptions } from '../vocabulary/schema/encoder-options.ts';
import { payloadKeys, writerOf, writesSomething } from '../vocabulary/schema/payload-keys.ts';
import { isKeptApart } from '../vocabulary/schema/versioned-keys.ts';
import { namesAsBefore } from '../vocabulary/schema/written-by-rule.ts';
import { formOf, importedForm, isKept, isSameKind, isStillUnpacked, isWritten } from '../vocabulary/schema/written-forms.ts';
import { changedAnnotations, changedTags, renames } from '../vocabulary/schema/written-names.ts';
import { changedSettings } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * What is stored or queued is written in another form: another encoder, a date as a number where it was text, an enum by its
 * place where it was its name, a key of the payload under another name, also where a function of the file puts the payload
 * together; and an annotation, a tag of a field, a naming strategy or a switch of the encoder that gives all it writes other
 * names or forms. Content whose fields are more than its template, or the one constant of the code, supplies.
 *
 * ## Why it matters
 * The old form lies in tables, queues and caches, and the old release still reads and writes it while the new one rolls out.
 *
 * ## When it is fine
 * The change adds a version to the payload, or a reader that takes both forms. Answers of a web page are judged as contracts of
 * their own.
 *
 * ## What it misses
 * A change inside a type that a library writes out whole.
 */
export default defineRule({
  id: 'data/serialization-format-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Stored or queued data has another form',
  reads: ['calls', 'options', 'settings', 'tokens'],
  evidence: [
    {
      title: 'CrowdStrike 2024-07-19: 21 fields, 20 inputs',
      url: 'https://www.crowdstrike.com/falcon-content-update-remediation-and-guidance-hub/',
    },
    { title: 'buf breaking: JSON names', url: 'https://buf.build/docs/breaking/rules/' },
  ],
  *check(input): Iterable<FindingDraft> {
    if (input.before === undefined || input.after === undefined) return;
    const drafts = [
      ...overgrownContents(input),
      ...encoders(input),
      ...changedAnnotations(input),
      ...keys(input),
      ...movedKeys(input),
      ...encoderOptions(input),
      ...features(input),
      ...written(input),
      ...codecKeys(input),
    ];
    // Asked last, because it goes over the whole file, and most hunks hold nothing of this.
    if (drafts.length === 0 || takesBoth(input)) return;
    const flagged = new Set<number>();
    for (const draft of drafts) {
      if (flagged.has(draft.range.start.line) || isKeptApart(input, scopeOf(input, draft))) continue;
      flagged.add(draft.range.start.line);
      yield draft;
    }
  },
});

/** The function of the after side that a finding speaks of. */
function scopeOf(input: RuleInput, { side, range }: FindingDraft): string {
  if (side === 'after') return scopeAtLine(input.after, range.start.line);
  const scope = scopeAtLine(input.before, range.start.line);
  return counterpartScope(input, scope) ?? scope;
}

/** A version came to the payload, or the reader has a second way. */
function takesBoth(input: RuleInput): boolean {
  const isVersion = (name: string): boolean =>
    /^(v|ver|version|schema version|format|format version|payload version|schema)$/.test(words(name));
  if (input.added.options.some((option) => isVersion(option.name))) return true;
  return input.added.calls.some(
    (call) =>
      /\b(migrate|upgrade|legacy|fallback|compat\w*)\b/.test(words(call.callee)) ||
      (call.kind === 'decorator' && /^JsonAlias$/.test(lastName(call.callee))),
  );
}

function* encoders(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.added.calls) {
    const form = formOf(call) ?? importedForm(call, input);
    if (form === undefined) continue;
    const home = writerOf(input.after, call.scope);
    if (!(isKept(input, call.scope) || isKept(input, home))) continue;
    // A rewrite is cut into several hunks: what was lost in another one counts.
    const old = [...input.removed.calls, ...lostCallsIn(input, call.scope), ...lostCallsIn(input, home)].find(
      (other) =>
        formOf(other) !== undefined && formOf(other) !== form && isSameKind(formOf(other), form) && isHome(input, other.scope, call.scope),
    );
    const was = old === undefined ? undefined : formOf(old);
    if (old === undefined || isExtracted(input, old) || stays(input, call.scope, was) || isStillUnpacked(input, was)) continue;
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 30)}\` writes ${form}; it was ${was}`) };
  }
}

/** The same function writes both, whichever puts them together. */
function isHome(input: RuleInput, before: string, after: string): boolean {
  if (counterpartScope(input, before) === after) return true;
  return counterpartScope(input, writerOf(input.before, before)) === writerOf(input.after, after);
}

function stays(input: RuleInput, scope: string, form: string | undefined): boolean {
  return factsWithin(input.after?.calls ?? [], scope).some((call) => formOf(call) === form) && newCallsIn(input, scope).length === 0;
}

/** A key of an object that is written out at once has another name, and the same value. */
function* keys(input: RuleInput): Iterable<FindingDraft> {
  for (const old of input.removed.options) {
    if (!isWritten(old.callee)) continue;
    const scope = counterpartScope(input, old.scope);
    const siblings = input.after?.options.filter((other) => other.callee === old.callee && other.scope === scope) ?? [];
    if (scope === undefined || siblings.some((other) => other.name === old.name)) continue;
    const now = input.added.options.find(
      (other) =>
        other.callee === old.callee &&
        other.scope === scope &&
        other.value === old.value &&
        other.name !== old.name &&
        !input.before?.options.some((was) => was.name === other.name && was.callee === other.callee && was.scope === old.scope),
    );
    if (now === undefined || now.value === now.name || !isKept(input, scope) || takesBothKeys(input, old.name, now.name)) continue;
    yield {
      side: 'after',
      range: now.range,
      message: fitMessage(`key \`${shorten(old.name, 22)}\` of the payload is now \`${shorten(now.name, 22)}\``),
      severity: /stringify|dumps|Marshal|encode|pack/.test(old.callee) ? 'high' : 'medium',
    };
  }
}

/** Keys of a payload that is put together elsewhere now: the value is written under another name, and nothing reads the old one. */
function* movedKeys(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (!writesSomething(before)) return;
  for (const scope of new Set(input.added.options.map((option) => writerOf(after, option.scope)))) {
    if (scope === '' || !isKept(input, scope)) continue;
    const now = payloadKeys(after, scope);
    const old = before?.scopes.find(({ name }) => counterpartScope(input, name) === scope)?.name;
    if (now.length === 0 || old === undefined) continue;
    const names = new Set(now.map(({ option }) => option.name));
    for (const { option, source } of payloadKeys(before, old)) {
      if (source === '' || names.has(option.name) || (after !== undefined && tokenTexts(after).has(option.name))) continue;
      const heir = now.find((key) => key.source === source && input.added.options.includes(key.option));
      if (heir === undefined || before?.options.some(({ name, scope: place }) => name === heir.option.name && place === old) === true)
        continue;
      yield {
        side: 'after',
        range: heir.option.range,
        message: fitMessage(`key \`${shorten(option.name, 22)}\` of the payload is now \`${shorten(heir.option.name, 22)}\``),
      };
    }
  }
}

/** What newly says how a thing that was there is written: an annotation, a tag of a field, a switch of the encoder. */
function* written(input: RuleInput): Iterable<FindingDraft> {
  const stood = (scope: string): boolean => scope !== '' && input.before?.symbols.some((symbol) => symbol.name === scope) === true;
  for (const call of input.added.calls) {
    if (call.kind !== 'decorator' || !stood(call.scope) || !renames(call) || namesAsBefore(input, call)) continue;
    if (
      input.before?.calls.some(
        (old) => old.kind === 'decorator' && old.scope === call.scope && lastName(old.callee) === lastName(call.callee),
      ) === true
    )
      continue;
    const said = `@${call.callee}(${call.args.join(', ')})`;
    yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(said, 44)}\` says anew how it is written`) };
  }
  for (const option of input.added.options) {
    if (!SWITCHES.test(option.name) || !(option.name === 'alias_generator' || /^(true|True)$/.test(option.value))) continue;
    const isNew = !input.before?.options.some((old) => old.name === option.name && old.callee === option.callee);
    const isOld = stood(option.scope) && input.before?.calls.some((old) => lastName(old.callee) === lastName(option.callee));
    if (!isNew || !(isOld === true || (option.name === 'alias_generator' && stood(option.scope)))) continue;
    yield {
      side: 'after',
      range: option.range,
      message: fitMessage(`\`${shorten(`${option.name}=${option.value}`, 36)}\` writes other names or forms`),
    };
  }
  for (const { before, after } of changedOptions(input))
    if (SWITCHES.test(after.name) && after.name !== 'alias_generator')
      yield {
        side: 'after',
        range: after.range,
        message: fitMessage(`\`${shorten(after.name, 24)}\` went from ${shorten(before.value, 14)} to ${shorten(after.value, 14)}`),
      };
  for (const change of changedSettings(input)) {
    if (
      change.before === undefined ||
      change.after === undefined ||
      !CONFIGURED.test(change.path.join('.').replace(/[-_]/g, '').toLowerCase())
    )
      continue;
    yield {
      side: 'after',
      range: change.after.range,
      message: fitMessage(
        `\`${shorten(change.path.at(-1) ?? '', 30)}\` went from ${shorten(String(change.before.value), 18)} to ${shorten(String(change.after.value), 18)}`,
      ),
    };
  }
  yield* changedTags(input);
}

const SWITCHES =
  /^(by_alias|alias_generator|UseProtoNames|UseEnumNumbers|preserving_proto_field_name|use_integers_for_enums|preserveProtoFieldNames|useProtoFieldName)$/;

const CONFIGURED =
  /\b(jackson\.(propertynamingstrategy|dateformat|serialization\.write\w+)|gson\.(fieldnamingpolicy|dateformat)|(producer|consumer)\.((key|value)(de)?serializer)|(task|result|accept)serializer|sessionserializer)$/;

/** What the encoder is told once for all it writes: `enable(WRITE_DATES_AS_TIMESTAMPS)`, a naming strategy. */
function* features(input: RuleInput): Iterable<FindingDraft> {
  if (!hasEncoder(input.before) || !hasEncoder(input.after)) return;
  const told = new Set<string>();
  const sides = [
    { side: 'after' as const, found: featuresOf(input.added.calls) },
    { side: 'before' as const, found: featuresOf(input.removed.calls) },
  ];
  for (const { side, found } of sides)
    for (const { name, call } of found) {
      const [old, now] = [featureIn(input.before, name), featureIn(input.after, name)];
      if (old === now || told.has(name) || isSaidWhereMade(input, name, old)) continue;
      told.add(name);
      yield { side, range: call.range, message: fitMessage(`${name}: ${shorten(old, 18)} -> ${shorten(now, 18)} in all that is written`) };
    }
}

/** The encoder is made in another file of the change now, which is handed over, and told the same there. */
function isSaidWhereMade({ after, addedElsewhere }: RuleInput, name: string, value: string): boolean {
  return !makesOne(after) && featuresOf(addedElsewhere().calls).findLast((feature) => feature.name === name)?.value === value;
}
