/** True where every value of `narrow` is plainly one of `wide`: equal text, `any`, `unknown`, or a union that holds all of it. */
export function isWider(narrow: string, wide: string): boolean {
  if (flat(narrow) === flat(wide) || /^(any|unknown|Any|typing\.Any|Object|object|interface\{\})$/.test(wide.trim())) return true;
  if (isSupertype(bare(narrow), bare(wide)) || isFilledIn(narrow, wide)) return true;
  const members = new Set(unionOf(wide));
  return unionOf(narrow).every(
    (member) => members.has(member) || (members.has('string') && /^['"`]/.test(member)) || (members.has('number') && /^\d/.test(member)),
  );
}

/** Python: what a container holds was not said, or holds what it says now: `list[dict]` and `list[dict[str, Any]]`. */
function isFilledIn(narrow: string, wide: string): boolean {
  const [, now, held] = CONTAINER.exec(narrow.trim()) ?? [];
  const [, was, holds] = CONTAINER.exec(wide.trim()) ?? [];
  if (now === undefined || now.toLowerCase() !== was?.toLowerCase()) return false;
  if (holds === undefined || held === undefined) return holds === undefined || /\bAny\b/.test(holds);
  const [inside, outside] = [argumentsOf(held), argumentsOf(holds)];
  return inside.length === outside.length && inside.every((part, at) => isWider(part, outside[at] ?? ''));
}

const CONTAINER =
  /^(?:typing\.|collections\.abc\.)?(dict|list|set|tuple|frozenset|Dict|List|Set|Tuple|Mapping|Sequence|Iterable|Iterator|Collection)(?:\[(.*)\])?$/s;

/** Types between the commas of the outermost level. */
function argumentsOf(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if (/[<({[]/.test(character)) depth += 1;
    if (/[>)}\]]/.test(character)) depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

/** Types of which every value is one of the next: what a compiler converts without a word. */
const SUPERTYPES: readonly (readonly string[])[] = [
  ['byte', 'short', 'int', 'long', 'float', 'double'],
  ['Integer', 'Number'],
  ['Long', 'Number'],
  ['Double', 'Number'],
  ['BigDecimal', 'Number'],
  ['String', 'CharSequence'],
  ['ArrayList', 'List', 'Collection', 'Iterable'],
  ['LinkedList', 'List'],
  ['HashSet', 'Set', 'Collection'],
  ['SortedSet', 'Set'],
  ['HashMap', 'Map'],
  ['LinkedHashMap', 'Map'],
  ['TreeMap', 'SortedMap', 'Map'],
  ['ImmutableList', 'List'],
  ['ImmutableMap', 'Map'],
  ['CompletableFuture', 'CompletionStage'],
  ['list', 'Sequence', 'Collection', 'Iterable'],
  ['List', 'Sequence', 'Iterable'],
  ['tuple', 'Sequence'],
  ['dict', 'Mapping'],
  ['Dict', 'Mapping'],
  ['set', 'AbstractSet', 'Collection'],
  ['int', 'float'],
  ['&str', 'impl AsRef'],
  ['&str', 'impl Into'],
  ['&str', 'impl ToString'],
  ['&str', 'impl Display'],
  ['String', 'impl Into'],
  ['String', 'impl AsRef'],
];

function isSupertype(narrow: string, wide: string): boolean {
  return SUPERTYPES.some((chain) => chain.includes(narrow) && chain.indexOf(wide) > chain.indexOf(narrow));
}

/** `List` of `java.util.List<Order>`, `impl Into` of `impl Into<String>`. */
function bare(type: string): string {
  return type
    .replace(/[<[].*/s, '')
    .replace(/^(?:\w+\.)+/, '')
    .trim();
}

/** Members of a union at its top level, in order. */
function unionOf(type: string): readonly string[] {
  const members: string[] = [];
  let depth = 0;
  let member = '';
  // An arrow is no closing bracket.
  for (const character of asUnion(type).replaceAll('=>', '→')) {
    if (/[<({[]/.test(character)) depth += 1;
    if (/[>)}\]]/.test(character)) depth -= 1;
    if (character === '|' && depth === 0) {
      members.push(flat(member));
      member = '';
    } else member += character;
  }
  return [...members, flat(member)].filter((part) => part !== '');
}

/** `Optional[str]` and `Union[str, int]` of Python as unions. */
function asUnion(type: string): string {
  const [, kind, inside] = /^(?:typing\.)?(Optional|Union)\[(.*)\]$/s.exec(type.trim()) ?? [];
  if (inside === undefined) return type;
  return kind === 'Optional' ? `${inside} | None` : inside.replaceAll(',', '|');
}

/** The type that a promise gives, or the type itself. */
export function awaited(type: string): string {
  const match = /^(?:Promise|PromiseLike|Awaitable|CompletableFuture|CompletionStage|Mono|Uni|Single)<(.*)>$/s.exec(type.trim());
  return match?.[1] ?? type;
}

function flat(type: string): string {
  return type
    .replace(/\breadonly\s+/g, '')
    .replace(/\s+/g, '')
    .replaceAll('=>', '→')
    .replace(/([:<(,{[=→])\|/g, '$1')
    .replace(/[;,](?=})/g, '')
    .replace(/;/g, ',');
}

/** Fields of an object type as it is written, `{ path: string; depth?: number }`, with the type of each; undefined for any other type. */
export function fieldsOf(type: string): ReadonlyMap<string, string> | undefined {
  const [, inside] = /^\{(.*)\}$/s.exec(type.trim()) ?? [];
  if (inside === undefined) return undefined;
  const text = inside.replaceAll('=>', '→');
  const starts: { readonly name: string; readonly from: number; readonly to: number }[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (/[<({[]/.test(character)) depth += 1;
    if (/[>)}\]]/.test(character)) depth -= 1;
    if (depth !== 0 || !/[\w$]/.test(character) || /[\w$.]/.test(text[at - 1] ?? '')) continue;
    FIELD.lastIndex = at;
    const [whole = '', name] = FIELD.exec(text) ?? [];
    if (name !== undefined) starts.push({ name, from: at, to: at + whole.length });
  }
  return new Map(
    starts.map(
      ({ name, to }, index) => [name, text.slice(to, starts[index + 1]?.from ?? text.length).replace(/(?<![\s;,])[\s;,]+$/, '')] as const,
    ),
  );
}

const FIELD = /([\w$]+)\??: ?/y;
