import type { Guard, Parameter, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { numberIn } from '../code/computed-numbers.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';
import { tokensOf } from '../code/token-lines.ts';

/** More files than this that name a class say that its name is a common one. */
const MOST_FILES = 4;
const EXTENSIONS: readonly `.${string}`[] = ['.ts', '.py', '.java'];

/**
 * True where a field of the class that the guarded value has now declares what the guard asked: `quantity: int = Field(ge=1, le=100)`,
 * `@Min(1) @Max(100) quantity`, `forms.IntegerField(min_value=1, max_value=100)`. The declaration is news of this change, holds the same
 * number from the same side, and something looks at it: `@Valid` at the parameter, `is_valid()` of a form.
 */
export function isDeclaredInstead(input: RuleInput, guard: Guard): boolean {
  const scope = counterpartScope(input, guard.scope);
  if (input.after === undefined || scope === undefined || scope === '') return false;
  const asked = questionsOf(withNumbers(guard.test, input.before));
  if (asked.length === 0) return false;
  const module = input.after;
  const text = tokensOf(module, scope);
  const parameters = symbolsNamed(input.after, scope).flatMap((symbol) => symbol.parameters);
  return asked.every(({ root, field, bounds }) =>
    classesOf(text, module, parameters, root).some((name) =>
      declarationsOf(input, name).some(({ now, was }) => {
        if (!isLookedAt(input.after?.language ?? '', text, name, now)) return false;
        const declared = fieldOf(now, field);
        return declared !== undefined && declared !== fieldOf(was, field) && meets(declared, bounds);
      }),
    ),
  );
}

interface Bound {
  readonly number: number;
  /** What is refused: `least` for what is below a number. */
  readonly side: 'least' | 'most';
}

interface Question {
  /** The value whose field it is: `body` of `body.quantity`. */
  readonly root: string;
  readonly field: string;
  readonly bounds: readonly Bound[];
}

/** `dto.quantity < 1 || dto.quantity > 100`, `not body.get('sku')`: each field with the numbers that it is held against. */
function questionsOf(test: string): readonly Question[] {
  const found = new Map<string, { readonly root: string; readonly bounds: Bound[] }>();
  for (const part of test.split(/\s(?:\|\||or)\s/)) {
    const [side = '', how, number] = part.split(/\s(<=?|>=?)\s/);
    const field =
      /(?:^|[.'"([ ])([a-z]\w*)['"]?[\])]*(?:\(\))?(?:\.(?:isBlank|isEmpty)\(\))?(?: (?:===?|is) (?:null|undefined|None|''|""))?$/.exec(
        side,
      )?.[1];
    if (field === undefined || (number !== undefined && !/^\d+$/.test(number))) return [];
    const root = /^(?:!|not )?\(?([A-Za-z_]\w*)/.exec(side)?.[1] ?? '';
    const known = found.get(field) ?? { root, bounds: [] };
    // Of whole numbers, `<= 0` refuses what is below 1.
    if (number !== undefined)
      known.bounds.push({
        number: Number(number) + (how === '<=' ? 1 : how === '>=' ? -1 : 0),
        side: how?.startsWith('<') === true ? 'least' : 'most',
      });
    found.set(field, known);
  }
  return [...found].map(([field, known]) => ({ field, ...known }));
}

/** Classes of the guarded value: the type of its parameter, by a new name where the old one is gone, and those that the function makes. */
function classesOf(text: string, module: SourceFacts, parameters: readonly Parameter[], root: string): readonly string[] {
  const own = parameters.some(({ name }) => name === root) ? parameters.filter(({ name }) => name === root) : parameters;
  const made = [...text.matchAll(/\b([A-Z]\w{3,})(?:\.(?:model_validate\w*|parse_\w+))?\(/g)].map(([, name = '']) => name);
  // A schema that the module made once: `schema.load(request.get_json())`.
  const loaded = [...text.matchAll(/\b(\w+)\.loads?\(/g)].flatMap(([, name = '']) => madeAs(module, name));
  const makers = [...text.matchAll(/\bplainTo\w+\(([A-Z]\w{3,})/g)].map(([, name = '']) => name);
  return [...new Set([...own.flatMap(({ type }) => type.match(/\b[A-Z]\w{3,}/g) ?? []), ...made, ...loaded, ...makers])];
}

/** `PatientSchema` of `schema = PatientSchema()`. */
function madeAs({ tokens }: SourceFacts, own: string): readonly string[] {
  return tokens.flatMap(({ text }, at) =>
    text === own && tokens[at + 1]?.text === '=' && tokens[at + 3]?.text === '(' && tokens[at + 4]?.text === ')'
      ? [tokens[at + 2]?.text ?? '']
      : [],
  );
}

/** Something holds the value against the declaration. Python's models do it themselves where they are made; forms are asked. */
function isLookedAt(language: string, text: string, name: string, declaration: string): boolean {
  if (language === 'java') return new RegExp(`@Valid(?:ated)?\\b[^,;{]{0,80}\\b${escaped(name)}\\b`).test(text);
  // `@Body(new ValidationPipe({ whitelist: true }))`.
  const plain = text.replace(/\bnew ?\w*Pipe\([^()]{0,200}\)/g, '');
  if (language === 'typescript')
    return new RegExp(`@\\w+\\([^()]{0,80}\\)\\w+[?]?:${escaped(name)}\\b`).test(plain) || /\bvalidate\w*\(/.test(text);
  if (/^\{?class \w+\([\w.,]*(?:Form|Serializer)\b/.test(declaration)) return /\.(?:is_valid|full_clean)\(/.test(text);
  if (/^\{?class \w+\([\w.,]*Schema\b/.test(declaration)) return /\.loads?\((?![^;]{0,200}\bpartial=)/.test(text);
  return !/\.(?:model_construct|construct)\(/.test(text);
}

interface Declaration {
  readonly now: string;
  readonly was: string;
}

const declarations = keepOf((_trees: RuleInput['trees']) => new Map<string, readonly Declaration[]>());

/** The texts of a class of that name on both sides, wherever it stands. Many guards of a file ask for the same one. */
function declarationsOf(input: RuleInput, name: string): readonly Declaration[] {
  const known = declarations(input.trees);
  const key = `${input.path}\n${name}`;
  const found = known.get(key) ?? findDeclarations(input, name);
  known.set(key, found);
  return found;
}

function findDeclarations(input: RuleInput, name: string): readonly Declaration[] {
  const own = { now: input.after, was: input.before };
  // A class of the file itself is looked for nowhere else.
  const isOwn = symbolsNamed(input.after, name).some(({ kind }) => kind === 'class');
  const paths = isOwn ? [] : input.trees.after.mentioning(name, EXTENSIONS).filter((path) => path !== input.path);
  const other = (path: RepoPath): { readonly now: SourceFacts | undefined; readonly was: SourceFacts | undefined } => ({
    now: input.factsAt('after', path),
    was: input.factsAt('before', path),
  });
  return [own, ...(paths.length > MOST_FILES ? [] : paths.map(other))].flatMap(({ now, was }) =>
    symbolsNamed(now, name).some(({ kind }) => kind === 'class')
      ? [{ now: withNumbers(tokensOf(now, name), now), was: withNumbers(tokensOf(was, name), was) }]
      : [],
  );
}

/** Constants by the numbers that they stand for, and numbers without what only parts their digits. */
function withNumbers(text: string, facts: SourceFacts | undefined): string {
  return text
    .replace(/(?<=\d)_(?=\d)/g, '')
    .replace(/(?<![\w.'"])[A-Z][A-Z0-9_]{2,}(?![\w('"])/g, (name) => String(numberIn(name, facts) ?? name));
}

/** What a class says of one field, its marks included. */
function fieldOf(text: string, field: string): string | undefined {
  const parts: string[] = [''];
  let depth = 0;
  // Python's bases stand in brackets of their own: `class BookingIn(BaseModel):{…`.
  const [bases] = /^\{?class \w+\([^()]*\):\{/.exec(text) ?? [];
  // Where no semicolon is read, the marks of the next field end a field: `from!:string@IsInt()seats!:number`.
  const fields = text.slice(bases?.length ?? Math.max(0, text.search(/[{(:]/) + 1)).replace(/(?<=[\w\]>'"])(?=@)/g, ';');
  for (const char of fields) {
    if (char === '(' || char === '[') depth += 1;
    if (char === ')' || char === ']') depth -= 1;
    if (char === ';' || (char === ',' && depth === 0)) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.find((part) =>
    new RegExp(`(?:^|[^\\w.'"])${escaped(field)}(?:[!?:=]|$)`).test(
      part.trim().replace(/(?<![)}])[)}]+$/, (end) => (part.includes('(') ? end : '')),
    ),
  );
}

function meets(declared: string, bounds: readonly Bound[]): boolean {
  const said = declared
    .replace(/\bDecimal(Min|Max)\(['"](\d+)['"]/g, 'Decimal$1($2')
    // A title, a description and what is only noted beside the field ask nothing.
    .replace(/'[^']*'|"[^"]*"/g, '')
    .replace(/(?<=\d)_(?=\d)/g, '');
  if (bounds.length === 0)
    return /min_?length=[1-9]|NotBlank|NotEmpty|IsNotEmpty|MinLength\([1-9]|required=True.{0,60}Length\(min=[1-9]|(?:Char|Integer|Email|Choice)Field\((?!.*required=False)/i.test(
      said,
    );
  return bounds.every(({ number, side }) => {
    const words = side === 'least' ? LEAST : MOST;
    const isHeld = [...said.matchAll(words)].some(([, how = '', least = '']) => Number(least) + strictness(how) === number);
    return isHeld || (side === 'least' && number <= 1 && (number === 1 ? POSITIVE : /[pP]ositive/).test(said));
  });
}

/** `gt=0` is `ge=1` of whole numbers. */
function strictness(how: string): number {
  return how === 'gt' ? 1 : how === 'lt' ? -1 : 0;
}

const LEAST = /\b(ge|gt|min|min_?value|minimum|Ge|Min|DecimalMin|MinValueValidator)[=(](?:value=|limit_value=)?(\d+)[lL]?(?=[,)])/gi;
const MOST = /\b(le|lt|max|max_?value|maximum|Le|Max|DecimalMax|MaxValueValidator)[=(](?:value=|limit_value=)?(\d+)[lL]?(?=[,)])/gi;
const POSITIVE = /@Positive\b|\bPositiveInt\b|@IsPositive\b/;
