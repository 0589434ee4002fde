import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { tokensOf } from '../code/token-lines.ts';

/** More files than this that name a class say that its name is a common one. */
const MOST_FILES = 4;
const EXTENSIONS: readonly `.${string}`[] = ['.ts', '.py', '.java'];

/**
 * True where a field of a class that the function takes or makes declares now what the guard asked: `quantity: int = Field(ge=1, le=100)`,
 * `@Min(1) @Max(100) quantity`, `forms.IntegerField(min_value=1, max_value=100)`. The declaration is news of this change, and names each
 * number of the guard.
 */
export function isDeclaredInstead(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  const asked = questionsOf(guard.test);
  if (input.after === undefined || scope === undefined || scope === '' || asked.length === 0) return false;
  const names = new Set(tokensOf(input.after, scope).match(/\b[A-Z]\w{3,}/g) ?? []);
  const classes = [...names].flatMap((name) => declarationsOf(input, name));
  return asked.every(({ field, numbers }) =>
    classes.some(({ now, was }) => {
      const declared = fieldOf(now, field);
      return declared !== undefined && declared !== fieldOf(was, field) && meets(declared, numbers);
    }),
  );
}

interface Question {
  readonly field: string;
  readonly numbers: readonly string[];
}

/** `dto.quantity < 1 || dto.quantity > 100`, `not body.get('sku')`: each field with the numbers that it is held against. */
function questionsOf(test: string): readonly Question[] {
  const found = new Map<string, string[]>();
  for (const part of test.split(/\s(?:\|\||or)\s/)) {
    const [side = '', number] = part.split(/\s(?:<=?|>=?)\s/);
    const field =
      /(?:^|[.'"([ ])([a-z]\w*)['"]?[\])]*(?:\(\))?(?:\.(?:isBlank|isEmpty)\(\))?(?: (?:===?|is) (?:null|undefined|None|''|""))?$/.exec(
        side,
      )?.[1];
    if (field === undefined || (number !== undefined && !/^\d+$/.test(number))) return [];
    const numbers = found.get(field) ?? [];
    if (number !== undefined) numbers.push(number);
    found.set(field, numbers);
  }
  return [...found].map(([field, numbers]) => ({ field, numbers }));
}

/** The texts of a class of that name on both sides, wherever it stands. */
function declarationsOf(input: RuleInput, name: string): readonly { readonly now: string; readonly was: string }[] {
  const own = { now: input.after, was: input.before };
  const paths = input.trees.after.mentioning(name, EXTENSIONS).filter((path) => path !== input.path);
  const other = (path: RepoPath): { readonly now: SourceFacts | undefined; readonly was: SourceFacts | undefined } => ({
    now: input.factsAt('after', path),
    was: input.factsAt('before', path),
  });
  return [own, ...(paths.length > MOST_FILES ? [] : paths.map(other))].flatMap(({ now, was }) =>
    now?.symbols.some((symbol) => symbol.name === name && symbol.kind === 'class') === true
      ? [{ now: tokensOf(now, name), was: tokensOf(was, name) }]
      : [],
  );
}

/** What a class says of one field, its marks included. */
function fieldOf(text: string, field: string): string | undefined {
  const parts: string[] = [''];
  let depth = 0;
  for (const char of text.slice(Math.max(0, text.search(/[{(:]/) + 1))) {
    if (char === '(' || char === '[') depth += 1;
    if (char === ')' || char === ']') depth -= 1;
    if (char === ';' || (char === ',' && depth === 0)) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.find((part) =>
    new RegExp(`(?:^|[^\\w.'"])${field}(?:[!?:=]|$)`).test(
      part.trim().replace(/(?<![)}])[)}]+$/, (end) => (part.includes('(') ? end : '')),
    ),
  );
}

function meets(declared: string, numbers: readonly string[]): boolean {
  if (numbers.length === 0)
    return /min_?length=[1-9]|NotBlank|NotEmpty|IsNotEmpty|MinLength\([1-9]|(?:Char|Integer|Email|Choice)Field\((?!.*required=False)/i.test(
      declared,
    );
  return numbers.every(
    (number) => new RegExp(`\\b${number}\\b`).test(declared) || (number === '0' && /[pP]ositive|gt=0|ge=0|Min\([01]\)/.test(declared)),
  );
}
