import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';

/** A precondition of a write that is still given and no longer asks for something. */
export interface WeakenedPrecondition {
  readonly range: Range;
  /** What it asked for. */
  readonly lost: string;
}

const CONDITION = /^(?:condition expression|filter condition|condition)$/;
const TAG = /^if (?:none )?match(?: etag)?$/;

/**
 * Preconditions whose text asks for less: a comparison that left a `ConditionExpression` (`#v = :seen` that became
 * `attribute_exists(id)`), and a tag to match that any tag matches now (`*`). One that only lets a new row in asks for more.
 */
export function* weakenedPreconditions(input: RuleInput): Iterable<WeakenedPrecondition> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  for (const old of removed.options) {
    const name = words(old.name);
    if (!(CONDITION.test(name) && /xpression/.test(old.name)) && !TAG.test(name)) continue;
    const scope = counterpartScope(input, old.scope);
    const now = after.options.find(
      (other) =>
        scope !== undefined && within(other.scope, scope) && words(other.name) === name && lastName(other.callee) === lastName(old.callee),
    );
    if (now === undefined || now.value === old.value) continue;
    if (TAG.test(name)) {
      if (literal(now.value) === '*' && literal(old.value) !== '*' && name.startsWith('if match'))
        yield { range: now.range, lost: old.value };
      continue;
    }
    const [asked, asks] = [comparedIn(before, old), comparedIn(after, now)];
    if (asks === undefined || /attribute_not_exists|not_exists\(\)/.test(textOf(after, now))) continue;
    const lost = asked?.find((column) => !asks.includes(column));
    if (lost !== undefined) yield { range: now.range, lost };
  }
}

/** What a condition compares with a given value, its placeholders filled in; undefined where the text is made elsewhere. */
function comparedIn(facts: SourceFacts, option: Option): readonly string[] | undefined {
  const text = textOf(facts, option);
  if (!/[=<>(]/.test(text)) return undefined;
  const columns = [
    ...[...text.matchAll(/(?<![\w.#])(#?[A-Za-z_][\w.]*) ?(?:=|<=|>=|<>|<|>) ?:/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/\b(?:Attr|Name|Key)\(['"]([\w.]+)['"]\) ?\.(?:eq|ne|lt|lte|gt|gte|Equal|LessThan|GreaterThan)/g)].map(
      ([, name = '']) => name,
    ),
  ];
  return columns.map((column) => columnOf(facts, column));
}

/** The text of a condition, through the one name that the file gives it. */
function textOf({ options }: SourceFacts, { value, scope }: Option): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(value)) return value;
  const held = options.filter(
    (option) => option.name === value && option.callee === '' && (option.scope === '' || within(scope, option.scope)),
  );
  return held.length === 1 ? (held[0]?.value ?? value) : value;
}

/** `version` of `#v`, as the names that go with the expression say. */
function columnOf({ options }: SourceFacts, name: string): string {
  if (!name.startsWith('#')) return name.toLowerCase();
  const said = options.find((option) => option.name.replace(/['"]/g, '') === name)?.value;
  return (literal(said) ?? name.slice(1)).toLowerCase();
}
