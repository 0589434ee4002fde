import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { symbolsNamed, symbolsStartingOn } from '../code/symbols-by-name.ts';

/**
 * True where the type says now, of all its fields, how this one is written, and that gives the name which stood at the field:
 * `#[serde(rename = "validFrom")] valid_from` under `#[serde(rename_all = "camelCase")]`, `@JsonProperty("valid_from")` under
 * `@JsonNaming(SnakeCaseStrategy.class)`. A field that is called what it was written as needs nothing.
 */
export function isWrittenByRule({ before, after }: RuleInput, old: Call): boolean {
  const written = writtenName(old);
  const field = before === undefined || written === undefined ? undefined : fieldBelow(before, old);
  if (field === undefined || after === undefined || symbolsNamed(after, field).length === 0) return false;
  const type = field.slice(0, Math.max(0, field.lastIndexOf('.')));
  const rules = (rulesByType(after).get(type) ?? []).map(({ rule }) => rule);
  const own = lastName(field);
  if (rules.length === 0) return own === written;
  return rules.every((rule) => RULES[rule]?.(words(own).split(' ')) === written);
}

/** True where a rule for all fields of a type gives each of them the name under which it was written before. */
export function namesAsBefore({ before, after }: RuleInput, call: Call): boolean {
  const [rule, type] = [RULES[ruleOf(call) ?? ''], call.scope];
  if (rule === undefined || before === undefined || after === undefined || type === '') return false;
  const given = givenNames(before);
  const fields = after.symbols.filter(({ kind, name }) => kind === 'property' && name.startsWith(`${type}.`));
  return fields.length > 0 && fields.every(({ name }) => (given.get(name) ?? lastName(name)) === rule(words(lastName(name)).split(' ')));
}

/** The names that annotations give to fields. */
const givenNames = keepOf(
  (facts: SourceFacts): ReadonlyMap<string, string> =>
    new Map(
      facts.calls.flatMap((mark): [string, string][] => {
        const written = mark.kind === 'decorator' ? writtenName(mark) : undefined;
        const field = written === undefined ? undefined : fieldBelow(facts, mark);
        return written === undefined || field === undefined ? [] : [[field, written]];
      }),
    ),
);

/** What types say of all their fields. */
const rulesByType = keepOf(({ calls }: SourceFacts) =>
  groupBy(
    calls.flatMap((call) => {
      const rule = call.kind === 'decorator' ? ruleOf(call) : undefined;
      return rule === undefined ? [] : [{ type: call.scope, rule }];
    }),
    ({ type }) => type,
  ),
);

/** The name that an annotation gives, where that is all it says. */
function writtenName({ callee, args }: Call): string | undefined {
  if (args.length !== 1) return undefined;
  if (lastName(callee) === 'serde') return /^rename = ['"]([^'"]+)['"]$/.exec(args[0] ?? '')?.[1];
  return /^(?:JsonProperty|SerializedName)$/.test(lastName(callee)) ? literal(args[0]?.replace(/^value ?= ?/, '')) : undefined;
}

/** The field that an annotation stands on: its own scope, or the next one in the six lines below. */
function fieldBelow(facts: SourceFacts, { range, scope }: Call): string | undefined {
  if (symbolsNamed(facts, scope).some(({ kind }) => kind === 'property')) return scope;
  const line = range.end.line;
  return symbolsStartingOn(facts, line, line + 6).find(({ kind }) => kind === 'property')?.name;
}

function ruleOf({ callee, args }: Call): string | undefined {
  const said = args.join(', ');
  if (lastName(callee) === 'serde') return /\brename_all = ['"]([^'"]+)['"]/.exec(said)?.[1];
  return lastName(callee) === 'JsonNaming' ? /\b(\w+)Strategy\.class$/.exec(said)?.[1] : undefined;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
const camel = ([first = '', ...rest]: readonly string[]): string => first + rest.map(capital).join('');

/** What serde and Jackson make of the words of a field's name. */
const RULES: Readonly<Record<string, (parts: readonly string[]) => string>> = {
  camelCase: camel,
  LowerCamelCase: camel,
  PascalCase: (parts) => parts.map(capital).join(''),
  UpperCamelCase: (parts) => parts.map(capital).join(''),
  snake_case: (parts) => parts.join('_'),
  SnakeCase: (parts) => parts.join('_'),
  SCREAMING_SNAKE_CASE: (parts) => parts.join('_').toUpperCase(),
  UpperSnakeCase: (parts) => parts.join('_').toUpperCase(),
  'kebab-case': (parts) => parts.join('-'),
  KebabCase: (parts) => parts.join('-'),
  lowercase: (parts) => parts.join('_').toLowerCase(),
  LowerDotCase: (parts) => parts.join('.'),
};
