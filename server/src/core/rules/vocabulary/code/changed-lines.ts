import type { Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { scopeAtLine, tokensOn } from './code-text.ts';
import { counterpartScope } from './counterpart.ts';

/** A line of code that this hunk removed or added. */
export interface ChangedLine {
  /** 1-based, of its own side. */
  readonly line: number;
  readonly scope: string;
  /** Its tokens without white space but between two words; texts in their quotes. */
  readonly text: string;
}

/** A hunk of more lines is a rewrite, in which no two lines are each other's. */
const MOST_LINES = 400;

/** Lines of code of one side of the hunk in order, without empty ones and imports; none of a hunk that is a rewrite. */
export function changedLines(input: RuleInput, side: Side): readonly ChangedLine[] {
  const known = kept[side].get(input);
  if (known !== undefined) return known;
  const facts = input[side];
  const { start, lines } = input.hunk[side];
  const found: ChangedLine[] = [];
  if (facts !== undefined && lines <= MOST_LINES) {
    const texts = new Map<number, string>();
    for (const { line, text } of tokensOn(facts, start, start + lines - 1)) {
      const ahead = texts.get(line) ?? '';
      if (ahead.length < LONGEST) texts.set(line, /\w$/.test(ahead.slice(-1)) && /^\w/.test(text) ? `${ahead} ${text}` : ahead + text);
    }
    for (const [line, whole] of texts) {
      // Python's indents are read as brackets.
      const text = whole.replace(/^[{};]+/, '');
      if (text !== '' && !/^(?:import|from|use|package)\b/.test(text)) found.push({ line, scope: scopeAtLine(facts, line), text });
    }
  }
  kept[side].set(input, found);
  return found;
}

const LONGEST = 2_000;

const kept: Readonly<Record<Side, WeakMap<RuleInput, readonly ChangedLine[]>>> = { before: new WeakMap(), after: new WeakMap() };

/** What one line says otherwise than the line that it took the place of: the stretch between what begins and what ends both alike. */
export interface LineChange {
  readonly before: ChangedLine;
  readonly after: ChangedLine;
  readonly was: string;
  readonly now: string;
  /** What both begin and end with. */
  readonly head: string;
  readonly tail: string;
}

/** Lines of one function that differ in one stretch and are alike for the rest, each with the line that is most like it. */
export function lineChanges(input: RuleInput): readonly LineChange[] {
  const known = changes.get(input);
  if (known !== undefined) return known;
  // Where nothing came, or nothing went, no line took another one's place.
  if (input.hunk.before.lines === 0 || input.hunk.after.lines === 0) return [];
  const left = [...changedLines(input, 'before')];
  const found = changedLines(input, 'after').flatMap((after) => {
    let best: LineChange | undefined;
    for (const before of left) {
      if (counterpartScope(input, before.scope) !== after.scope) continue;
      const change = changeOf(before, after);
      if (change !== undefined && (best === undefined || shared(change) > shared(best))) best = change;
    }
    if (best === undefined) return [];
    left.splice(left.indexOf(best.before), 1);
    return best.was === '' && best.now === '' ? [] : [best];
  });
  changes.set(input, found);
  return found;
}

const changes = new WeakMap<RuleInput, readonly LineChange[]>();

const shared = ({ head, tail }: LineChange): number => head.length + tail.length;

/** Undefined where the two lines share less than a third, and no name that both give a value. */
function changeOf(before: ChangedLine, after: ChangedLine): LineChange | undefined {
  const [a, b] = [wordsOf(before.text), wordsOf(after.text)];
  const most = Math.min(a.length, b.length);
  let ahead = 0;
  const isSame = (one = '', other = ''): boolean => one.trim() === other.trim();
  while (ahead < most && isSame(a[ahead], b[ahead])) ahead += 1;
  let behind = 0;
  while (behind < most - ahead && isSame(a[a.length - 1 - behind], b[b.length - 1 - behind])) behind += 1;
  // What is bound to one name is one thing, however it is made.
  const isBound = ahead >= 2 && a[ahead - 1] === '=' && !/^[=]/.test(a[ahead] ?? '');
  if (!isBound && (ahead + behind) * 3 < Math.max(a.length, b.length)) return undefined;
  const stretch = (list: readonly string[]): string => list.slice(ahead, list.length - behind).join('');
  return {
    before,
    after,
    was: stretch(a),
    now: stretch(b),
    head: a.slice(0, ahead).join(''),
    tail: behind === 0 ? '' : a.slice(-behind).join(''),
  };
}

/** Words with the space before them, numbers, texts and signs. */
function wordsOf(text: string): readonly string[] {
  return text.match(/'[^']*'|"[^"]*"|`[^`]*`| ?[\w$]+|[^\w\s]/g) ?? [];
}
