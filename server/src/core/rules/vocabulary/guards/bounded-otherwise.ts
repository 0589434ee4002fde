import type { Guard, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { flatten } from '../code/moved-text.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';

/**
 * True where a bound holds by other means in the same function: asked of all at once instead of one by one (`any(p.grams > MAX …)`),
 * the work cut into pieces of that size, or the bound made a condition of the statement whose count is looked at
 * (`filter(left__gte=amount).update(…)` and `if changed == 0`).
 */
export function isBoundedOtherwise(input: RuleInput, guard: Guard): boolean {
  if (!guard.compares || !/[<>]/.test(guard.test)) return false;
  return isAskedOfAll(input, guard) || isCutIntoPieces(input, guard) || isAskedByStatement(input, guard);
}

const OF_ALL = /(?:^|[.:! (])(?:any|some|anyMatch|noneMatch|none|every|all|allMatch|exists|ContainsFunc|IndexFunc|Any|All|Exists)\(/;

function isAskedOfAll(input: RuleInput, guard: Guard): boolean {
  const wanted = fieldsOf(guard.test);
  if (wanted.length < 5) return false;
  // A function that is handed over is not shown in the condition.
  const textOf = ({ test, scope }: Guard): string => (/\(fn\)/.test(test) ? codeOfScope(input.after, scope).text : test);
  return newGuardsIn(input, guard.scope).some(
    (fresh) => (fresh.exit === guard.exit || fresh.exit === 'throw') && OF_ALL.test(fresh.test) && fieldsOf(textOf(fresh)).includes(wanted),
  );
}

/** A condition without white space, and without the objects that its fields belong to. */
function fieldsOf(test: string): string {
  return flatten(test).replace(/(?<![\w.)])(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])/g, '');
}

/** `len(ids) > 500` that became `for part in batched(ids, 500)`: pieces of another size bound something else. */
function isCutIntoPieces(input: RuleInput, { test, scope }: Guard): boolean {
  if (!/\b(?:len|length|size|count|Count|Length)\b/.test(test)) return false;
  const sizeOf = (text: string, options: readonly Option[] | undefined): string => {
    const name = text.slice(text.lastIndexOf('.') + 1);
    return (options?.find((option) => option.name === name && option.callee === '')?.value ?? text).replaceAll('_', '');
  };
  const sizes = new Set((test.match(/[A-Za-z_$][\w$.]*|\d[\d_]*/g) ?? []).map((text) => sizeOf(text, input.before?.options)));
  return newCallsIn(input, scope).some(
    ({ callee, args }) =>
      /^(?:chunks?|chunked|chunk_by|batched|batches|in_?batches|into_?batches|partition|Chunk|windowed|array_?chunks|grouper|splitInto\w*|to_?chunks)$/i.test(
        lastName(callee),
      ) &&
      args.some(
        (argument) =>
          /^[\w.$]+$/.test(argument) &&
          /^\d/.test(sizeOf(argument, input.after?.options)) &&
          sizes.has(sizeOf(argument, input.after?.options)),
      ),
  );
}

/** The field that was compared is asked for at least as much by the statement, and a condition asks how many rows it met. */
export function isAskedByStatement(input: RuleInput, guard: Guard): boolean {
  const fields = guard.reads.filter((name) => name.length > 2);
  const asks = (text: string): boolean =>
    fields.some(
      (name) =>
        [`${name}__gte`, `${name}__gt`, `${name}__lte`, `${name}__lt`].some((word) => text.includes(word)) ||
        new RegExp(
          `\\b${name.replace(/\$/g, '\\$')}['"\`]?(?:: \\{ ?(?:gte?|lte?|\\$gte?|\\$lte?)\\b| ?(?:>=?|<=?) ?[\\w:$?@.%]|, ['"\`]?[<>]=?['"\`]?,)`,
        ).test(text),
    );
  const isCounted = newGuardsIn(input, guard.scope).some(
    (fresh) => (fresh.exit === guard.exit || fresh.exit === 'throw') && /(?:===?|<|!==?) ?[01]\b|^!|^not /.test(fresh.test),
  );
  if (!isCounted) return false;
  const calls = newCallsIn(input, guard.scope).filter(({ callee }) => /update|execute|exec|query|where|filter/i.test(lastName(callee)));
  return calls.some(({ callee, args }) => asks(`${callee}(${args.join(', ')})`));
}
