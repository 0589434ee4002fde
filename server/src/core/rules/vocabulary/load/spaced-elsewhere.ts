import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keysOf } from '../code/fact-keys.ts';
import { numberOf } from '../code/option-changes.ts';
import { homeOf } from '../code/option-paths.ts';
import { statementsOf } from '../code/top-statements.ts';
import { isFarMore, isFlat, isRetryLibrary, retriesOf } from './retries.ts';

/** A pause this many times as short is no longer the same one. */
const FAR = 4;
/** A call with its keywords goes over no more lines than this. */
const MOST_LINES = 8;

/**
 * True where the spacing of the tries went into an object, a field or a function that whatever tries again is handed now, in this file or
 * in another one of the change: `axiosRetry(client, RETRY)` beside `const RETRY = { retries: 3, retryDelay: exponentialDelay }`. One that
 * nobody takes spaces nothing.
 */
export function isSpacedElsewhere(input: RuleInput, option: Option, isAlike: (now: Option) => boolean = () => true): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined) return false;
  const old = keysOf(before.options);
  const fits = (other: Option): boolean =>
    other.name === option.name &&
    (!isFlat(other.value) || isFlatNumber(option.value, other.value)) &&
    !isFarShorter(option.value, other.value) &&
    isAlike(other);
  const here = after.options.filter((other) => fits(other) && !old.has(other.key));
  if (here.some((other) => isTaken(input, option, other, holdersOf(after, other)))) return true;
  // A name that the file declares itself means nothing of another file.
  const isFree = (name: string): boolean => !after.options.some((other) => other.scope === '' && other.name === name);
  const holders = (other: Option): readonly string[] => [homeOf(other).split('.')[0] ?? '', firstPart(other.scope)].filter(isFree);
  return input.addedElsewhere().options.some((other) => fits(other) && isTaken(input, option, undefined, holders(other)));
}

/** What ended the tries, `stop=stop_after_attempt(4)`, is handed over in the same way and ends them about as early. */
export function isBoundElsewhere(input: RuleInput, option: Option): boolean {
  const was = retriesOf(option.value);
  return isSpacedElsewhere(input, option, ({ value }) => {
    const is = retriesOf(value);
    return !/never/.test(value) && is !== Number.POSITIVE_INFINITY && !isFarMore(was, is);
  });
}

/** A number that went to one is a factor that no longer grows; from a number to a lower one it is tuning. */
export function isFlatNumber(before: string, after: string): boolean {
  return /^1(\.0)?$/.test(after) && /^(true|True|[\d.]+)$/.test(before) && Number(before) <= 1;
}

function isFarShorter(was: string, is: string): boolean {
  const [before, now] = [numberOf(was), numberOf(is)];
  return before !== undefined && now !== undefined && now * FAR < before;
}

/** Names by which an option is handed over: of its object, of the field or the constant that it stands in, of the function that gives it. */
function holdersOf(after: SourceFacts, { range, scope, ...option }: Option): readonly string[] {
  const { line } = range.start;
  const fields = after.options.filter(
    ({ value, range: own }) => /^(?:\{|dict\()/.test(value) && own.start.line <= line && line <= own.end.line,
  );
  return [
    homeOf({ range, scope, ...option }).split('.')[0] ?? '',
    ...fields.map(({ name }) => name),
    ...statementsOf(after)
      .filter(({ startLine, endLine }) => startLine <= line && line <= endLine)
      .map(({ name }) => name),
    boundOn(after, line),
    lastName(scope),
  ];
}

/** `RETRY` of `RETRY = Retry(total=2)`, on the line itself or on the first of the lines that it goes on from. */
function boundOn(after: SourceFacts, line: number): string {
  for (let at = line; at > line - MOST_LINES; at -= 1) {
    const [name, next] = tokensOn(after, at, at);
    if (name !== undefined && /^[A-Za-z_]\w*$/.test(name.text) && next?.text === '=') return name.text;
  }
  return '';
}

function firstPart(scope: string): string {
  return scope.split('.')[0] ?? '';
}

/**
 * What made the pauses, or tries again, is handed one of the names; an object of the library itself may be handed to anything, and what
 * the decorator of a function was given only to that function's: `@shared_task(**RETRY)`.
 */
function isTaken(input: RuleInput, old: Option, now: Option | undefined, names: readonly string[]): boolean {
  const known = names.filter((name) => name !== '');
  const says = (text: string): boolean => (text.match(/[\w$]+/g) ?? []).some((word) => known.includes(word));
  const isWhole = now !== undefined && now.callee !== '' && now.callee === old.callee;
  const decorator = old.callee === '' && input.before !== undefined ? decoratorOf(input.before, old) : undefined;
  const scope = counterpartScope(input, old.scope);
  const isSameDecorator = ({ kind, callee, ...call }: Call): boolean =>
    kind === 'decorator' && callee === decorator && call.scope === scope;
  return (
    input.after?.calls.some(
      (call) =>
        call.args.some(says) &&
        (isWhole || lastName(call.callee) === lastName(old.callee) || isRetryLibrary(call) || isSameDecorator(call)) &&
        !isInside(now, call),
    ) === true
  );
}

/** The name of the decorator that is given the option: such an option names no call itself. */
export function decoratorOf({ calls }: SourceFacts, { scope, range }: Option): string | undefined {
  return calls.find(
    (call) =>
      call.kind === 'decorator' &&
      call.scope === scope &&
      call.range.start.line <= range.start.line &&
      range.end.line <= call.range.end.line,
  )?.callee;
}

function isInside(option: Option | undefined, { range }: { readonly range: Option['range'] }): boolean {
  return option !== undefined && option.callee !== '' && range.start.line === option.range.start.line;
}
