import type { Guard, Option } from '../../../model/facts.ts';
import { numberOf } from '../code/option-changes.ts';
import { split } from '../conditions/parts.ts';
import { plainAmounts } from '../conditions/plain-amounts.ts';

/** A condition that only compares, read as what it compares with what. */
interface Bounds {
  /** Whether all must hold, or any is enough. */
  readonly all: boolean;
  /** `<0`, `>200000`: in order, each once, without what is compared. */
  readonly texts: readonly string[];
  readonly subjects: readonly string[];
}

/**
 * True where two guards stop at the same bounds, however each is written: `g < 0 or g > MAX` and `not 0 <= grams <= 200_000`,
 * `!(1..=14).contains(&days)`. Constants of either side are read as their numbers; what is compared may have another name where
 * the numbers are not ones that every file compares with.
 */
export function hasSameBounds(old: Guard, oldOptions: readonly Option[], fresh: Guard, freshOptions: readonly Option[]): boolean {
  const [one, other] = [boundsOf(old.test, oldOptions), boundsOf(fresh.test, freshOptions)];
  if (one === undefined || other === undefined) return false;
  const isAll = one.texts.every((text) => other.texts.includes(text) || other.texts.includes(stricter(text)));
  const isSame =
    isAll &&
    (one.texts.length === other.texts.length
      ? one.texts.length === 1 || one.all === other.all
      : !other.all && (!one.all || one.texts.length === 1));
  const sameSubject = one.subjects.every((name) => other.subjects.includes(name));
  const oneEach = one.subjects.length === 1 && other.subjects.length === 1;
  return isSame && (sameSubject || (oneEach && one.texts.some((text) => !/^(?:[<>]=?|[=!]=)-?[01]?$/.test(text))));
}

/** The questions of a guard about several things, each for itself: `x < 0 || x > 255` and `y < 0 || y > 255`. One guard where it asks of one thing. */
export function bySubject(guard: Guard): readonly Guard[] {
  const { all, items } = split(unfolded(guard.test));
  const found = new Map<string, string[]>();
  for (const item of all ? [] : items) {
    const [, left = '', operator = '', right = ''] =
      /^([^<>=!&|\s]{1,80})(<=|>=|<|>)([^<>=!&|\s]{1,80})$/.exec(items.length > 1 ? asOrder(item) : item) ?? [];
    if (operator === '') return [guard];
    const subject = numberOf(left) === undefined ? left : right;
    found.set(subject, [...(found.get(subject) ?? []), `${left} ${operator} ${right}`]);
  }
  return found.size < 2 ? [guard] : [...found.values()].map((tests) => ({ ...guard, test: tests.join(' || ') }));
}

/**
 * True where a bound of the old guard is asked by none of the fresh ones, all of which can be read, or its only one lets the bound itself
 * through now; false where one cannot be read.
 */
export function losesBound(old: Guard, oldOptions: readonly Option[], fresh: readonly Guard[], freshOptions: readonly Option[]): boolean {
  const one = boundsOf(old.test, oldOptions);
  // What is asked of other things says nothing of these bounds.
  const isAbout = ({ test }: Guard): boolean => one?.subjects.some((name) => test.toLowerCase().includes(name)) === true;
  const about = fresh.filter(isAbout);
  // It may have another name in the function that asks it.
  const others = (about.length > 0 ? about : fresh).map(({ test }) => boundsOf(test, freshOptions));
  const [text = ''] = one?.texts ?? [];
  if (one?.texts.length === 1) {
    const asked = others.flatMap((other) => other?.texts ?? []);
    return asked.includes(looser(text)) && !asked.includes(text) && !asked.includes(stricter(text));
  }
  if (one === undefined || one.all !== false || others.length === 0 || others.includes(undefined)) return false;
  return one.texts.some((text) => !others.some((other) => other?.texts.includes(text)));
}

/** True where both stop at a bound of the same thing on the same side, and the new one lies ten times as far out or farther, whatever its number is called. */
export function raisesBound(old: Guard, oldOptions: readonly Option[], fresh: Guard, freshOptions: readonly Option[]): boolean {
  const [one, other] = [boundsOf(old.test, oldOptions), boundsOf(fresh.test, freshOptions)];
  if (one?.subjects.length !== 1 || other?.subjects.length !== 1 || one.subjects[0] !== other.subjects[0]) return false;
  const [was, is] = [sidesOf(one), sidesOf(other)];
  const isFar = (near: number | undefined, far: number | undefined): boolean =>
    near !== undefined && far !== undefined && near >= LEAST && far >= LEAST && far / near >= FAR;
  return isFar(was.get('>'), is.get('>')) || isFar(is.get('<'), was.get('<'));
}

/** The number at which a condition stops on each of its sides. */
function sidesOf({ texts }: Bounds): ReadonlyMap<string, number> {
  return new Map(
    texts.flatMap((text) => {
      const [, sign = '', number = ''] = /^([<>])=?(\d[\d.]*)$/.exec(text) ?? [];
      return sign === '' ? [] : [[sign, Number(number)] as const];
    }),
  );
}

const LEAST = 1;
const FAR = 10;

/** `n == 0 || n > 64`: where the other end is bounded as well, zero is the lower one. */
function asOrder(item: string): string {
  return item.replace(/^([\w.$]{1,80})==0$/, '$1<1');
}

function boundsOf(test: string, options: readonly Option[]): Bounds | undefined {
  const { all, items } = split(unfolded(test));
  const texts = new Set<string>();
  const subjects = new Set<string>();
  for (const item of items) {
    const empty = emptyIn(item);
    if (empty !== undefined) {
      texts.add('empty');
      subjects.add(empty);
      continue;
    }
    const [, left = '', operator = '', right = ''] =
      /^([^<>=!&|\s]{1,80})(<=|>=|<|>)([^<>=!&|\s]{1,80})$/.exec(items.length > 1 ? asOrder(item) : item) ?? [];
    if (operator === '') return undefined;
    const [a, b] = numbersOf(left, right, options);
    if ((a === undefined) === (b === undefined)) return undefined;
    texts.add(a === undefined ? `${operator}${b}` : `${MIRRORED[operator]}${a}`);
    subjects.add(lastWord(a === undefined ? left : right));
  }
  return texts.size === 0 ? undefined : { all, texts: [...texts], subjects: [...subjects] };
}

/** The number on either side. A parameter with a default is no number beside one: `size` of `size=25` in `size > MAX`. */
function numbersOf(left: string, right: string, options: readonly Option[]): readonly [number | undefined, number | undefined] {
  const [a, b] = [numberBehind(left, options), numberBehind(right, options)];
  if (a === undefined || b === undefined) return [a, b];
  const isFixed = (text: string): boolean => numberOf(text) !== undefined || /^(?:\w+(?:\.|::))*[A-Z][A-Z0-9_]+$/.test(text);
  return isFixed(left) === isFixed(right) ? [a, b] : isFixed(left) ? [a, undefined] : [undefined, b];
}

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** What a condition asks whether it holds anything: `len(rows) <= 0`, `rows.length == 0`, `!rows`; a number's own name is no list. */
function emptyIn(item: string): string | undefined {
  const [, inCall, ahead] = /^(?:len\(([\w.]+)\)|([\w.]+)\.(?:length|size\(\)|len\(\)|Count))(?:<=0|<1|==0)$/.exec(item) ?? [];
  const found = inCall ?? ahead ?? /^!([\w.]+)$/.exec(item)?.[1] ?? /^([\w.]+)\.(?:is_?[eE]mpty)\(\)$/.exec(item)?.[1];
  return found === undefined ? undefined : lastWord(found);
}

/** `request.days` and `days` are the same. */
function lastWord(written: string): string {
  const subject = written.replace(/^len\(([\w.]+)\)$/, '$1').replace(/\.(?:length|size\(\)|len\(\)|Count)$/, '');
  return subject.slice(subject.lastIndexOf('.') + 1).toLowerCase();
}

/** The number that a text is, by itself or as the one constant of its name. */
function numberBehind(text: string, options: readonly Option[]): number | undefined {
  const own = numberOf(text);
  if (own !== undefined || !/^[A-Za-z_][\w.:]*$/.test(text)) return own;
  const name = text.slice(Math.max(text.lastIndexOf('.'), text.lastIndexOf(':')) + 1);
  const found = new Set(
    options.filter((option) => option.name === name && option.callee === '').map(({ value }) => numberOf(plainAmounts(value))),
  );
  return found.size === 1 ? [...found][0] : undefined;
}

const OPERAND = '[\\w.$]{1,60}(?:\\([\\w.$]{0,40}\\))?';
const CHAIN = new RegExp(`(not |!)?(?<![\\w.$)])(${OPERAND}) (<=?|>=?) (${OPERAND}) (<=?|>=?) (${OPERAND})`);

/** Both halves of a chain, and a range that is asked whether it contains something, as two comparisons. */
function unfolded(written: string): string {
  const test = plainAmounts(written);
  const range = /^!\(?\(?(-?[\w$]+)\.\.(=?)(-?[\w$]+)\)?\.contains\(&?([\w.$]+)\)\)?$/.exec(test);
  if (range !== null) return `${range[4]} < ${range[1]} || ${range[4]} ${range[2] === '=' ? '>' : '>='} ${range[3]}`;
  const outside = /^([\w.$]+) (?:not in|!in) (-?[\w$]+)\.\.(-?[\w$]+)$/.exec(test);
  if (outside !== null) return `${outside[1]} < ${outside[2]} || ${outside[1]} > ${outside[3]}`;
  const span = /^([\w.$]+) not in range\((?:(-?\w+),\s?)?(-?\w+)\)$/.exec(test);
  if (span !== null) return `${span[1]} < ${span[2] ?? 0} || ${span[1]} > ${/^\d+$/.test(span[3] ?? '') ? Number(span[3]) - 1 : span[3]}`;
  return test.replace(CHAIN, (_all, negation: string | undefined, a: string, one: string, b: string, two: string, c: string) =>
    negation === undefined ? `${a} ${one} ${b} and ${b} ${two} ${c}` : `not (${a} ${one} ${b} and ${b} ${two} ${c})`,
  );
}

/** What lets the bound itself through: `< 0` of `<= 0`, and of `< 1`. */
function looser(text: string): string {
  return text === '<1' ? '<0' : text.replace('=', '');
}

/** The next whole number's form of the same bound, which lets no more through: `< 1` of `<= 0`. */
function stricter(text: string): string {
  const [, sign = '', number = ''] = /^([<>])=(-?\d+)$/.exec(text) ?? [];
  return sign === '' ? text : `${sign}${Number(number) + (sign === '<' ? 1 : -1)}`;
}
