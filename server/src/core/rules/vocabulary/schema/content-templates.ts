import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { escaped } from '../code/literal-patterns.ts';
import { findSetting, nameOf, settingsUnder } from '../settings/setting-index.ts';
import { countOf } from '../settings/setting-values.ts';

/**
 * Content that names its template and says how many fields it has, where that number grew while the template of the tree, or the one
 * constant of its code that said the same number, stays behind. Told at the number, and where a field is asked for that came with it.
 * Source: CrowdStrike, 19 July 2024.
 */
export function* overgrownContents(input: RuleInput): Iterable<FindingDraft> {
  if (!/\.(json|ya?ml|toml)$/i.test(input.path) || input.before === undefined || input.after === undefined) return;
  const places = input.added.settings.filter((setting) => COUNT.test(nameOf(setting)) || INDEX.test(nameOf(setting)));
  if (places.length === 0) return;
  for (const count of input.after.settings) {
    if (!COUNT.test(nameOf(count))) continue;
    const [was, now] = [countOf(findSetting(input.before, count)?.value), countOf(count.value)];
    if (was === undefined || now === undefined || now <= was || was < FEWEST) continue;
    const template = templateOf(input.after, count);
    const found = template === undefined ? undefined : (templateBehind(input, template, now) ?? constantBehind(input, was, now));
    if (found === undefined) continue;
    const file = quote(found.other.slice(found.other.lastIndexOf('/') + 1), 34);
    for (const place of places) {
      if (place !== count && !(INDEX.test(nameOf(place)) && (countOf(place.value) ?? 0) >= was)) continue;
      const what = place === count ? `${now} fields` : `field ${String(place.value)}`;
      yield { side: 'after', range: place.range, message: fitMessage(`${what}, where ${file} supplies ${found.supplies}`) };
    }
  }
}

/** One field by its place. */
const INDEX = /^(field|input|column|param|parameter)(_?(index|no|number|position))?$/i;
const COUNT =
  /^(fields?|(field|input|column|param|parameter)_?count|num_?(fields|inputs|columns|params)|columns|inputs|params|parameters)$/i;
const TEMPLATE = /^(template|schema|template_?(type|id|name)|record_?type|layout)$/i;
/** Fewer fields than this are said of too many things. */
const FEWEST = 5;

function templateOf(facts: SourceFacts | undefined, { path, resource }: Setting): string | undefined {
  const named = facts?.settings.find(
    (other) =>
      other.resource === resource && other.path.length === path.length && isBeside(other.path, path) && TEMPLATE.test(nameOf(other)),
  );
  return typeof named?.value === 'string' && /[A-Za-z]/.test(named.value) ? named.value : undefined;
}

function isBeside(one: readonly string[], other: readonly string[]): boolean {
  return one.slice(0, -1).every((part, at) => part === other[at]);
}

/** The file that still says fewer, and how many. */
interface Supplier {
  readonly other: RepoPath;
  readonly supplies: number;
}

/** The template itself lies in the tree, and has a list of its fields, or their number. */
function templateBehind(input: RuleInput, template: string, now: number): Supplier | undefined {
  const longest = template.split(/[^A-Za-z0-9]+/).reduce((best, part) => (part.length > best.length ? part : best), '');
  for (const other of input.trees.after.mentioning(longest, ['.json', '.yaml', '.yml', '.toml']).slice(0, MOST_FILES)) {
    const facts = other === input.path ? undefined : input.factsAt('after', other);
    const own = facts?.settings.find(({ path, value }) => value === template && /^(id|name|type)$/i.test(path.at(-1) ?? ''));
    if (facts === undefined || own === undefined) continue;
    const beside = settingsUnder(facts, own, own.path.slice(0, -1));
    const at = own.path.length - 1;
    const counted = beside.find(({ path, value }) => path.length === at + 1 && COUNT.test(path[at] ?? '') && countOf(value) !== undefined);
    const listed = new Set(
      beside.flatMap(({ path }) => (/^(fields|columns|inputs|params|parameters)$/i.test(path[at] ?? '') ? (path[at + 1] ?? []) : [])),
    );
    const supplies = countOf(counted?.value) ?? listed.size;
    if (supplies > 0 && supplies < now) return { other, supplies };
    if (supplies > 0) return undefined;
  }
  return undefined;
}

const MOST_FILES = 20;
const CODE = ['.rs', '.go', '.c', '.h', '.cc', '.cpp', '.hpp', '.cs', '.java', '.kt', '.py', '.ts', '.js', '.swift', '.zig'];
const NAMES = [
  'INPUTS',
  'FIELDS',
  ...['INPUT', 'FIELD', 'COLUMN', 'PARAM'].flatMap((one) => [`${one}_COUNT`, `NUM_${one}S`, `MAX_${one}S`]),
];
const CAMEL = ['Input', 'Field', 'Column', 'Param'].flatMap((one) => [
  `Num${one}s`,
  `num${one}s`,
  `${one}Count`,
  `${one.toLowerCase()}Count`,
  `kNum${one}s`,
]);

/** The one constant of the tree's code that says how many there are, said as many as the content did, and still does. */
function constantBehind({ trees }: RuleInput, was: number, now: number): Supplier | undefined {
  const found = [...NAMES, ...CAMEL].flatMap((name) =>
    trees.after
      .mentioning(name, CODE)
      .filter((path) => !/(^|\/)(tests?|__tests__|examples?|vendor|node_modules|fixtures)\/|[._]test\.|[._]spec\./.test(path))
      .slice(0, MOST_FILES)
      .map((path) => ({ path, name, supplies: valueIn(trees.after, path, name), stood: valueIn(trees.before, path, name) })),
  );
  if (found.some(({ supplies }) => supplies === now)) return undefined;
  const same = found.filter(({ supplies, stood }) => supplies === was && stood === was);
  const [only] = same;
  return only === undefined || same.length > 1 ? undefined : { other: only.path, supplies: was };
}

/** `pub const INPUTS: usize = 20;`, `const NumFields = 20`, `#define FIELD_COUNT 20`. The language of the file may not be read in this change. */
function valueIn(tree: Tree, path: RepoPath, name: string): number | undefined {
  const content = tree.read(path);
  if (content === undefined || content.kind !== 'text') return undefined;
  const said = new RegExp(
    `(?:\\b(?:const|constexpr|final|static|let)\\b[^=\\n]{0,60}|#define |^)\\b${escaped(name)}\\b(?:[^=\\n\\d]{0,40}=)? {0,4}(\\d{1,6})\\b`,
    'm',
  ).exec(content.text);
  return said === null ? undefined : Number(said[1]);
}
