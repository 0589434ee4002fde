import type { Call, CodeToken, Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { keepOfBoth } from '../code/kept.ts';
import { tokensOf } from '../code/token-lines.ts';
import { declaredBeside } from '../validation/declared-fields.ts';

const UPPER =
  /\b(lt|le|lte|max|max_value|max_length|maxLength|max_items|maxItems|MaxLength|maximum|max_digits|Length|Size|length|less|lessThan|Max|DecimalMax|NegativeOrZero|Range|range|between|Between|IsIn|negative|nonpositive)\s*[=(:]/;
const LOWER =
  /\b(gt|ge|gte|min|min_value|min_length|minLength|min_items|minItems|MinLength|nonempty|NotEmpty|NotBlank|minimum|Length|Size|length|greater|moreThan|Min|DecimalMin|Range|range|between|Between|positive|nonnegative|Positive|PositiveOrZero|IsPositive|PositiveIntegerField|PositiveInt|PositiveFloat|NonNegativeInt)\b\s*[=(:]?/;

/**
 * True where the numbers that a lost condition compared with are asked by a schema that the same change wrote: a field of that
 * name with a bound on each side that the condition had (`amount: Decimal = Field(gt=0, le=500)`, `amount: z.number().min(1)`,
 * `@Max(500) BigDecimal amount`, a struct tag). What is compared with another value, such as a balance, no schema can ask.
 */
export function isBoundBySchema(input: RuleInput, guard: Guard): boolean {
  const sides = sidesOf(guard.test);
  if (sides === undefined) return false;
  const fits = (written: string): boolean => {
    const text = written.replace(PROSE, '');
    return (
      (!sides.upper || (UPPER.test(text) && !reachesFarther(input, guard.test, text))) &&
      (!sides.lower || LOWER.test(text)) &&
      (!sides.isFilled || LOWER.test(text) || REQUIRED.test(text))
    );
  };
  const declared = declaredBeside(input, guard);
  // What the field itself is bound by counts, and not what its neighbours are.
  const isSaid = declared !== undefined && isWhole(declared) && (UPPER.test(declared) || LOWER.test(declared));
  if (declared !== undefined && (input.after?.language === 'java' || isSaid || fits(declared))) return fits(declared);
  if (input.after?.language === 'java' && !VALIDATES.test(tokensOf(input.after, ''))) return false;
  const keys = [...guard.test.matchAll(/\[['"](\w+)['"]\]|\.get\(['"](\w+)['"]/g)].map((match) => match[1] ?? match[2] ?? '');
  const names = new Set([...guard.reads, ...keys].map(plain));
  if (
    input.before !== undefined &&
    input.after !== undefined &&
    newFields(input.before, input.after).some(({ name, text }) => names.has(name) && fits(text))
  )
    return true;
  if (parsedHere(input, guard).some(fits)) return true;
  const elsewhere = input.addedElsewhere();
  const fields = elsewhere.options.filter(({ name, value }) => names.has(plain(name)) && value.includes('('));
  const named = elsewhere.symbols.filter(({ name }) => names.has(plain(name.slice(name.lastIndexOf('.') + 1))));
  const bounds = [
    ...elsewhere.options
      .filter(({ callee }) => /(Field|con\w+|Range|Validator|Query|Body|Param)$/.test(callee))
      .map(({ name }) => `${name}=`),
    ...elsewhere.calls.filter(({ kind }) => kind === 'decorator').map(({ callee }) => `${callee}(`),
  ].join(' ');
  return fields.some(({ value }) => fits(value)) || (named.length > 0 && bounds !== '' && fits(bounds));
}

/** A declaration that goes on below its first line is not read to its end. */
function isWhole(text: string): boolean {
  return text.split('(').length === text.split(')').length;
}

/** What the schema of a name says that the function parses the value with: `z.number().min(0)` of `percentSchema.parse(percent)`. */
function parsedHere({ before, after }: RuleInput, guard: Guard): readonly string[] {
  const scope = before === undefined || after === undefined ? undefined : counterpartScope({ before, after }, guard.scope);
  if (after === undefined || scope === undefined) return [];
  const read = new Set(guard.reads);
  const asked = after.calls.filter(
    (call) =>
      within(call.scope, scope) &&
      (/^(?:parse|parseAsync|validateSync|validate_python)$/.test(lastName(call.callee)) || isAsked(after, call)) &&
      read.has(call.args[0] ?? ''),
  );
  const schemas = new Set(asked.map(({ callee }) => receiver(callee)));
  const text = tokensOf(after, '');
  return [...schemas].flatMap((name) => {
    const at = /^\w+$/.test(name) ? text.search(new RegExp(`(?<![\\w.])${name}(?::[^=;]{0,60})?=(?!=)`)) : -1;
    return at < 0 ? [] : [text.slice(at, at + LONGEST_SCHEMA).replace(/;.*/s, '')];
  });
}

/** `const amount = Amount.safeParse(cents)` of which a condition that stops asks whether it is one: `!amount.success`. */
function isAsked(after: SourceFacts, { callee, scope, range }: Call): boolean {
  if (!/^safeParse(?:Async)?$/.test(lastName(callee))) return false;
  return after.guards.some(({ test, scope: own, range: place }) => {
    const name = /^!([A-Za-z_$][\w$]*)\.success$|^([A-Za-z_$][\w$]*)\.error(?: !==? undefined)?$/.exec(test);
    const given = name === null || own !== scope ? undefined : boundAbove(after, name[1] ?? name[2] ?? '', place.start.line);
    return given?.replaceAll(' ', '').startsWith(`${callee}(`) === true && range.start.line <= place.start.line;
  });
}

/** No more of a schema is read than this many characters. */
const LONGEST_SCHEMA = 400;

/** In Java annotations of a field bound nothing until somebody asks for them. */
const VALIDATES = /\b(?:Valid|Validated|[vV]alidator|validate)\b/;

/** What is only told beside a field: the text of a label, a title, a metric. The tags of Go are texts that count. */
const PROSE = /(?<!(?:validate|binding) ?: ?)(?:"[^"\d][^"]*"|'[^'\d][^']*')/g;

/** The schema lets ten times as much through as the greatest number of the condition, or more. */
function reachesFarther({ before, after }: RuleInput, test: string, text: string): boolean {
  const known = (number: number | undefined): readonly number[] => (number === undefined ? [] : [number]);
  const old = Math.max(
    0,
    ...(test.match(/(?<![\w.])(?:\d[\d_]*|[A-Z][A-Z0-9_]+)(?![\w.])/g) ?? []).flatMap((one) => known(numberIn(one, before))),
  );
  const now = [...text.matchAll(MOST)].flatMap(([, written = '']) => known(numberIn(written, after)));
  return old >= 1 && now.length > 0 && Math.min(...now) / old >= FAR;
}

const MOST = /\b(?:lt|lte?|le|max\w*|Max\w*|maximum|DecimalMax)\s?[=(:]\s?(?:value\s?=\s?)?['"]?([\w.]+(?:\s?[-+*/]\s?[\w.]+){0,4})/g;
const FAR = 10;

/** Which sides a condition refuses, where its parts compare one thing with a number or a constant, or ask for its type. */
function sidesOf(test: string): { readonly upper: boolean; readonly lower: boolean; readonly isFilled: boolean } | undefined {
  // What a record's accessor gives is its field.
  const parts = test
    .replaceAll('()', '')
    .replace(/\b\w+\[['"](\w+)['"]\]/g, '$1')
    .replace(/\b\w+\.get\(['"](\w+)['"][^()]{0,40}\)/g, '$1')
    .replace(/^\(|\)$/g, '')
    .split(/\|\||\bor\b/)
    // `note !== undefined && note.length > 140`: what may be missing is bounded where it is there.
    .map((part) => part.replace(PRESENT, '').trim())
    .filter((part) => !ASKS_FOR_TYPE.test(part));
  if (parts.length === 0) return undefined;
  let upper = false;
  let lower = false;
  let isFilled = false;
  for (const part of parts) {
    if (INSIDE.test(part)) upper = lower = true;
    else if (EMPTY.test(part)) isFilled = true;
    else {
      const [, negation, operator] = COMPARED.exec(part) ?? [];
      if (operator === undefined) return undefined;
      if (operator.startsWith('>') === (negation === '')) upper = true;
      else lower = true;
    }
  }
  return { upper, lower, isFilled };
}

const ASKS_FOR_TYPE =
  /^(?:not |!)\s*(?:isinstance\([^()]*\)|Number\.is\w+\([^()]*\)|Array\.isArray\([^()]*\)|[\w.]+)$|^[\w.]+ (?:[=!]==? (?:null|undefined|nil)|is None)$|^[\w.]+\.(?:isBlank|isEmpty|is_empty)$|^typeof [\w.]+ !==? ['"]\w+['"]$/;
const COMPARED = /^(!|not |)\(?(?:len\([\w$.?]+\)|[\w$.?]+(?:\(\))?)\s*(<=?|>=?)\s*(?:-?[\d._]+|(?:\w+\.)?[A-Z][A-Z0-9_]+)\)?$/;
const PRESENT = /^\(?[\w.]+ (?:(?:!==?) (?:null|undefined|nil)|is not None) (?:&&|and) /;
const EMPTY = /^[\w.]+ ===? (?:''|"")$|^(?:len\([\w.]+\)|[\w.]+\.(?:length|size)) (?:===?|<=) 0$|^[\w.]+ is None$/;
const REQUIRED = /\brequired\b/;
const INSIDE = /^not \(?(?:[\d._]+|[A-Z][A-Z0-9_]+) <=? (?:len\([\w.]+\)|[\w.]+) <=? (?:[\d._]+|[A-Z][A-Z0-9_]+)\)?$/;

interface Field {
  readonly name: string;
  /** Its own line and what stands around it on lines that are new. */
  readonly text: string;
}

const newFields = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly Field[] => {
  const old = new Set(linesOf(before.tokens).values());
  const lines = linesOf(after.tokens);
  const fresh = (line: number): string => {
    const text = lines.get(line);
    return text === undefined || old.has(text) ? '' : text;
  };
  return [...lines.entries()].flatMap(([line, text]): readonly Field[] => {
    const names = [...text.matchAll(/(?<=^|[\w>\])?{;,] )([A-Za-z_]\w*) (?:[!?] )?[:=;,)]|^([A-Z]\w*) \w+/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    if (names.length === 0) return [];
    // Annotations stand before a field; what a call is handed may stand on the lines behind it.
    const above = [2, 1].map((by) => fresh(line - by)).filter((other) => other.startsWith('@'));
    const below = /[([{] ?$/.test(text) ? [1, 2, 3, 4].map((by) => fresh(line + by)) : [];
    const found = [...above, fresh(line), ...below].join(' ');
    return found.trim() === '' ? [] : names.map((name) => ({ name: plain(name), text: found }));
  });
});

function linesOf(tokens: readonly CodeToken[]): ReadonlyMap<number, string> {
  const lines = new Map<number, string>();
  for (const { text, line } of tokens) {
    const had = lines.get(line);
    lines.set(line, had === undefined ? text : `${had} ${text}`);
  }
  return lines;
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}
