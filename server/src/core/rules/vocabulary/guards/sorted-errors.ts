import type { Guard, Handler } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { split } from '../conditions/parts.ts';

/**
 * True where a guard tells errors apart by their text or code, and a new one of the same function tells as many apart by their
 * kind: `err.Error() != "taken" && …` that became `!errors.Is(err, ErrTaken) && …`, `error.message === 'x'` and
 * `error instanceof X`. One kind more that goes on, or one less that stops, is another question.
 */
export function isSortedByKind(input: RuleInput, guard: Guard): boolean {
  const old = kindsAsked(guard.test);
  if (old === undefined) return false;
  if (input.after?.handlers.some((handler) => handler.catches !== undefined && isCaughtByKind(input, handler, [guard])) === true)
    return true;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    if (!old.isOther && isFailureAnswered(fresh) && input.removed.handlers.some((handler) => isAround(handler, guard))) return true;
    if (letsAllGo(fresh) && !letsAllGo(guard)) return false;
    const now = fresh.exit === guard.exit || fresh.exit === 'throw' ? kindsAsked(fresh.test) : undefined;
    return now !== undefined && now.isOther === old.isOther && now.count === old.count;
  });
}

/** What every failure is: `if (!(e instanceof Error)) throw e` throws none of them. */
export function letsAllGo({ test }: Guard): boolean {
  return /^(?:! ?\(?\w+ instanceof (?:Error|Exception|Throwable)\)?|not isinstance\(\w+, ?(?:Base)?Exception\))$/.test(test);
}

/** `if (!result.ok) return` of a function that answers with its failure now, where the handler that told failures apart is gone. */
function isFailureAnswered({ test, exit }: Guard): boolean {
  return (
    exit !== 'break' && /^!\w+\.(?:ok|success|isOk\(\))$|^\w+\.(?:isErr\(\)|is_err\(\)|isFailure\(\)|failed)$|^isErr\(\w+\)$/.test(test)
  );
}

/** The guard stands in the lines of the handler. */
export function isAround({ range }: Handler, guard: Guard): boolean {
  return range.start.line <= guard.range.start.line && guard.range.end.line <= range.end.line;
}

/**
 * True where a handler takes as many kinds as one of `guards` let go on before, each by a type that the function did not catch:
 * `except (Taken, Closed)` for `except HarbourError as e: if str(e) not in ("taken", "closed"): raise`.
 */
export function isCaughtByKind(input: RuleInput, { scope, catches }: Handler, guards: readonly Guard[]): boolean {
  const kinds = catches?.flatMap((type) => type.split('|').map((each) => each.trim())) ?? [];
  if (kinds.length === 0 || kinds.some((kind) => /^(?:_|(?:Base)?Exception|Throwable|Error|RuntimeException|StandardError)$/.test(kind)))
    return false;
  return guards.some((guard) => {
    const now = counterpartScope(input, guard.scope);
    const old = now !== undefined && now !== '' && within(scope, now) ? kindsAsked(guard.test) : undefined;
    return (
      old?.isOther === true &&
      old.count === kinds.length &&
      input.before?.handlers.some(
        (other) => other.scope === guard.scope && other.catches?.some((type) => kinds.includes(type)) === true,
      ) !== true
    );
  });
}

/** How many kinds of errors a condition asks for, and whether it holds for all others; undefined where it asks anything else. */
function kindsAsked(test: string): { readonly count: number; readonly isOther: boolean } | undefined {
  const { all, items } = split(test);
  const [first = ''] = items;
  const isOther = isNegated(first);
  // `a or b` of kinds, and `not a and not b`: anything else is no list of kinds.
  if ((items.length > 1 && all !== isOther) || items.some((item) => !isKind(item) || isNegated(item) !== isOther)) return undefined;
  return { count: items.reduce((sum, item) => sum + kindsIn(item), 0), isOther };
}

function isNegated(item: string): boolean {
  return /^!|!=|\)notin|\bnotin\b/.test(item);
}

/** One, or as many as a list names: `isinstance(e, (A, B))`, `err.code in ('a', 'b')`, `matches!(e, A | B)`. */
function kindsIn(item: string): number {
  const [, tuple = '', arms = ''] = /^!?isinstance\(\w+,\(([^()]*)|^!?matches!\(\w+,(.*)$/.exec(item) ?? [];
  const list = /in[[({]([^()[\]{}]*)[)\]}]$/.exec(item)?.[1] ?? tuple;
  if (list !== '') return list.split(',').filter((part) => part !== '').length;
  return arms.split('|').length;
}

/** One question about what kind of error it is, as `split` spells it: without white space, texts in single quotes. */
function isKind(item: string): boolean {
  return KINDS.some((kind) => kind.test(item)) && !/(?:nil|null|None|undefined)$/.test(item);
}

const KINDS = [
  /^!?errors\.(?:Is|As|AsType)\b/,
  /^!?(?:err|error|e|ex|exc|cause|reason|exception)(?:\.Error\(\)|\.getMessage\(\)|\.to_string\(\)|\.kind\(\)|\.(?:message|code|name|args\[0\]))?(?:[!=]=|instanceof|\.equals\(|(?:not)?in[[({])/,
  /^!?'[^']*'\.equals\((?:err|error|e|ex|exc|cause|exception)\b/,
  /^!?(?:str|type)\((?:err|error|e|ex|exc|exception)\)(?:[!=]=|is|in|notin)/,
  /^!?isinstance\((?:err|error|e|ex|exc|exception),/,
  /^!?strings\.(?:Contains|HasPrefix|HasSuffix|EqualFold)\(err\.Error\(\),/,
  /^!?matches!\(&?(?:err|error|e),/,
  /^!?(?:err|error|e|ex|exc)\.(?:message|getMessage\(\)|to_string\(\))\.(?:includes|contains|startsWith|starts_with)\(/,
] as const;
