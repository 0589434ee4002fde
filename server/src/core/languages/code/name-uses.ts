import type { RepoPath, Tree } from '../../model/tree.ts';
import { codeOf, type Dialect, stretchesOf } from '../../scan/code-stretches.ts';
import { indexLines } from '../positions.ts';
import { type ImportGraph, keep } from './import-graph.ts';
import { type Asked, createMeanings } from './meanings.ts';
import type { ModuleLanguage } from './modules.ts';
import { createReceivers } from './receivers.ts';
import { around, before, bindsAgain, CALL, placesOf } from './text-places.ts';

/** A place that may mean the symbol that was asked for. Lines are 1-based, characters 0-based UTF-16 units. */
export interface Use {
  readonly path: RepoPath;
  readonly line: number;
  readonly character: number;
  /** `export`: the list of what a module offers. */
  readonly kind: 'import' | 'export' | 'call' | 'use';
  /** The word that stands there, which may be a name of this file's own. */
  readonly word: string;
}

/** What stands in a file besides its imports' meaning: how it writes remarks, and what an import statement looks like. */
export interface Writing {
  readonly dialect: Dialect;
  /** Whole import statements, in code without remarks and strings. Global. */
  readonly statements: RegExp;
  /** Whether a mention inside a string counts: `before` is the string's text up to the word, `whole` all of it. */
  readonly countsInString: (whole: string, before: string) => boolean;
  /** True for files whose variables and members say their types, so that a member of another type is known (receivers.ts). */
  readonly saysTypes?: (path: RepoPath) => boolean;
  /** Whether a word with nothing tied to its front may mean a member, which may be a function; left out where it always may. */
  readonly mayBeMember?: (code: string, at: number, end: number, isFunction: boolean) => boolean;
  /** Whether such a word surely means nothing at the top of a file. */
  readonly meansNothing?: (code: string, at: number, end: number) => boolean;
  /** Whether a quoted word stands where a module lists what it offers; without it a function's bare name in quotes always counts. */
  readonly isOffered?: (head: string) => boolean;
  /** True where functions of one name differ by their parameters, so that one may call another. */
  readonly overloads?: true;
}

/** A search for one symbol, file by file. */
export interface Search {
  /** Words of which a file that uses the symbol holds at least one. Grows as names are passed on under others. */
  readonly words: ReadonlySet<string>;
  /** Every place of a file that may mean the symbol; in its own file, those outside its declaration. */
  usesIn(path: RepoPath): readonly Use[];
  /** Every mention in a file whatever it means, without its place: never fewer than `usesIn`, and soon. */
  mentionsIn(path: RepoPath): readonly Use[];
  /** Names that a file offers the symbol by, where they are others than its own. */
  aliasesIn(path: RepoPath): readonly string[];
  /** True where a file may mean the symbol by its imports alone; its text was not looked at. */
  mayUse(path: RepoPath): boolean;
}

/** Characters around a word that are looked at. */
const NEAR = 300;
/** Characters of a list of what a module offers. */
const LONGEST_LIST = 10_000;

/** Prepares the search of one symbol; whether a module leads to it is worked out once for each. */
export function searchFor(language: ModuleLanguage, writing: Writing, tree: Tree, graph: ImportGraph, asked: Asked): Search {
  const meanings = createMeanings(language, graph, asked);
  const { words, localsOf, mayUse } = meanings;
  const receivers = createReceivers(tree, graph, writing.dialect, asked.path);
  const wordsIn = (path: RepoPath): ReadonlySet<string> =>
    asked.member === undefined
      ? new Set([asked.name, ...words, ...localsOf(path)])
      : new Set(asked.isImplied ? [asked.member, ...localsOf(path)] : [asked.member]);

  const usesIn = (path: RepoPath): readonly Use[] => {
    const content = tree.read(path);
    if (content?.kind !== 'text') return [];
    const { text } = content;
    const present = [...wordsIn(path)].filter((word) => text.includes(word));
    if (present.length === 0) return [];
    if (asked.member !== undefined && !meanings.isDependent(path)) return [];
    const stretches = stretchesOf(text, writing.dialect);
    const code = codeOf(text, stretches);
    const statements = [...code.matchAll(writing.statements)].map(({ 0: all, index }) => ({ start: index, end: index + all.length }));
    const lines = indexLines(text);
    const isBoundAgain = keep((name: string) => bindsAgain(code, name, statements));
    const found: Use[] = [];
    for (const word of present) {
      for (const at of placesOf(text, word)) {
        if (path === asked.path && isOwn(asked, writing, at)) continue;
        const stretch = around(stretches, at);
        if (stretch?.kind === 'remark') continue;
        if (stretch !== undefined && !writing.countsInString(text.slice(stretch.start, stretch.end), text.slice(stretch.start, at)))
          continue;
        const isImport = stretch === undefined && statements.some(({ start, end }) => start <= at && at < end);
        const place = {
          path,
          text: stretch === undefined ? code : text,
          at,
          word,
          isQuoted: stretch !== undefined && !HOLE.test(text.slice(stretch.start, at)),
          isBoundAgain,
        };
        if (isImport ? !meanings.isImported(path, word) : !isMeant(place)) continue;
        const isCall = CALL.test(text.slice(at + word.length, at + word.length + 200));
        if (asked.onlyCalls && !isImport && !isCall) continue;
        const { line, character } = lines.positionAt(at);
        const isOffered = place.isQuoted && writing.isOffered?.(text.slice(Math.max(0, at - LONGEST_LIST), at)) === true;
        found.push({ path, line, character, kind: isImport ? 'import' : isOffered ? 'export' : isCall ? 'call' : 'use', word });
      }
    }
    return found;
  };

  const isFunction = asked.declared.length > 0 && asked.declared.every(({ kind }) => kind === 'function' || kind === 'method');
  const isMeant = (place: Place): boolean => {
    const { path, text, at, word, isQuoted } = place;
    const { chain, isDotted } = before(text, at);
    if (asked.member !== undefined) return isMember(place, asked.member, chain, isDotted);
    if (isDotted) return chain.length > 0 && meanings.qualifies(path, chain, word);
    if (!localsOf(path).has(word)) return false;
    if (isQuoted) return !isFunction || writing.isOffered?.(text.slice(Math.max(0, at - LONGEST_LIST), at)) !== false;
    return writing.meansNothing?.(text, at, at + word.length) !== true;
  };

  const isMember = (
    { path, text, at, word, isQuoted, isBoundAgain }: Place,
    member: string,
    chain: readonly string[],
    isDotted: boolean,
  ): boolean => {
    const head = text.slice(Math.max(0, at - NEAR), at);
    const tail = text.slice(at + word.length, at + word.length + 20);
    if (word !== member) return /@(?:[\w.]*\.)?$/.test(head);
    const qualifier = chain.at(-1) ?? '';
    if (localsOf(path).has(qualifier)) return true;
    if (writing.saysTypes?.(path) !== true) {
      if (isDotted) return chain.length === 0 || !meanings.isForeign(path, qualifier) || isBoundAgain(qualifier);
      return isQuoted || writing.mayBeMember?.(text, at, at + word.length, isFunction) !== false;
    }
    // What stands alone is inherited, came by a static import, is a constant of a `switch` or the value of an annotation.
    if (!isDotted || (chain.length === 1 && /^(this|super)$/.test(qualifier)))
      return (
        receivers.inherits(path) ||
        meanings.isImported(path, word) ||
        meanings.bringsMembers(path) ||
        /\bcase\s[\w\s,.]*$/.test(head) ||
        (localsOf(path).size > 0 && /^\s*=[^=]/.test(tail) && /[(,]\s*$/.test(head))
      );
    return chain.length !== 1 || !(receivers.isForeignType(path, qualifier) || receivers.isOfForeignType(path, qualifier));
  };

  return {
    words,
    usesIn,
    mayUse,
    mentionsIn(path) {
      const content = tree.read(path);
      if (content?.kind !== 'text') return [];
      const { text } = content;
      return [...wordsIn(path)].flatMap((word) =>
        placesOf(text, word).map((): Use => ({ path, line: 1, character: 0, kind: 'use', word })),
      );
    },
    aliasesIn(path) {
      if (!language.passesOn || asked.member !== undefined) return [];
      const fresh = [...localsOf(path)].filter((word) => !words.has(word) && word !== '_');
      for (const word of fresh) words.add(word);
      return fresh;
    },
  };
}

/** Code that a string holds: `f"{charge(1)}"`. */
const HOLE = /\{[^{}]*$/;

/** A word in a file. `text` is its code without remarks and strings, or all of it where the word stands in a string. */
interface Place {
  readonly path: RepoPath;
  readonly text: string;
  readonly at: number;
  readonly word: string;
  readonly isQuoted: boolean;
  /** Whether a name that the file imports may be another thing somewhere in it. */
  isBoundAgain(name: string): boolean;
}

/** Whether a place of the declaring file is the declaration itself, or its own recursion: no dependent of it. */
function isOwn({ declared }: Asked, { overloads }: Writing, at: number): boolean {
  if (overloads === true && declared.length > 1)
    return isWithin(
      declared.map(({ head }) => head),
      at,
    );
  return isWithin(declared, at);
}

function isWithin(stretches: readonly { readonly start: number; readonly end: number }[], at: number): boolean {
  return stretches.some(({ start, end }) => start <= at && at < end);
}
