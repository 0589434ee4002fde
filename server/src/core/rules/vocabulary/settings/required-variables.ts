import type { Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { changedCode, codeOfScope } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/**
 * A helper that refused where a variable of the environment was not set, gone with its callers rewritten: the same is read with
 * a value for the case that it is missing.
 */
export function* fallbacksForMissing(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const guard of input.removed.guards) {
    if (guard.exit !== 'throw' || guard.scope === '' || counterpartScope(input, guard.scope) !== undefined) continue;
    const isMissing = /^!|^not |\bis None\b|=== undefined|== (null|nil|None|"")|=== ''|\.(isEmpty|isBlank|is_none|is_err)\(\)/.test(
      guard.test,
    );
    if (!isMissing || !ENVIRONMENT.test(codeOfScope(before, guard.scope).text)) continue;
    const { text } = changedCode(input, 'after');
    if (!FALLBACK.test(text) || newThrows(input)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 30)}\` refused no more: a missing variable gets a value`),
      severity: 'high',
    };
  }
}

/** A variable of the environment that must be there, as a field without a default of a class that is read from it. */
export function isRequiredSetting({ before, after }: RuleInput, { test }: Guard): boolean {
  const name = /(?:environ(?:\.get\(|\[)|getenv\()['"](\w+)['"]/.exec(test)?.[1];
  if (name === undefined || before === undefined || after === undefined) return false;
  const owners = after.symbols.filter(({ kind, type }) => kind === 'class' && /\bBaseSettings\b/.test(type)).map((owner) => owner.name);
  return owners.some((owner) =>
    new RegExp(`\\b${name.toLowerCase()} : [\\w.|[\\] ]{1,60}?(?= ;| \\w+ :|$)`).test(codeOfScope(after, owner).text),
  );
}

/** Something else refuses now, in a function that asks for a variable or where the variables are read. */
function newThrows({ added, after }: RuleInput): boolean {
  return added.guards.some(
    ({ exit, scope }) => (exit === 'throw' || exit === 'answer') && (scope === '' || ENVIRONMENT.test(codeOfScope(after, scope).text)),
  );
}

const ENVIRONMENT =
  /\b(process \. env|import \. meta \. env|os \. environ|os \. getenv|getenv|os \. Getenv|LookupEnv|env :: var|System \. getenv|Deno \. env)\b/;

const FALLBACK =
  /\b(process \. env|import \. meta \. env|Deno \. env)\b[^;]{0,60}(\?\?|\|\|)|\b(os \. environ \. get|os \. getenv|getenv|System \. getenv \( \) \. getOrDefault) \( [^()]{1,60} , |\b(env :: var|getenv)\b[^;]{0,60}\b(unwrap_or\w*|orElse|or_else)\b|\bos \. Getenv\b[^{}]{0,80}= ''/;
