import type { SourceFacts, SymbolFact } from '../model/facts.ts';
import { ScanMark } from '../model/file-scan.ts';
import type { BlastRadius, Dependent } from '../model/radius.ts';
import type { FileLinks } from '../model/symbol-uses.ts';
import type { RepoPath, Tree } from '../model/tree.ts';
import { scanOf } from '../scan/scan-of.ts';
import { hashOfWord, runsOf } from '../scan/words.ts';
import { isTestFile } from '../test-files.ts';
import { reachedFrom } from './tests-reached.ts';

/** Of a file with a wave of changes, so many symbols are asked about one by one: those that the most files name. */
const MOST_ASKED_EACH = 200;
const MOST_DEPENDENTS = 100;

/** One side of a file of which much goes or changes at once. */
export interface WaveFile {
  /** Which files its language owns, and who imports whom among them. */
  readonly language: { owns(path: RepoPath): boolean; links?(tree: Tree): FileLinks };
  readonly tree: Tree;
  readonly path: RepoPath;
  readonly facts: SourceFacts;
}

/** What is known of one symbol of such a file without asking for it alone. */
export interface WaveReach {
  /** 'ask' where it must be asked for by itself; else a bound that is not below the truth. */
  of(symbol: SymbolFact): BlastRadius | 'ask';
}

/**
 * Dependents of a file's symbols, all at once: one pass over the words of every file says which of them name a symbol at all, and most
 * of ten thousand are named nowhere else. The widest few are asked for one by one as ever, and of the others every mention counts.
 * A function of the tree and the file alone (test/mass-deletion.test.ts).
 */
export function reachOfWave(file: WaveFile): WaveReach {
  const { tree, path, facts, language } = file;
  const names = namesOf(file);
  const mentioning = filesNaming(file, new Set([...names.values()].flat()));
  const filesOf = (symbol: SymbolFact): readonly RepoPath[] => [
    ...new Set((names.get(symbol.name) ?? []).flatMap((name) => mentioning.get(name) ?? [])),
  ];
  const used = facts.symbols.filter((symbol) => symbol.exported && filesOf(symbol).length > 0);
  const widest = new Set(
    [...new Set(used.map(({ name }) => name))].length <= MOST_ASKED_EACH
      ? used.map(({ name }) => name)
      : used
          .map((symbol, at) => ({ name: symbol.name, at, files: filesOf(symbol).length }))
          .sort((a, b) => b.files - a.files || a.at - b.at)
          .slice(0, MOST_ASKED_EACH)
          .map(({ name }) => name),
  );
  const own = linesByWord(facts);
  let around: number | undefined;
  const inTurn = (): number => {
    const links = language.links?.(tree);
    around ??=
      links === undefined ? 0 : reachedFrom({ importersOf: (one) => links.importersOf(one), follows: () => true }, [path]).size - 1;
    return around;
  };
  const places = new Map<RepoPath, Mentions>();
  const mentionsIn = (other: RepoPath): Mentions => {
    const known = places.get(other) ?? mentionsOf(tree, other, mentioning);
    places.set(other, known);
    return known;
  };
  return {
    of(symbol) {
      // What a whole module is, or is passed on under no name, is asked for by no name either.
      const given = names.get(symbol.name);
      if (given === undefined || widest.has(symbol.name)) return 'ask';
      const files = filesOf(symbol);
      // Under another name it may be asked for by files that never say this one.
      if (files.some((other) => given.some((name) => mentionsIn(other).renamed.has(name)))) return 'ask';
      const dependents = [
        ...files.flatMap((other) =>
          given.flatMap((name) => (mentionsIn(other).lines.get(name) ?? []).map((line) => mention(other, line, name))),
        ),
        ...given.flatMap((name) => ownLines(own, symbol, name).map((line) => mention(path, line, name))),
      ];
      const turn = files.length > 0 ? inTurn() : 0;
      return {
        references: dependents.length,
        files: files.length,
        transitiveFiles: Math.max(turn, files.length),
        packages: files.length,
        tests: files.filter(isTestFile).length,
        exported: symbol.exported,
        method: 'names',
        atMost: true,
        dependents: dependents.slice(0, MOST_DEPENDENTS),
      };
    },
  };
}

/** By the name of an exported symbol, the names that others may ask for it by; left out where they need none. */
function namesOf({ tree, path, facts }: WaveFile): ReadonlyMap<string, readonly string[]> {
  const offered = new Map<string, string[]>();
  for (const { exported, local } of scanOf(tree, path)?.module?.exports ?? [])
    if (local !== undefined) offered.set(local, [...(offered.get(local) ?? []), exported]);
  const names = new Map<string, readonly string[]>();
  for (const { name, exported } of facts.symbols) {
    const [top = name] = name.split('.');
    const others = offered.get(top) ?? [];
    const isNameless = /^(\*|module\.exports$|default$|=$)/.test(name) || others.some((other) => /^(default|=|\*)$/.test(other));
    const isMember = name.includes('.');
    if (!exported || runsOf(lastOf(name)).length === 0 || (isNameless && !isMember) || /\.(constructor|__\w+__|new)$/.test(name)) continue;
    names.set(name, isMember ? [lastOf(name)] : [...new Set([name, ...others])]);
  }
  return names;
}

/** Files besides the own one whose words hold a name. One in which a name may be spelt otherwise counts for each. */
function filesNaming({ tree, path, language }: WaveFile, names: ReadonlySet<string>): ReadonlyMap<string, readonly RepoPath[]> {
  const found = new Map<string, RepoPath[]>();
  const byHash = new Map<number, string[]>();
  for (const name of names) {
    const [run = name] = runsOf(name);
    const hash = hashOfWord(run);
    byHash.set(hash, [...(byHash.get(hash) ?? []), name]);
  }
  const add = (name: string, file: RepoPath): void => {
    const list = found.get(name);
    if (list === undefined) found.set(name, [file]);
    else list.push(file);
  };
  for (const file of tree.paths()) {
    if (file === path || !(language.owns(file) || TEMPLATES.test(file))) continue;
    const scan = scanOf(tree, file);
    if (scan === undefined || (scan.marks & ScanMark.escapes) !== 0) for (const name of names) add(name, file);
    else for (const hash of scan.words) for (const name of byHash.get(hash) ?? []) add(name, file);
  }
  return found;
}

/** Files with code beside what the language owns. */
const TEMPLATES = /\.(vue|svelte|astro|mdx)$/;

/** What one file says of the names. */
interface Mentions {
  readonly lines: ReadonlyMap<string, readonly number[]>;
  /** Names that it gives another one: `work as labour`, `work: labour`. */
  readonly renamed: ReadonlySet<string>;
}

/** Of a file that cannot be read, or may spell a name otherwise, nothing is known: each name may have another one there. */
function mentionsOf(tree: Tree, file: RepoPath, names: ReadonlyMap<string, readonly RepoPath[]>): Mentions {
  const content = tree.read(file);
  const lines = new Map<string, number[]>();
  const renamed = new Set<string>();
  if (content?.kind !== 'text' || content.text.includes('\\u')) return { lines, renamed: new Set(names.keys()) };
  for (const [at, line] of content.text.split('\n').entries())
    for (const { 0: word, index } of line.matchAll(/[\p{L}\p{N}\p{M}_$]+/gu)) {
      if (!names.has(word)) continue;
      const known = lines.get(word);
      if (known === undefined) lines.set(word, [at + 1]);
      else known.push(at + 1);
      if (/^\s*(?:as\b|:(?!:)|\/[/*]|$)/.test(line.slice(index + word.length, index + word.length + 20))) renamed.add(word);
    }
  return { lines, renamed };
}

function linesByWord({ tokens }: SourceFacts): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { text, line } of tokens) {
    const lines = found.get(text);
    if (lines === undefined) found.set(text, [line]);
    else lines.push(line);
  }
  return found;
}

/** Where the own file says a name of a symbol outside the head of its declaration. */
function ownLines(own: ReadonlyMap<string, readonly number[]>, { range }: SymbolFact, name: string): readonly number[] {
  return (own.get(name) ?? []).filter((line) => line < range.start.line || line > range.end.line);
}

function mention(path: RepoPath, line: number, name: string): Dependent {
  return { path, line, message: `mentions ${name}` };
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
