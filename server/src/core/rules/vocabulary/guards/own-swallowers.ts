import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { endOfCall } from '../code/call-ends.ts';
import { lastName, words } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A write that was handed to something which lets its failure go. */
export interface SwallowedWrite {
  readonly call: Call;
  readonly write: string;
}

const EXTENSIONS = ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.py', '.go', '.java', '.rs'];

/** Libraries and languages that have such a function. */
const KNOWN =
  /(^|\.)(runCatching|ignoreErrors|ignore_errors|ignoringErrors|swallowErrors|swallow_errors|suppressErrors|runQuietly|run_quietly|noThrow|nothrow|tryIgnore|attemptSilently|silently|quietly|bestEffort|best_effort|failSilently|fail_silently|neverThrow|neverFail)$/;

/**
 * Writes of this function that stood in it bare and are now handed, in a function, to something whose answer nobody looks at and
 * that catches what they throw: one of the project whose body says so, or one that is known for it.
 */
export function swallowedByOwn(input: RuleInput, isStake: (callee: string) => boolean): readonly SwallowedWrite[] {
  const { before, after } = input;
  if (before === undefined || after === undefined) return [];
  return input.added.calls.flatMap((call) => {
    if (call.kind !== 'call' || !call.args.some((argument) => /^(async )?fn$|^lambda\b/.test(argument))) return [];
    const name = lastName(call.callee);
    if (!KNOWN.test(call.callee) && !swallowsIts(input, name)) return [];
    const inner = after.calls.find(
      (other) =>
        other !== call &&
        other.kind === 'call' &&
        isStake(other.callee) &&
        other.range.start.line >= call.range.start.line &&
        other.range.start.line <= endOfCall(after, call) &&
        before.calls.some(
          (old) =>
            lastName(old.callee) === lastName(other.callee) &&
            within(call.scope, counterpartScope(input, old.scope) ?? '\u0000') &&
            !before.calls.some((around) => lastName(around.callee) === name && around.range.start.line === old.range.start.line),
        ),
    );
    return inner === undefined ? [] : [{ call, write: inner.callee }];
  });
}

/** A function of the tree that catches what one of its own parameters throws. */
function swallowsIts(input: RuleInput, name: string): boolean {
  const here = input.after === undefined ? undefined : swallowsHere(input.after, name);
  if (here !== undefined) return here;
  // Following costs a reading of the tree: only names that promise to be gentle.
  if (
    !/\b(quiet|quietly|silent|silently|safe|safely|ignore|ignoring|swallow|suppress|try|attempt|best|effort|lenient|tolerant|tolerate|soft|gently|guarded|no|never|anyway|maybe|optional|shielded?|forgiving)\b/.test(
      words(name),
    )
  )
    return false;
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const family = /^\.(ts|tsx|js|mjs|cjs)$/.test(extension) ? EXTENSIONS.slice(0, 5) : [extension];
  if (!EXTENSIONS.includes(extension)) return false;
  return input.trees.after
    .mentioning(name, family)
    .filter((path) => path !== input.path)
    .slice(0, 6)
    .some((path) => {
      const facts = input.factsAt('after', path);
      return facts !== undefined && swallowsHere(facts, name) === true;
    });
}

/** A loop that tries again and gives up behind it: `throw lastError`. */
function throwsBehind(facts: SourceFacts, scope: string, line: number): boolean {
  const place = facts.scopes.find(({ name }) => name === scope);
  return place !== undefined && tokensOn(facts, line + 1, place.endLine).some(({ text }) => /^(throw|raise|panic|reject)$/.test(text));
}

/** Undefined where the file has no function of this name. */
function swallowsHere(facts: SourceFacts, name: string): boolean | undefined {
  const own = facts.symbols.filter((symbol) => (symbol.kind === 'function' || symbol.kind === 'method') && lastName(symbol.name) === name);
  if (own.length === 0) return undefined;
  return own.some((symbol) =>
    facts.handlers.some(
      (handler) =>
        handler.outcome !== 'rethrows' &&
        within(handler.scope, symbol.name) &&
        !throwsBehind(facts, symbol.name, handler.range.end.line) &&
        handler.guarded.some((callee) =>
          symbol.parameters.some((parameter) => callee === parameter.name || callee.startsWith(`${parameter.name}.`)),
        ),
    ),
  );
}
