import type { Scope, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { groupBy, keepOf, keepOfBoth } from '../code/kept.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/** The arm of a choice for what is none of its cases. */
interface DefaultArm {
  /** Where what it does begins. */
  readonly line: number;
  readonly words: readonly string[];
}

/** An arm that refused what is none of the cases, and gives something for it now. `line` is of the new side. */
export interface LenientArm {
  readonly line: number;
  readonly scope: string;
}

/** `default: throw …` that is `default -> 0` now, `case _: raise` that returns, `_ => Err(…)` that is a value. */
export function lenientArms({ before, after, hunk }: RuleInput): readonly LenientArm[] {
  if (before === undefined || after === undefined || !CHOOSES.has(before.language)) return [];
  const { start, lines } = hunk.after;
  return lenientIn(before, after).filter(({ line }) => start <= line && line < start + lines);
}

/** Of a whole file, once for all of its hunks. */
const lenientIn = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly LenientArm[] => {
  const places = refusingPlaces(before);
  if (places.length === 0) return [];
  const scopes = groupBy(after.scopes, ({ name }) => name);
  return places.flatMap((place): readonly LenientArm[] => {
    const now = counterpartScope({ before, after }, place.name);
    const there = now === undefined ? undefined : scopes.get(now)?.[0];
    const fresh = there === undefined ? [] : armsOf(after, there);
    if (there === undefined || fresh.length !== 1) return [];
    return fresh.filter((arm) => !refuses(arm) && gives(arm)).map(({ line }) => ({ line, scope: there.name }));
  });
});

/** Functions with one choice, whose arm for the rest refuses: of a base, which stays while the other side is typed. */
const refusingPlaces = keepOf((before: SourceFacts): readonly Scope[] =>
  before.scopes.filter((place) => {
    if (!symbolsNamed(before, place.name).some(({ kind }) => kind === 'function' || kind === 'method')) return false;
    const old = armsOf(before, place);
    // With several choices in one function nobody can tell which became which.
    return old.length === 1 && old.every(refuses);
  }),
);

const CHOOSES: ReadonlySet<string> = new Set(['java', 'typescript', 'python', 'rust', 'go']);

function armsOf(
  facts: SourceFacts,
  { startLine, endLine }: { readonly startLine: number; readonly endLine: number },
): readonly DefaultArm[] {
  const tokens = tokensOn(facts, startLine, endLine);
  return tokens.flatMap(({ text, line: head }, at): readonly DefaultArm[] => {
    const next = tokens[at + 1]?.text ?? '';
    const isDefault = text === 'default' && /^(?::|->)$/.test(next);
    const isRest = text === '_' && (next === '=>' || (next === ':' && tokens[at - 1]?.text === 'case'));
    if (!isDefault && !isRest) return [];
    const words: string[] = [];
    let line = head;
    let depth = 0;
    for (const token of tokens.slice(at + 2, at + 2 + LONGEST)) {
      if (/^[([{]$/.test(token.text)) depth += 1;
      if (/^[)\]}]$/.test(token.text)) depth -= 1;
      if (depth < 0 || (depth === 0 && words.length > 0 && (facts.language === 'rust' ? /^[;,]$/ : /^(?:;|case)$/).test(token.text))) break;
      if (words.every((word) => /^[{(]$/.test(word))) line = token.line;
      words.push(token.text);
    }
    return [{ line, words }];
  });
}

/** Tokens of the longest arm that is read. */
const LONGEST = 40;

function refuses({ words }: DefaultArm): boolean {
  return words.some(
    (word) =>
      /^(?:throw|raise|panic|Err|Errorf|errors|bail|unreachable|abort|fail|assertNever|exit|err)!?$/.test(word) ||
      /Error$|Exception$/.test(word),
  );
}

/** A value that stands for an answer: a number, a name, what a call makes. An arm that only leaves or notes gives none. */
function gives({ words }: DefaultArm): boolean {
  const [first = '', second = ''] = words.filter((word) => !/^[{(]$/.test(word));
  if (/^(?:log|logger|console|slog|warn|break|continue|pass|null|None|nil|undefined)$/.test(first)) return false;
  return first === 'return' ? !/^(?:null|None|nil|undefined|;|})?$/.test(second) : true;
}
