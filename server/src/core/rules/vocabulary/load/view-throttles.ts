import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { plain } from '../code/argument-text.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** `throttle_classes = [LoginThrottle]` of a view, and the rates of all views. */
export function* lostViewThrottles(input: RuleInput): Iterable<FindingDraft> {
  for (const option of input.removed.options) {
    if (!/^(throttle_classes|DEFAULT_THROTTLE_CLASSES|DEFAULT_THROTTLE_RATES|throttle_scope|RATELIMIT_ENABLE)$/.test(option.name)) continue;
    if (NOTHING.test(option.value) || counterpartScope(input, option.scope) === undefined) continue;
    if (option.name === 'throttle_scope' && isScopeIdle(input, option)) continue;
    const now = input.after?.options.filter((other) => other.name === option.name && other.scope === option.scope) ?? [];
    if (now.some((other) => !NOTHING.test(other.value)) || (now.length === 0 && isThrottledBySettings(input, option))) continue;
    yield {
      side: 'before',
      range: option.range,
      message: fitMessage(`\`${shorten(option.name, 26)}\` no longer slows \`${shorten(option.scope, 28) || 'the views'}\``),
    };
  }
}

/** A scope means something to `ScopedRateThrottle` alone: a view with other throttles needs none, and one that lost them is told of those. */
function isScopeIdle({ before, after }: RuleInput, { scope }: Option): boolean {
  const of = (facts: SourceFacts | undefined): string | undefined =>
    facts?.options.find((other) => other.name === 'throttle_classes' && other.scope === scope)?.value;
  const [was, is] = [of(before), of(after)];
  return is === undefined ? was !== undefined : !/\bScopedRateThrottle\b/.test(is);
}

const NOTHING = /^(\[\s*\]|\(\)|\{\s*\}|None|False)$/;
/** More files than this that speak of throttles are no settings. */
const MOST_FILES = 6;
/** So many times as often is no longer the same limit. */
const FAR = 4;

/**
 * The settings throttle all views now by the classes that the view named, or by scopes of which the view has one with a rate:
 * `throttle_scope = "reset"`, `ScopedRateThrottle` among the defaults and `"reset": "5/min"`.
 */
function isThrottledBySettings(input: RuleInput, option: Option): boolean {
  if (option.name !== 'throttle_classes') return false;
  const classes = option.value.match(/(?<!\w)[A-Za-z_]\w*(?= ?[,\])])/g) ?? [];
  const scope = input.after?.options.find(({ name, scope: own }) => name === 'throttle_scope' && own === option.scope);
  const files = input.trees.after.mentioning('DEFAULT_THROTTLE_CLASSES', ['.py']);
  return (files.length > MOST_FILES ? [] : files).some((path) => {
    const settings = input.factsAt('after', path);
    const defaults = settings?.options.find(({ name }) => name === 'DEFAULT_THROTTLE_CLASSES')?.value ?? '';
    const named = new Set((defaults.match(/[\w.]+/g) ?? []).map(lastName));
    if (settings === undefined) return false;
    if (scope === undefined) return classes.length > 0 && classes.every((name) => named.has(name));
    const rate = perMinute(settings, plain(scope.value));
    if (!named.has('ScopedRateThrottle') || rate === undefined) return false;
    const was = classes.map((name) => rateOfClass(input, input.factsAt('before', path), name));
    return was.length > 0 && was.every((old) => old !== undefined && rate <= old * FAR);
  });
}

/** What a class of throttles let through before: by its own rate, or by its scope among the rates of all. */
function rateOfClass(input: RuleInput, settings: SourceFacts | undefined, name: string): number | undefined {
  const known = OWN_SCOPES.get(name);
  if (known !== undefined) return perMinute(settings, known);
  const files = input.trees.before.mentioning(name, ['.py']);
  for (const path of files.length > MOST_FILES ? [] : files) {
    const own = input.factsAt('before', path)?.options.filter(({ scope }) => scope === name) ?? [];
    const said = (key: string): string => own.find((option) => option.name === key)?.value ?? '';
    if (said('rate') !== '') return inMinute(said('rate'));
    if (said('scope') !== '') return perMinute(settings, plain(said('scope')));
  }
  return undefined;
}

const OWN_SCOPES = new Map([
  ['AnonRateThrottle', 'anon'],
  ['UserRateThrottle', 'user'],
]);

/** `"5/min"` of a scope among the rates. */
function perMinute(facts: SourceFacts | undefined, scope: string): number | undefined {
  return inMinute(facts?.options.find(({ name }) => name === scope)?.value ?? '');
}

function inMinute(rate: string): number | undefined {
  const [, count, unit = ''] = /^["'](\d+)\/([smhd])\w*["']$/.exec(rate) ?? [];
  return count === undefined ? undefined : (Number(count) * 60) / (SECONDS[unit] ?? 60);
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
