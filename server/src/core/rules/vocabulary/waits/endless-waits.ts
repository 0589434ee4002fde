import type { Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { newCallsIn } from '../code/scope-changes.ts';
import { changedSettings, changeName, ofResource, placeOf, type SettingChange } from '../settings/settings.ts';
import { isEndless, isEndlessByDefault, isLimit, isUnlimited, WAITS } from './time-limits.ts';

/** `future.get(30, TimeUnit.SECONDS)` that is `future.get()`: a wait by the name of its unit, which only the old side had. */
function* untimedWaits(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    const isTimed = call.args.length > 1 && call.args.some((argument) => /^(?:TimeUnit|ChronoUnit)\.[A-Z]+$|^[A-Z]+S$/.test(argument));
    if (!isTimed || !/^(get|await|awaitTermination|tryLock|tryAcquire|poll|offer|join|waitFor)$/.test(lastName(call.callee))) continue;
    const scope = counterpartScope(input, call.scope);
    const endless = newCallsIn(input, call.scope).find(
      (other) => other.callee === call.callee && other.args.length <= call.args.length - 2 && scope !== undefined,
    );
    if (endless !== undefined)
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 30)}\` no longer limits the wait`),
      };
  }
}

/** `httpx.AsyncClient(timeout=None)` that came where `requests.get(url, timeout=10)` went: said in so many words that nothing limits it. */
function* unlimitedAnew(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const isWait = (option: Option): boolean => option.callee !== '' && isLimit(option);
  if (!input.added.options.some(isWait)) return;
  const lost = before.options.some(
    (option) => isWait(option) && !isUnlimited(option.value) && !after.options.some(({ key }) => key === option.key),
  );
  const isKept = after.options.some((option) => isWait(option) && !isUnlimited(option.value));
  const known = new Set(before.options.map(({ callee }) => callee));
  if (!lost || isKept) return;
  for (const option of input.added.options)
    if (isWait(option) && isUnlimited(option.value) && !known.has(option.callee))
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(
          `\`${shorten(option.name, 26)}\` is \`${shorten(option.value, 16)}\` in \`${shorten(option.callee, 26)}\` and limits the wait no more`,
        ),
      };
}

/** What became endless where it is written: a constant that calls take their limit from, and a setting of a database or a proxy. */
export function* endlessWaits(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const isConstant = !input.added.options.some(
      (option) => option.name === after.name && option.range.start.line === after.range.start.line,
    );
    if (!isConstant || !isLimit(after) || isUnlimited(before.value) || !isUnlimited(after.value)) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(
        `\`${shorten(after.name, 26)}\` is \`${shorten(after.value, 16)}\`${after.callee === '' ? '' : ` in \`${shorten(after.callee, 26)}\``} and limits the wait no more`,
      ),
    };
  }
  yield* unlimitedAnew(input);
  yield* untimedWaits(input);
  yield* insideTexts(input);
  for (const change of changedSettings(input)) {
    const name = changeName(change);
    const { before, after } = change;
    if (
      before === undefined ||
      change.resourceIsGone ||
      !WAITS.test(words(name)) ||
      /\b(keep ?alive|cache|drain|grace)\b/.test(words(name))
    )
      continue;
    const isOpen = after === undefined ? isEndlessByDefault(name) || isLeftOut(input, change) : isEndless(after.value);
    if (isEndless(before.value) || !isOpen) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(
        `\`${shorten(name, 36)}\`${ofResource(change)}: ${shorten(String(before.value), 12)} -> ${after === undefined ? 'removed' : String(after.value)}`,
      ),
    };
  }
}

/**
 * One entry of a document of the program's own lost what the entries beside it still say, `upstreams.payments.requestTimeoutMs`: whoever
 * reads it asks for it still. Where a default for all of them says it, nothing is lost.
 */
function isLeftOut({ after }: RuleInput, { path, resource }: SettingChange): boolean {
  const [name = '', entry = ''] = [path.at(-1), path.at(-2)];
  if (after === undefined || resource !== undefined || path.length < 3) return false;
  const group = path.slice(0, -2).join('/');
  const isEntry = (other: readonly string[]): boolean => other.length === path.length && other.slice(0, -2).join('/') === group;
  const says = after.settings.filter((setting) => setting.path.at(-1) === name);
  const isThere = after.settings.some((setting) => isEntry(setting.path) && setting.path.at(-2) === entry);
  return (
    isThere &&
    says.length > 0 &&
    says.every((setting) => isEntry(setting.path) && !/default|common|base|\*/i.test(setting.path.at(-2) ?? ''))
  );
}

/** A limit inside a text: `jdbc:…?socketTimeout=30`, `-c statement_timeout=5s`, `SET lock_timeout = '2s'`. */
function* insideTexts(input: RuleInput): Iterable<FindingDraft> {
  const texts = [
    ...changedSettings(input).flatMap((change) =>
      change.before === undefined || change.after === undefined
        ? []
        : [{ was: String(change.before.value), is: String(change.after.value), place: placeOf(change) }],
    ),
    ...changedOptions(input).map(({ before, after }) => ({
      was: before.value,
      is: after.value,
      place: { side: 'after' as const, range: after.range },
    })),
  ];
  for (const { was, is, place } of texts) {
    const now = limitsIn(is);
    for (const [name, old] of limitsIn(was)) {
      const fresh = now.get(name);
      // What a text no longer says may be said elsewhere; one that is set to nothing is not.
      if (fresh === undefined || isEndless(old) || !isEndless(fresh)) continue;
      yield { ...place, message: fitMessage(`\`${shorten(name, 36)}\`: ${shorten(old, 12)} -> ${fresh}`) };
    }
  }
}

function limitsIn(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/([A-Za-z][\w.-]{0,80})\s?(?:=|:| to )\s?['"]?(-?\d+\s?[a-z]{0,12})/gi)];
  return new Map(found.flatMap(([, name = '', value = '']) => (WAITS.test(words(name)) ? [[name, value.trim()] as const] : [])));
}
