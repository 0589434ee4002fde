import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { shorten } from '../code/call-names.ts';
import { lineChanges } from '../code/changed-lines.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';

/** A list of fields that may be set from outside, which all fields are on now, or one of those that may not, which is gone. */
export interface OpenFields {
  readonly side: Side;
  readonly range: Range;
  readonly what: string;
}

/** `permit(:name)` that became `permit!`, `fields = [...]` that became `'__all__'`, `read_only_fields` that is gone or lost a name. */
export function* openFields(input: RuleInput): Generator<OpenFields> {
  for (const { before, after } of lineChanges(input)) {
    if (/\.permit\(/.test(before.text) && /\.permit!/.test(after.text))
      yield { side: 'after', range: rangeOfLine(input, 'after', after.line), what: '`permit!` takes every field' };
  }
  const { added, removed, after } = input;
  for (const option of removed.options) {
    const scope = counterpartScope(input, option.scope);
    if (scope === undefined) continue;
    const now = added.options.find((other) => other.name === option.name && other.scope === scope);
    if (/^fields$/.test(option.name) && /^[[(]/.test(option.value) && now !== undefined && /^['"]__all__['"]$/.test(now.value))
      yield { side: 'after', range: now.range, what: '`fields` is every field of the model' };
    if (!/^(read_only_fields|readonly_fields|readOnlyFields|guarded|attr_protected|immutable_fields)$/.test(option.name)) continue;
    const isKept = now === undefined && after?.options.some((other) => other.name === option.name && other.scope === scope) === true;
    const freed = namesIn(option.value).filter(
      (name) => now === undefined || !(now.value.includes(`'${name}'`) || now.value.includes(`"${name}"`)),
    );
    // A field that went from the list of all of them as well cannot be set.
    const open = freed.find(
      (name) => after?.tokens.some(({ text }) => text === `'${name}'` || text === `"${name}"`) && !isReadOnly(input, scope, name),
    );
    if (!isKept && open !== undefined && (now === undefined || /^[[(]/.test(now.value)))
      yield {
        side: now === undefined ? 'before' : 'after',
        range: (now ?? option).range,
        what: `\`${shorten(open, 26)}\` may be set from outside`,
      };
  }
}

/** `role = CharField(read_only=True)` of its class, or `extra_kwargs = {'role': {'read_only': True}}`. */
function isReadOnly({ after }: RuleInput, scope: string, name: string): boolean {
  const owner = scope.replace(/\.Meta$/, '');
  const switched = after?.options.filter((option) => ONLY_READ.test(option.name) && /^true$/i.test(option.value)) ?? [];
  const declared = after?.symbols.find((symbol) => symbol.name === `${owner}.${name}`)?.range.start.line;
  return (
    after?.calls.some(({ range }) => range.start.line === declared && switched.some((option) => holds(range, option.range))) === true ||
    after?.options.some(
      (option) =>
        option.name === 'extra_kwargs' &&
        option.scope === scope &&
        new RegExp(`['"]${escaped(name)}['"]: ?\\{[^{}]*['"]read_only['"]: ?True`).test(option.value),
    ) === true
  );
}

const ONLY_READ = /^(read_only|dump_only|readOnly|readonly)$/;

function holds(outer: Range, inner: Range): boolean {
  return outer.start.line <= inner.start.line && inner.end.line <= outer.end.line;
}

/** A longer list is data. */
const MOST_NAMES = 200;

function namesIn(list: string): readonly string[] {
  return [...list.matchAll(/['"](\w+)['"]/g)].slice(0, MOST_NAMES).map(([, name = '']) => name);
}
