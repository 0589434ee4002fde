import type { SourceFacts } from '../model/facts.ts';
import type { FileAnalysis } from './analyse-file.ts';
import { pathContext } from './path-context.ts';

/** Tests are another world, and what moves into them is gone. */
export function isLikePlace(from: FileAnalysis, to: FileAnalysis): boolean {
  const isTest = (path: FileAnalysis): boolean => /^(test|documentation|development)$/.test(pathContext(path.file.path));
  return !isTest(from) && !isTest(to);
}

/** Names between `import` and `from`, or on the line of an `import` where a language has no more than that. */
export function importedIn(facts: SourceFacts | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  if (facts === undefined) return names;
  const { tokens, language } = facts;
  for (const [index, { text, line }] of tokens.entries()) {
    if (text !== 'import') continue;
    for (let at = index + 1; at < tokens.length; at += 1) {
      const token = tokens[at];
      if (token === undefined || !/^([\w$*,{}]+)$/.test(token.text) || token.text === 'from') break;
      if (language !== 'typescript' && token.line !== line) break;
      names.add(token.text);
    }
  }
  return names;
}

/** A file that asked the functions of one that is gone and does their work itself now: a module that went into its only user. */
export function tookOver(from: FileAnalysis, to: FileAnalysis, lost: ReadonlySet<string>): boolean {
  const { before, after } = to;
  if (before === undefined || after?.language !== from.before?.language || !isLikePlace(from, to)) return false;
  const said = importedIn(before);
  const says = importedIn(after);
  return [...lost].some((name) => said.has(name) && !says.has(name)) && hasGained(to);
}

function hasGained({ residue: { added } }: FileAnalysis): boolean {
  return added.calls.length > 0 || added.statements.length > 0;
}

/** A file that is gone and a new one ask mostly the same functions of the project: a route that its framework wants elsewhere. */
export function asksTheSame({ before }: FileAnalysis, { after }: FileAnalysis): boolean {
  const plain = (facts: SourceFacts | undefined): ReadonlySet<string> =>
    new Set(facts?.calls.flatMap(({ kind, callee }) => (kind === 'call' && /^[a-z_]\w{4,}$/.test(callee) ? [callee] : [])));
  const [old, now] = [plain(before), plain(after)];
  const shared = [...now].filter((callee) => old.has(callee)).length;
  return shared >= 2 && shared >= Math.min(old.size, now.size) / 2;
}

export function functionsOf(facts: SourceFacts | undefined): readonly string[] {
  return (
    facts?.symbols.flatMap(({ kind, name }) => (kind === 'function' || kind === 'class' ? [name] : [])).filter((name) => name.length > 3) ??
    []
  );
}

/** Methods that a file no longer has, by their last names, each with what it called. */
export function lostMethods({ before, after }: FileAnalysis): ReadonlyMap<string, ReadonlySet<string>> {
  const left = new Set([...methodsOf(after)].map(([name]) => name));
  return new Map([...methodsOf(before)].filter(([name, callees]) => !left.has(name) && callees.size >= FEWEST_CALLS));
}

/** True where a file has one of the methods under its own name, and it calls half of the same or more: `save` alone is anybody's. */
export function doesAny(facts: SourceFacts | undefined, methods: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  return [...methodsOf(facts)].some(([name, callees]) => {
    const wanted = methods.get(name);
    if (wanted === undefined) return false;
    const shared = [...callees].filter((callee) => wanted.has(callee)).length;
    return shared >= FEWEST_CALLS && shared >= wanted.size / 2;
  });
}

const FEWEST_CALLS = 2;

function methodsOf(facts: SourceFacts | undefined): readonly (readonly [string, ReadonlySet<string>])[] {
  const last = (name: string): string => name.slice(name.lastIndexOf('.') + 1);
  const called = new Map(facts?.symbols.flatMap(({ kind, name }) => (kind === 'method' ? [[name, new Set<string>()]] : [])));
  for (const { scope, callee } of called.size === 0 ? [] : (facts?.calls ?? [])) called.get(scope)?.add(last(callee));
  return [...called].map(([name, callees]) => [last(name), callees]);
}

/** True where a file says at least half of the settings of another one, at the same places with the same values. */
export function holdsMostOf({ settings }: SourceFacts, facts: SourceFacts | undefined): boolean {
  if (facts === undefined || facts.symbols.length > 0 || facts.settings.length === 0) return false;
  const said = new Set(facts.settings.map(({ key }) => key));
  const shared = settings.filter(({ key }) => said.has(key)).length;
  return shared >= FEWEST_SETTINGS && shared >= settings.length / 2;
}

const FEWEST_SETTINGS = 4;
