import type { ExportRecord } from '../../../model/file-scan.ts';
import { readStrings, stringsInClauses } from './bindings-by-strings.ts';
import type { Seen } from './bindings-by-tree.ts';
import { readWord } from './bindings-by-words.ts';
import { readClause } from './bindings-in-clauses.ts';
import { isChained, isTaken, wordsOf } from './bindings-in-modules.ts';
import type { Code } from './code.ts';
import { tokenAfter, tokenBefore, wordStartingAt } from './code-around.ts';
import type { Meaning } from './export-walk.ts';
import { findWord, mentionsOf } from './mentions.ts';
import { mayBeHeld } from './modules-held.ts';
import { letGoIn } from './modules-known.ts';
import type { LetGo } from './modules-let-go.ts';
import { chainsOfSpots, mayBeSpot } from './modules-on-the-spot.ts';
import { isTemplate, spelledInTemplates } from './names-in-templates.ts';
import { Sense } from './senses.ts';

/** An identifier that means the symbol. Offsets are UTF-16 units. */
export interface Position {
  readonly start: number;
  readonly end: number;
  readonly kind: PositionKind;
}

/** `heir`: behind `extends` or `implements`. */
export type PositionKind = 'call' | 'use' | 'heir' | 'import' | 'reexport';

export interface Positions {
  readonly positions: readonly Position[];
  /** False where some may mean something else. None is missing. */
  readonly isExact: boolean;
  /** By the names under which other files may ask for the symbol: the modules that this file hands on in a way that nobody follows. */
  readonly away: ReadonlyMap<string, LetGo>;
}

/** What the syntax tree of the file knows that words alone cannot tell; undefined where no compiler is loaded, or the file is too deep. */
export interface TreeOfFile {
  bound(word: string): readonly Seen[] | undefined;
  /** Where members, keys and names in clauses are written so. */
  beside(word: string): readonly number[] | undefined;
  senseAt(start: number): number | undefined;
}

/** What is looked for: `sense` tells a type from a value of the same name, where a file declares both. */
export interface Sought {
  readonly meaning: Meaning;
  readonly sense: number;
  /** What the file offers. */
  readonly exports?: readonly ExportRecord[];
  /** Where the file declares the symbol itself; undefined in every other file. */
  readonly declared?: readonly { readonly start: number }[];
}

/**
 * Where a file means the symbol: as an editor's "find all references" counts, but for comments and JSDoc, which are not counted.
 * Words alone decide where each of them can mean one thing; the syntax tree is read where a name is bound again in the file.
 */
export function positionsIn(code: Code, { meaning, sense, exports = [], declared = [] }: Sought, tree: TreeOfFile): Positions {
  const found: Position[] = [];
  let isExact = true;
  const chains = [...meaning.chains, ...chainsOfSpots(code, meaning)];
  const held = letGoIn(code, chains, meaning, exports);
  const isHeld = (root: string): boolean => held.roots.get(root)?.isHeld === true;
  for (const place of held.places) {
    isExact = false;
    found.push({ ...place, kind: 'use' });
  }
  const picks = held.places.length > 0 || findWord(code, 'keyof').length > 0;
  for (const { start, end, as } of readStrings(code, chains, meaning, { isHeld, picks })) {
    if (as !== 'member') isExact = false;
    if (as !== 'spelled') found.push({ start, end, kind: 'use' });
  }
  for (const place of stringsInClauses(code, meaning)) found.push({ ...place, kind: 'import' });
  const takenApart = new Set<string>();
  for (const word of wordsOf(meaning)) {
    const asked = meaning.names.has(word);
    const uses: Position[] = [];
    const unsure: Position[] = [];
    let isTakenApart = false;
    for (const start of findWord(code, word)) {
      const end = start + word.length;
      if (isTemplate(code, start)) {
        // Nobody reads a template's scopes: a name in it is most likely the script's.
        if (!asked && !(code.text.charAt(start - 1) === '.' && chains.some(({ path }) => path.at(-1) === word))) continue;
        found.push({ start, end, kind: 'use' });
        isExact = false;
        continue;
      }
      const reading = readWord(code, start, end);
      const taken = reading === 'member' || reading === 'clause' || reading === 'call' ? undefined : isTaken(code, start, end, meaning);
      if (taken === true) found.push({ start, end, kind: 'import' });
      else if (reading === 'clause') {
        const clause = readClause(code, start, end, meaning);
        if (clause !== undefined) found.push({ start, end, kind: clause });
      } else if (isChained(code, start, end, chains, meaning)) {
        if (sense !== Sense.any && ((tree.senseAt(start) ?? Sense.any) & sense) === 0) continue;
        found.push({ start, end, kind: callOrUse(code, end) });
        const local = boundInPattern(code, start, end);
        if (local !== undefined) takenApart.add(local);
      } else if (!asked && (reading === 'use' || reading === 'call')) uses.push({ start, end, kind: reading });
      else if (reading === 'member' || !asked) {
        // Somewhere the file holds the module in a way that is not followed.
        const isSpot = reading !== 'heir' && mayBeSpot(code, start, end, meaning);
        if (!isSpot && !mayBeHeld(code, start, end, chains, isHeld)) continue;
        isExact = false;
        isTakenApart ||= reading === 'binding';
        found.push({ start, end, kind: callOrUse(code, end) });
      } else if (reading === 'binding') {
        if (!declared.some((own) => own.start === start)) unsure.push({ start, end, kind: 'use' });
      } else if (reading !== 'other') uses.push({ start, end, kind: reading });
    }
    if (!asked) {
      // `const { pay } = held(); pay(1);`
      if (isTakenApart) for (const use of uses) found.push(use);
      continue;
    }
    for (const start of spelledInTemplates(code, word)) {
      found.push({ start, end: start + word.length, kind: 'use' });
      isExact = false;
    }
    if (unsure.length === 0 && !code.lost && sense === Sense.any) {
      for (const use of uses) found.push(use);
      continue;
    }
    const bound = tree.bound(word);
    if (bound === undefined) {
      isExact = false;
      for (const use of [...uses, ...unsure]) found.push(use);
      continue;
    }
    const kinds = new Map(uses.map(({ start, kind }) => [start, kind]));
    for (const seen of bound) {
      if ((seen.sense & sense) === 0) continue;
      const end = seen.start + word.length;
      found.push({ start: seen.start, end, kind: kinds.get(seen.start) ?? callOrUse(code, end) });
    }
  }
  for (const local of takenApart) {
    const taken = usesOfTaken(code, local);
    isExact &&= taken.isExact;
    for (const use of taken.uses) found.push(use);
  }
  const misread = code.lost ? misreadIn(code, wordsOf(meaning), new Set(found.map(({ start }) => start)), tree) : [];
  return {
    positions: once([...found, ...misread]),
    isExact: isExact && misread.length === 0,
    away: held.away,
  };
}

/** The name that a pattern gives to what it takes out: `pay` of `{ pay }` and `{ charge: pay }`; undefined behind a dot. */
function boundInPattern(code: Code, start: number, end: number): string | undefined {
  if (code.text.charAt(tokenBefore(code, start)) === '.') return undefined;
  const after = tokenAfter(code, end);
  return code.text.charAt(after) === ':' ? wordStartingAt(code, tokenAfter(code, after + 1)) || undefined : code.text.slice(start, end);
}

/** `const { pay } = ns; pay(1);`: exact where the file binds the name once. */
function usesOfTaken(code: Code, local: string): { readonly uses: readonly Position[]; readonly isExact: boolean } {
  const readings = findWord(code, local).map((start) => ({
    start,
    end: start + local.length,
    kind: readWord(code, start, start + local.length),
  }));
  const uses = readings.flatMap(({ start, end, kind }) =>
    kind === 'use' || kind === 'call' || kind === 'heir' ? [{ start, end, kind }] : [],
  );
  return { uses, isExact: readings.filter(({ kind }) => kind === 'binding').length <= 1 };
}

function once(found: readonly Position[]): readonly Position[] {
  const sorted = found.toSorted((a, b) => a.start - b.start);
  return sorted.filter(({ start }, index) => index === 0 || sorted[index - 1]?.start !== start);
}

/**
 * What may have been overlooked in a file whose slashes are in doubt: the members, keys and clauses of that name that the syntax tree
 * has; without one every mention, in strings and remarks as well, so that none is missing.
 */
function misreadIn(code: Code, words: ReadonlySet<string>, found: ReadonlySet<number>, tree: TreeOfFile): readonly Position[] {
  return [...words].flatMap((word) =>
    (tree.beside(word) ?? mentionsOf(code.text, word))
      .filter((start) => !found.has(start))
      .map((start) => ({ start, end: start + word.length, kind: 'use' as const })),
  );
}

function callOrUse(code: Code, end: number): 'call' | 'use' {
  return code.text.charAt(tokenAfter(code, end)) === '(' ? 'call' : 'use';
}
