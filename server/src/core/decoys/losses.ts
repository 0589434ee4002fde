import type { AnalysedChange } from '../facts/analyse-change.ts';
import type { FileAnalysis } from '../facts/analyse-file.ts';
import { pathContext } from '../facts/path-context.ts';
import type { Call, CodeToken, Condition, Guard, SourceFacts } from '../model/facts.ts';
import { lastName } from '../rules/vocabulary/code/call-names.ts';
import { counterpartScope, hasScope } from '../rules/vocabulary/code/counterpart.ts';
import { keepOf } from '../rules/vocabulary/code/kept.ts';

/** Something that a function lost which is still there. */
export interface Loss {
  readonly file: FileAnalysis;
  /** A guard, a condition or a call; undefined where it lost words of a lock, which are no call in every language. */
  readonly fact: Guard | Condition | Call | undefined;
  /** What it is about, in names. */
  readonly words: ReadonlySet<string>;
  /** The function of the after side that stands for the one that lost it. */
  readonly scope: string;
}

/** What the functions of a change's program lost, before anything cancelled across files. */
export const lossesOf = keepOf((analysed: AnalysedChange): readonly Loss[] =>
  programOf(analysed).flatMap((file): readonly Loss[] => {
    const { before, after, residue } = file;
    if (before === undefined || after === undefined) return [];
    const { guards, conditions, calls } = residue.removed;
    const facts = [...guards, ...conditions.filter(({ kind }) => kind === 'wraps'), ...calls];
    const lost = facts.map((fact) => ({ fact, scope: fact.scope, words: wordsOf([fact]) }));
    return [...lost, ...lostLocks(file)].flatMap(({ fact, scope: own, words }): readonly Loss[] => {
      const scope = counterpartScope({ before, after }, own);
      return scope === undefined ? [] : [{ file, fact, words, scope }];
    });
  }),
);

/** `with _lock:`, `synchronized (lock)`: words of a lock that a function said and says no more. */
function lostLocks({ before, after, hunks }: FileAnalysis): readonly Pick<Loss, 'fact' | 'words' | 'scope'>[] {
  if (before === undefined || after === undefined) return [];
  // What no line lost no function lost, and a file is long.
  if (!hunks.some(({ removed }) => removed.some((line) => LOCK.test(line)))) return [];
  return saidLocks(before).flatMap(({ name, said }) => {
    const now = after.scopes.find((other) => other.name === name);
    const left = new Set(now === undefined ? [] : lockWords(after, now.startLine, now.endLine));
    const words = new Set(said.filter((word) => !left.has(word)));
    return words.size === 0 ? [] : [{ fact: undefined, words, scope: name }];
  });
}

/** Functions of a base that say words of a lock. */
const saidLocks = keepOf((before: SourceFacts) =>
  before.scopes
    .map(({ name, startLine, endLine }) => ({ name, said: lockWords(before, startLine, endLine) }))
    .filter(({ said }) => said.length > 0),
);

const LOCK = /lock|mutex|semaphore|synchronized/i;
const WORD = /^\w+$/;

/** Words of a lock between two lines. */
export function lockWords(facts: SourceFacts, first: number, last: number): readonly string[] {
  return locksIn(facts).flatMap(({ text, line }) => (first <= line && line <= last ? [text] : []));
}

/** Of a whole file, once for all functions in it. */
const locksIn = keepOf(({ tokens }: SourceFacts): readonly CodeToken[] =>
  tokens.filter(({ text }) => text.length >= SHORTEST_LOCK && LOCK.test(text) && WORD.test(text)),
);
const SHORTEST_LOCK = 'lock'.length;

/** Files of a change that something of the program may run. */
export function programOf({ files }: AnalysedChange): readonly FileAnalysis[] {
  return files.map(({ analysis }) => analysis).filter(({ file }) => !/^(?:test|documentation)$/.test(pathContext(file.path)));
}

/** Words that say what some facts are about: names that a condition reads, and names of what is called. */
export function wordsOf(facts: Iterable<Guard | Condition | Call>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const fact of facts) for (const word of 'reads' in fact ? fact.reads : [lastName(fact.callee)]) if (SAYS.test(word)) words.add(word);
  return words;
}

const SAYS =
  /^(?!(?:undefined|null|None|nil|true|false|True|False|err|error|length|size|get|set|map|has|len|self|this|console|log|logger|info|warn|debug|print|println|String|Number|Error|Exception|Promise|then|push|append|ctx|context)$)[A-Za-z_$][\w$]{2,}$/;

/** Functions that a file no longer has under their names. */
export const goneScopes = keepOf(({ before, after }: FileAnalysis): readonly string[] =>
  before === undefined ? [] : before.scopes.map(({ name }) => name).filter((name) => after === undefined || !hasScope(after, name)),
);
