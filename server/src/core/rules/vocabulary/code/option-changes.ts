import type { Option, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { words } from './call-names.ts';
import { onlyIn } from './fact-keys.ts';
import { groupBy, keepOfBoth } from './kept.ts';
import { homeOf } from './option-paths.ts';
import { namedValues, rehousedConstants } from './rehoused-options.ts';
import { tokenTexts } from './token-lines.ts';
import { throughConstants } from './values-of-constants.ts';

/** An option that had one value and has another now: same name, same call, same function. */
export interface OptionChange {
  readonly before: Option;
  readonly after: Option;
}

/**
 * Options of this hunk whose value changed. Twins of one name pair in order; one whose old value stood in another hunk of the
 * file pairs with it where each is the only one of its name, call and function. A constant that went into a table pairs with its
 * entry, a name with what it stands for, and a constant that other options take their value from is a change of each of them.
 */
export function changedOptions(input: RuleInput): readonly OptionChange[] {
  const known = changes.get(input);
  if (known !== undefined) return known;
  const own = changedHere(input);
  const housed = rehousedConstants(input);
  const all = [...own, ...housed, ...namedValues(input, own), ...throughConstants(input, own)];
  changes.set(input, all);
  return all;
}

const changes = new WeakMap<RuleInput, readonly OptionChange[]>();

function changedHere(input: RuleInput): readonly OptionChange[] {
  const left = [...input.removed.options];
  return input.added.options.flatMap((after) => {
    const at = left.findIndex(
      (before) => before.name === after.name && before.callee === after.callee && (before.scope === after.scope || after.callee !== ''),
    );
    const [before = lostElsewhere(input, after)] = at < 0 ? [] : left.splice(at, 1);
    return before === undefined || before.value === after.value ? [] : [{ before, after }];
  });
}

function lostElsewhere({ before, after }: RuleInput, option: Option): Option | undefined {
  if (before === undefined || after === undefined) return undefined;
  const { lost, fresh } = optionsByPlace(before, after);
  const [old, ...others] = lost.get(placeOf(option)) ?? [];
  return others.length === 0 && fresh.get(placeOf(option))?.length === 1 ? old : undefined;
}

/** Options that one side alone has, by name, call and function. */
const optionsByPlace = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const only = (one: SourceFacts, other: SourceFacts): ReadonlyMap<string, readonly Option[]> =>
    groupBy(onlyIn(one.options, other.options), placeOf);
  return { lost: only(before, after), fresh: only(after, before) };
});

/**
 * Options that moved with a change of their value: constants that became fields of a record of defaults, or the other way round.
 * The name has several words, in whatever style, and is the only one of its kind that left the file and that came.
 */
export function rehousedOptions(input: RuleInput): readonly OptionChange[] {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return [];
  const { lost, fresh } = optionsByName(before, after);
  const told = new Set(rehousedConstants(input).map((change) => change.after.range));
  return added.options.flatMap((option) => {
    if (told.has(option.range)) return [];
    const name = words(option.name);
    const [was, is] = [lost.get(name), fresh.get(name)];
    const [old] = was ?? [];
    const isOnly = was?.length === 1 && is?.length === 1 && is[0] === option && name.includes(' ');
    return isOnly && old !== undefined && placeOf(old) !== placeOf(option) && old.value !== option.value
      ? [{ before: old, after: option }]
      : [];
  });
}

/** Options with a number that one side alone has, by the words of their name. */
const optionsByName = keepOfBoth((before: SourceFacts, after: SourceFacts) => {
  const only = (one: SourceFacts, other: SourceFacts): ReadonlyMap<string, readonly Option[]> =>
    groupBy(
      onlyIn(one.options, other.options).filter(({ value }) => /\d/.test(value)),
      ({ name }) => words(name),
    );
  return { lost: only(before, after), fresh: only(after, before) };
});

function placeOf({ name, callee, scope }: Option): string {
  return `${name}\u0000${callee}\u0000${scope}`;
}

/**
 * Options whose name changed with their value: the old name is gone from the file, the new one was not there, and all words of
 * one are words of the other (`FEE_BPS` and `PLATFORM_FEE_BPS`, `minFee` and `minimumFee`). Each is the only partner of its partner.
 */
export function renamedOptions(input: RuleInput): readonly OptionChange[] {
  const { before, after } = input;
  const has = (facts: RuleInput['before'], name: string): boolean => facts !== undefined && tokenTexts(facts).has(name);
  const gone = input.removed.options.filter((option) => !has(after, option.name));
  const fresh = input.added.options.filter((option) => !has(before, option.name));
  const isPair = (old: Option, now: Option): boolean =>
    old.callee === now.callee && (old.callee !== '' || homeOf(old) === homeOf(now)) && isSameName(old.name, now.name);
  return fresh.flatMap((now) => {
    const partners = gone.filter((old) => isPair(old, now));
    const [old] = partners;
    const isOnly = partners.length === 1 && old !== undefined && fresh.filter((other) => isPair(old, other)).length === 1;
    return isOnly && old.value !== now.value ? [{ before: old, after: now }] : [];
  });
}

/** Every word of the shorter name begins a word of the longer one, or the other way round. */
function isSameName(one: string, other: string): boolean {
  const [short, long] = [words(one).split(' '), words(other).split(' ')].sort((a, b) => a.length - b.length);
  return (
    short?.every((word) => long?.some((longer) => longer.startsWith(word.slice(0, 5)) || word.startsWith(longer.slice(0, 5)))) === true &&
    short.join('').length > 2
  );
}

/** The number that a value is, by its own text: `5 * 60_000`, `Number(process.env.MAX ?? 20)`. Undefined where it is none. */
export function numberOf(value: string): number | undefined {
  const text = value.replaceAll('_', '').trim();
  if (/^(Infinity|Number\.(POSITIVE_INFINITY|MAX_SAFE_INTEGER|MAX_VALUE))$/.test(value.trim())) return Number.POSITIVE_INFINITY;
  const plain = plainNumber(text);
  if (plain !== undefined) return plain;
  const fallback = /(?:\?\?|\|\|)\s*['"]?(-?[\d.]+)['"]?\)?(?:,\s*10\))?$/.exec(text)?.[1];
  if (fallback !== undefined) return Number(fallback);
  if (!/^-?[\d.]+(\s*\*\s*[\d.]+)*$/.test(text)) return undefined;
  return text.split('*').reduce((product, factor) => product * Number(factor), 1);
}

/** Numbers as Python, Go, Java and Rust write them: `20L`, `1 << 20`, `int64(5)`, `5 * time.Second`, `os.getenv("MAX", "20")`. */
function plainNumber(text: string): number | undefined {
  if (
    /^(math\.MaxInt\w*|math\.inf|float\('inf'\)|sys\.maxsize|(?:Integer|Long)\.MAX_?VALUE|usize::MAX|u32::MAX|u64::MAX|i32::MAX)$/.test(
      text,
    )
  )
    return Number.POSITIVE_INFINITY;
  const shift = /^(\d+)\s*<<\s*(\d+)$/.exec(text);
  if (shift !== null) return Number(shift[1]) * 2 ** Number(shift[2]);
  const wrapped = /^(?:int|int32|int64|uint|uint64|float|float64|Some|Integer\.valueOf|Long\.valueOf)\(([^()]*)\)$/.exec(text)?.[1];
  if (wrapped !== undefined) return plainNumber(wrapped) ?? (/^-?[\d.]+$/.test(wrapped) ? Number(wrapped) : undefined);
  const environment = /^(?:int\(|float\(|)(?:os\.)?(?:getenv|environ\.get)\(\s*['"]\w+['"]\s*,\s*['"]?(-?[\d.]+)['"]?\s*\)\)?$/.exec(
    text,
  )?.[1];
  if (environment !== undefined) return Number(environment);
  const suffixed = /^(-?[\d.]+)(?:[lLfFdDuU]|u32|u64|usize|i32|i64|f64)$/.exec(text)?.[1];
  if (suffixed !== undefined) return Number(suffixed);
  const unit = /^(?:(\d+)\s*\*\s*)?time\.(Nanosecond|Microsecond|Millisecond|Second|Minute|Hour)$/.exec(text);
  if (unit !== null) return Number(unit[1] ?? 1) * (MILLISECONDS[unit[2] ?? ''] ?? 1);
  const bytes = /^['"](\d+(?:\.\d+)?)\s*(kb|mb|gb|k|m|g)['"]$/i.exec(text);
  return bytes === null ? undefined : Number(bytes[1]) * 1024 ** ('kmg'.indexOf((bytes[2] ?? 'k')[0]?.toLowerCase() ?? 'k') + 1);
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  Nanosecond: 1e-6,
  Microsecond: 1e-3,
  Millisecond: 1,
  Second: 1000,
  Minute: 60_000,
  Hour: 3_600_000,
};
