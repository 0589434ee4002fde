import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { scopeAtLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** More files than this that name a type say that its name is a common one. */
const MOST_FILES = 8;

/**
 * What is declared beside the field that a lost condition asked about, in the type of what its function is handed now: `@Min(1) @Max(12)` of
 * `int seats` in `@Valid BookingRequest request`, `Annotated[int, Query(le=200)]` of `limit: PageSize`. The type may stand in another file.
 * Empty where the field declares nothing, or where nobody asks Java for what is declared; undefined where no such field is found.
 */
export function declaredBeside(input: RuleInput, guard: Guard): string | undefined {
  const { before, after } = input;
  const now = counterpartScope(input, guard.scope);
  const head = after?.symbols.find(({ name, kind }) => name === now && /^(?:function|method)$/.test(kind));
  if (before === undefined || after === undefined || head === undefined) return undefined;
  const names = fieldsAsked(before, guard);
  for (const { name, type } of head.parameters) {
    const [own] = /[A-Z]\w+/.exec(type) ?? [];
    if (own === undefined) continue;
    if (names.has(plain(name))) {
      const alias = declaring(input, after, own, (facts) => aliasText(facts, own));
      if (alias !== undefined) return alias;
    }
    const found = declaring(input, after, own, (facts) => fieldText(facts, own, names));
    if (found === undefined) continue;
    return after.language === 'java' && !isAskedFor(after, head.range, own) ? '' : found;
  }
  return undefined;
}

/** What the type of a field stands for now, `discount: Discount` of `Discount = Annotated[float, Field(ge=0)]`; `line` is of the old side. */
export function aliasOfField(input: RuleInput, line: number, field: string): string {
  const { before, after } = input;
  if (before === undefined || after === undefined) return '';
  const owner = scopeAtLine(before, line);
  const now = after.symbols.find(({ name, kind }) => kind === 'property' && name === `${owner}.${field}`);
  const [type] = /[A-Z]\w+/.exec(now?.type ?? '') ?? [];
  return type === undefined ? '' : (declaring(input, after, type, (facts) => aliasText(facts, type)) ?? '');
}

/** `seats` of `req.getSeats()`, of `body.seats()` and of what was bound to one of them. */
function fieldsAsked(before: SourceFacts, { reads, range }: Guard): ReadonlySet<string> {
  const bound = reads.flatMap((name) => boundAbove(before, name, range.start.line)?.match(/[A-Za-z_]\w*/g) ?? []);
  return new Set([...reads, ...bound].map((name) => plain(name.replace(/^get(?=[A-Z])/, ''))));
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function declaring(
  input: RuleInput,
  after: SourceFacts,
  type: string,
  read: (facts: SourceFacts) => string | undefined,
): string | undefined {
  const own = read(after);
  if (own !== undefined) return own;
  const extension = input.path.slice(input.path.lastIndexOf('.'));
  const files = input.trees.after.mentioning(type, [extension]).filter((path) => path !== input.path);
  if (files.length > MOST_FILES) return undefined;
  for (const path of files) {
    const facts = input.factsAt('after', path);
    const found = facts === undefined ? undefined : read(facts);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `PageSize = Annotated[int, Query(le=200)]`. */
function aliasText(facts: SourceFacts, alias: string): string | undefined {
  const symbol = facts.symbols.find(({ name, kind, scope }) => name === alias && kind === 'variable' && scope === '');
  return symbol === undefined ? undefined : textOn(facts, symbol.range);
}

/** The annotations of a field, or the line it stands on where a language has none. */
function fieldText(facts: SourceFacts, type: string, names: ReadonlySet<string>): string | undefined {
  const field = facts.symbols.find(
    ({ name, kind }) => kind === 'property' && name === `${type}.${lastName(name)}` && names.has(plain(lastName(name))),
  );
  if (field === undefined) return undefined;
  if (facts.language === 'python') return textOn(facts, field.range);
  return facts.calls
    .filter(({ kind, range }) => kind === 'decorator' && isInside(range, field.range))
    .map(({ callee, args }) => `${callee}(${args.join(', ')})`)
    .join(' ');
}

function isInside(inner: Range, outer: Range): boolean {
  const isFrom =
    inner.start.line > outer.start.line || (inner.start.line === outer.start.line && inner.start.character >= outer.start.character);
  return isFrom && (inner.end.line < outer.end.line || (inner.end.line === outer.end.line && inner.end.character <= outer.end.character));
}

function textOn(facts: SourceFacts, { start, end }: Range): string {
  return tokensOn(facts, start.line, Math.max(start.line, end.line))
    .map(({ text }) => text)
    .join(' ');
}

/** `@Valid` or `@Validated` stands in the head of the function, before the type of what it is handed. */
function isAskedFor(facts: SourceFacts, { start, end }: Range, type: string): boolean {
  const words = tokensOn(facts, start.line, end.line).map(({ text }) => text);
  const at = words.indexOf(type);
  return words.slice(0, at < 0 ? words.length : at).some((text) => /^(?:Valid|Validated)$/.test(text));
}

/** That there is a value is declared beside the field now: `@NotBlank String name` of what is validated on its way in. */
export function isPresenceDeclared(input: RuleInput, { test, ...guard }: Guard): boolean {
  const parts = test.split(/\|\||\bor\b/).map((part) => part.trim());
  const isOfPresence = parts.every((part) =>
    /^!?[\w.()]+ ===? null$|\.(?:isBlank|isEmpty)\(\)$|(?:hasText|hasLength)\(|isBlank\(|isEmpty\(/.test(part),
  );
  return isOfPresence && /\bNot(?:Null|Blank|Empty)\(/.test(declaredBeside(input, { ...guard, test }) ?? '');
}
