import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { formerScope, hasScope } from '../code/counterpart.ts';
import { ENDLESS } from './dissolved-clients.ts';
import { ENDS_WAITING, isLimit, isUnlimited } from './time-limits.ts';

/**
 * Calls of new functions that wait for ever, beside new ones of the same kind that do not: of the helpers into which a client was taken
 * apart, or repetitions were gathered, one forgot the limit that all calls of the file had. What is handed options that stand elsewhere may
 * have it from there.
 */
export function forgottenLimits(input: RuleInput): readonly Call[] {
  const { before, after, added } = input;
  const fresh = added.calls.filter((call) => call.scope !== '' && waitsForEver(call));
  if (fresh.length === 0 || before === undefined || after === undefined) return [];
  if (!limitsCalls(before) || before.calls.some((call) => waitsForEver(call) || handsOn(call))) return [];
  return fresh.filter(
    ({ callee, scope }) =>
      !hasScope(before, scope) &&
      doesOldWork(input, scope) &&
      after.calls.some((other) => other.callee === callee && other.scope !== scope && isLimited(other)) &&
      !after.calls.some((other) => other.scope === scope && ENDS_WAITING.test(lastName(other.callee))),
  );
}

/** What was here before goes through it: another function of the file asks it, or it stands for an old one. */
function doesOldWork(input: RuleInput, scope: string): boolean {
  const { after } = input;
  const own = lastName(scope);
  return (
    after?.calls.some((call) => lastName(call.callee) === own && call.scope !== scope) === true || formerScope(input, scope) !== undefined
  );
}

function limitsCalls({ options, calls }: SourceFacts): boolean {
  return (
    options.some((option) => option.callee !== '' && isLimit(option) && !isUnlimited(option.value)) ||
    calls.some(({ callee }) => callee === 'AbortSignal.timeout')
  );
}

function isLimited({ args }: Call): boolean {
  return args.some((argument) => LIMIT.test(argument.replace(/`[^`]*`|'[^']*'|"[^"]*"/g, '')));
}

function waitsForEver(call: Call): boolean {
  return ENDLESS.test(call.callee) && !isLimited(call) && !handsOn(call);
}

/** `fetch(url, init)`, `fetch(url, { ...init })`, `requests.get(url, **options)`. */
function handsOn({ callee, args }: Call): boolean {
  return ENDLESS.test(callee) && (args.some((argument) => /\.\.\.|\*\*/.test(argument)) || /^(?!\{)[\w$.]+$/.test(args[1] ?? ''));
}

const LIMIT = /timeout|signal|deadline/i;
