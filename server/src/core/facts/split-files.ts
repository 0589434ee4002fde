import type { FileFacts, SourceFacts } from '../model/facts.ts';
import type { AnalysedChange } from './analyse-change.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { asksTheSame, doesAny, functionsOf, holdsMostOf, isLikePlace, lostMethods, tookOver } from './file-heirs.ts';
import { type FilesAsOne, joinedFacts, joinFiles, type Split } from './join-files.ts';
import { declaredIn, newWords } from './newly-named.ts';
import { isUnasked } from './unasked-modules.ts';

/** A change with more pairs than this is no edit of a person, and its files are judged one by one alone. */
const MOST_PAIRS = 60;

/** More tokens than this in two files together are not read again. */
const MOST_TOKENS = 60_000;

const MOST_TARGETS = 3;

/** A file that is gone is read with no more files than this. */
const MOST_SUCCESSORS = 8;

/**
 * Pairs of files of which one lost code and names something new that the other declares for the first time: a constant that went
 * into a table, a query into a file of its own, a guard into a module. What is compared inside one file can be compared across
 * such a pair (test/facts/split-files.test.ts).
 */
export function splitsOf(analysed: AnalysedChange): SplitsRead {
  const { files } = analysed;
  const analyses = files.map(({ analysis }) => analysis).filter((analysis) => analysis.after !== undefined);
  const declared = new Map<FileAnalysis, ReadonlySet<string>>();
  const declaredBy = (file: FileAnalysis): readonly string[] => {
    const names = declared.get(file) ?? declaredIn(file);
    declared.set(file, names);
    return [...names];
  };
  const named = analyses.flatMap((from): readonly NamedPair[] => {
    if (analyses.length < 2 || !isCode(from) || from.before === undefined || !hasLost(from.residue.removed)) return [];
    const fresh = newWords(from);
    if (fresh.size === 0) return [];
    return analyses
      .filter((to) => to !== from && isLikePlace(from, to) && mayTake(from, to) && !isUnasked(to, analysed))
      .map((to) => ({ from, to, tos: [to], shared: declaredBy(to).filter((name) => fresh.has(name)).length }))
      .filter(({ shared }) => shared > 0)
      .sort((a, b) => b.shared - a.shared)
      .slice(0, MOST_TARGETS);
  });
  const successors = successorsOf(
    files.map(({ analysis }) => analysis),
    named,
  );
  const divided = new Set(successors.map(({ from }) => from));
  const documents = rewrittenDocuments(files.map(({ analysis }) => analysis));
  const pairs = [...inTurns(named.filter(({ from }) => !divided.has(from))), ...successors, ...documents];
  const read = pairs.filter(fits).slice(0, MOST_PAIRS);
  const left = new Set(pairs.filter((pair) => !read.includes(pair)).map(({ from }) => from));
  return { splits: read.map(joinFiles), left: [...left] };
}

/**
 * The pair of each taking file that shares the most names, then the second one of each, and so on: a hundred files that all ask one new
 * helper must not push out the file that another one took something from.
 */
function inTurns(named: readonly NamedPair[]): readonly NamedPair[] {
  const turns = new Map<FileAnalysis, number>();
  return [...named]
    .sort((a, b) => b.shared - a.shared)
    .map((pair) => {
      const turn = turns.get(pair.to) ?? 0;
      turns.set(pair.to, turn + 1);
      return { pair, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ pair }) => pair);
}

/** What of a change is read as one. */
export interface SplitsRead {
  readonly splits: readonly Split[];
  /** Files that are not read together with all that took code from them: there are too many, or they are too long. */
  readonly left: readonly FileAnalysis[];
}

interface NamedPair extends FilesAsOne {
  readonly to: FileAnalysis;
  /** How many names the one newly says that the other newly declares. */
  readonly shared: number;
}

/**
 * A file that lost functions, or is gone, with all the new ones that declare them, and those that declare what it or these newly name: a
 * module that became a folder of modules. What went into the third of them is no loss to the first two, so they are read at once.
 */
function successorsOf(analyses: readonly FileAnalysis[], named: readonly NamedPair[]): readonly FilesAsOne[] {
  const fresh = analyses.filter(({ before, after }) => before === undefined && after !== undefined);
  if (fresh.length === 0 && analyses.every(({ after }) => after !== undefined)) return [];
  return analyses.flatMap((from): readonly FilesAsOne[] => {
    const left = new Set(functionsOf(from.after));
    const lost = new Set(functionsOf(from.before).filter((name) => !left.has(name)));
    const methods = lostMethods(from);
    if (lost.size === 0 && methods.size === 0) return [];
    const alike = fresh.filter((to) => to.after?.language === from.before?.language && isLikePlace(from, to));
    const namesakes = alike.filter((to) => functionsOf(to.after).some((name) => lost.has(name)) || doesAny(to.after, methods));
    const isGone = namesakes.length === 0 && from.after === undefined;
    const alone = isGone ? alike.filter((to) => asksTheSame(from, to)).slice(0, 1) : namesakes;
    const heirs = isGone && alone.length === 0 ? analyses.filter((to) => tookOver(from, to, lost)) : alone;
    // One that is left and names what the other has is read with it as it is.
    if (heirs.length === 0 || (from.after !== undefined && heirs.length < 2 && named.some((pair) => pair.from === from))) return [];
    const others = new Set([...named.filter((pair) => pair.from === from).map(({ to }) => to), ...namedBy(from, heirs, analyses)]);
    const tos = fitting(from, [...heirs, ...[...others].filter((other) => !heirs.includes(other))]);
    return [{ from, tos: tos.length === 0 ? heirs.slice(0, 1) : tos }];
  });
}

/** A file of settings that is gone, and a new one in which most of them stand: JSON that became YAML. */
function rewrittenDocuments(analyses: readonly FileAnalysis[]): readonly FilesAsOne[] {
  return analyses.flatMap((from): readonly FilesAsOne[] => {
    const { before, after } = from;
    if (before === undefined || after !== undefined || before.symbols.length > 0 || before.settings.length === 0) return [];
    const to = analyses.find((other) => other.before === undefined && isLikePlace(from, other) && holdsMostOf(before, other.after));
    return to === undefined ? [] : [{ from, tos: [to] }];
  });
}

/** Files that declare what some others newly name. */
function namedBy(from: FileAnalysis, takers: readonly FileAnalysis[], files: readonly FileAnalysis[]): readonly FileAnalysis[] {
  const named = new Set(takers.flatMap((taker) => [...newWords(taker)]));
  const language = (from.after ?? from.before)?.language;
  return files
    .filter((file) => file !== from && !takers.includes(file) && file.after?.language === language && isLikePlace(from, file))
    .filter((file) => [...declaredIn(file)].some((name) => named.has(name)))
    .slice(0, MOST_TARGETS);
}

/** As many of some files as can be read with one at once. */
function fitting(from: FileAnalysis, tos: readonly FileAnalysis[]): readonly FileAnalysis[] {
  const taken: FileAnalysis[] = [];
  for (const to of tos) if (taken.length < MOST_SUCCESSORS && fits({ from, tos: [...taken, to] })) taken.push(to);
  return taken;
}

function fits({ from, tos }: FilesAsOne): boolean {
  return tos.reduce((sum, { after }) => sum + (after?.tokens.length ?? 0), from.before?.tokens.length ?? 0) <= MOST_TOKENS;
}

function isCode({ after }: FileAnalysis): boolean {
  return after !== undefined && (after.symbols.length > 0 || after.scopes.length > 0) && after.tokens.length > 0;
}

/** The same language, or a file of values or queries that code reads. */
function mayTake(from: FileAnalysis, to: FileAnalysis): boolean {
  return from.after?.language === to.after?.language || (to.after !== undefined && !isCode(to) && isPlain(to.after));
}

function isPlain({ settings, statements, commands }: SourceFacts): boolean {
  return commands.length === 0 && (settings.length > 0 || statements.length > 0);
}

function hasLost({ options, guards, conditions, calls, statements, handlers, commands }: FileFacts): boolean {
  return [options, guards, conditions, calls, statements, handlers, commands].some((facts) => facts.length > 0);
}

/** A file and several others read as one. */
export interface Gathered {
  readonly others: readonly FileAnalysis[];
  readonly before: SourceFacts;
  readonly after: SourceFacts;
}

/**
 * A file read together with all that took something from it, and with what those newly name in turn: a guard that asks a policy of a
 * third file. Undefined where there are not two of them, or too much to read.
 */
export function gather(from: FileAnalysis, takers: readonly FileAnalysis[], files: readonly FileAnalysis[]): Gathered | undefined {
  const others = [...takers, ...namedBy(from, takers, files)];
  if (others.length < 2 || !fits({ from, tos: others })) return undefined;
  return { others, before: joinedFacts(from, others, 'before'), after: joinedFacts(from, others, 'after') };
}
