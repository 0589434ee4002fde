import type { Handler } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/**
 * True where a handler answers with the failure in a function whose declared type holds one: `return failure(new LedgerError(…))` of a
 * `Promise<Result<void, LedgerError>>`. Whoever calls it has to look.
 */
export function answersFailure({ after }: RuleInput, { scope, range }: Handler): boolean {
  if (after === undefined || !symbolsNamed(after, scope).some(({ type }) => HOLDS_FAILURE.test(type))) return false;
  const tokens = tokensOn(after, range.start.line, range.end.line).map(({ text }) => text);
  return tokens.some((text, at) => text === 'return' && tokens.slice(at + 1, at + 8).some((word) => FAILS.test(word)));
}

const HOLDS_FAILURE = /\b(Result|ResultAsync|Either|TaskEither|Outcome|Try|Exit|Effect|Failure|Err)\b|\bok: ?false\b|\berror: /;
const FAILS = /^(err|errAsync|fail|failure|failed|left|Err|Fail|Failure|Left|error|reject|false)$/;
