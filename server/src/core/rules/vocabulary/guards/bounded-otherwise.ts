import type { Guard, Option } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { flatten } from '../code/moved-text.ts';
import { bodiesAskedBy } from '../code/new-bodies.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { FINDS } from './condition-names.ts';

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
  const stops = newGuardsIn(input, guard.scope).filter((fresh) => fresh.exit === guard.exit || fresh.exit === 'throw');
  if (stops.some((fresh) => foundAbove(input, fresh).includes(wanted))) return true;
  return stops.some(
    (fresh) =>
      OF_ALL.test(fresh.test) &&
      // That all of them are too much is seldom so, and that not all are is not asked in these words.
      !/^(?:[\w$.]+[.:])?(?:all|every|allMatch|noneMatch|none|All)\(/.test(fresh.test) &&
      fieldsOf(textOf(fresh)).includes(wanted),
  );
}

/** What a name that the condition asks is bound to: `bad` of `bad = lines.find((line) => …)`, one that goes too far, or that there is one. */
function foundAbove({ after }: RuleInput, { test, range }: Guard): string {
  const name = /^([A-Za-z_$][\w$]*)(?: (?:!==?|is not) (?:undefined|null|None|nil))?$/.exec(test)?.[1];
  const bound = after === undefined || name === undefined ? undefined : boundAbove(after, name, range.start.line);
  return bound !== undefined && FINDS.exec(flatten(bound))?.[1] === '' ? fieldsOf(bound) : '';
}

/** A condition without white space, and without the objects that its fields belong to. */
function fieldsOf(test: string): string {
  return flatten(test).replace(/(?<![\w.)])(?:[A-Za-z_]\w*\.)+(?=[A-Za-z_])/g, '');
}

/** `len(ids) > 500` that became `for part in batched(ids, 500)`: pieces of another size bound something else. */
function isCutIntoPieces(input: RuleInput, { test, scope }: Guard): boolean {
  if (!/\b(?:len|length|size|count|Count|Length)\b/.test(test)) return false;
  const list = /^len\((\w+)\) |^(\w+)\.(?:len\(\)|length|size\(\)|Count|Length) /.exec(test)?.slice(1).join('') ?? '';
  const parametersOf = (side: 'before' | 'after', owner: string | undefined): readonly string[] =>
    input[side]?.symbols.find(({ name }) => name === owner)?.parameters.map(({ name }) => name) ?? [];
  const others = parametersOf('before', scope).filter((name) => name !== list);
  // Another list that came with it is no part of this one.
  const isOther = (text: string): boolean =>
    list !== '' && parametersOf('after', counterpartScope(input, scope)).includes(list) && others.includes(text);
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
      !isOther(args[0] ?? '') &&
      args.some(
        (argument) =>
          /^[\w.$]+$/.test(argument) &&
          /^\d/.test(sizeOf(argument, input.after?.options)) &&
          sizes.has(sizeOf(argument, input.after?.options)),
      ),
  );
}

/** How a field must compare where a condition that refuses is not met: `left < amount` lets go on what is at least as much. */
function mustBe(test: string, name: string): readonly [readonly string[], string] {
  const sides = /^([^<>=]{1,120})([<>])=?([^<>=]{1,120})$/.exec(test.replace(/^not |^!/, '').replace(/=>|->/g, ''));
  const has = (side = ''): boolean => side.match(/[\w$]+/g)?.includes(name) === true;
  const isNegated = /^(?:not |!)/.test(test);
  const [left, right] = [has(sides?.[1]), has(sides?.[3])];
  if (sides === null || left === right) return [['gte', 'gt', 'lte', 'lt'], '[<>]'];
  return ((sides[2] === '<') === left) !== isNegated ? [['gte', 'gt'], '>'] : [['lte', 'lt'], '<'];
}

/** The field that was compared is asked for at least as much by the statement, and a condition asks how many rows it met. */
export function isAskedByStatement(input: RuleInput, guard: Guard): boolean {
  const fields = guard.reads.filter((name) => name.length > 2);
  const isOfSame = /!==?|\bnot \w[\w.]* ==/.test(guard.test) && !/[<>]/.test(guard.test);
  const asks = (text: string): boolean =>
    fields.some((name) => {
      // What had to be the same is asked of the row that is written: `Page.version == version`, `version=version`.
      if (isOfSame)
        return guard.test.includes(`.${name}`) && new RegExp(`\\b${escaped(name)}['"\`]?\\s?(?:===?|=|:) ?[\\w:$?@%]`).test(text);
      const [words, sign] = mustBe(guard.test, name);
      return (
        words.some((word) => text.includes(`${name}__${word}`)) ||
        new RegExp(
          `\\b${escaped(name)}['"\`]?(?:: \\{ ?\\$?(?:${words.join('|')})\\b| ?${sign}=? ?[\\w:$?@.%]|, ['"\`]?${sign}=?['"\`]?,)`,
        ).test(text)
      );
    });
  const counts = (fresh: Guard): boolean =>
    (fresh.exit === guard.exit || fresh.exit === 'throw') && /(?:===?|<|!==?) ?[01]\b|^!|^not /.test(fresh.test);
  if (isAskedInNewMethod(input, guard, counts, asks)) return true;
  if (!newGuardsIn(input, guard.scope).some(counts)) return false;
  const calls = newCallsIn(input, guard.scope).filter(({ callee }) => /update|execute|exec|query|where|filter/i.test(lastName(callee)));
  // SQL that has a name of its own stands elsewhere in the file.
  const named = new Set(calls.flatMap(({ args }) => args.filter((argument) => /^[A-Za-z_]\w*$/.test(argument))));
  const texts = named.size === 0 ? [] : (input.after?.options ?? []).filter(({ name, callee }) => callee === '' && named.has(name));
  return (
    calls.some(({ callee, args }) => asks(`${callee}(${args.join(', ')})`)) ||
    texts.some(({ value }) => /^\W?\s*update\b/i.test(value) && asks(value))
  );
}

/** The statement and the question went together into a function that came with the change: `Wallet.objects.debit(pk, cents)`. */
function isAskedInNewMethod(
  input: RuleInput,
  { scope }: Guard,
  counts: (fresh: Guard) => boolean,
  asks: (text: string) => boolean,
): boolean {
  const now = counterpartScope(input, scope);
  return (
    now !== undefined &&
    bodiesAskedBy(input, now).some(
      ({ facts, place }) =>
        facts.guards.some((fresh) => within(fresh.scope, place.name) && counts(fresh)) &&
        facts.calls.some(
          ({ callee, args, scope: own }) =>
            within(own, place.name) && /update/i.test(lastName(callee)) && asks(`${callee}(${args.join(', ')})`),
        ),
    )
  );
}
