import type { RepoPath, Tree } from '../../model/tree.ts';
import { codeOf, type Dialect, stretchesOf } from '../../scan/code-stretches.ts';
import { type ImportGraph, keep } from './import-graph.ts';

/** What may have the members of one file's types: told by what a file says of inheritance and of its variables. */
export interface Receivers {
  /** Whether a type of this file, or one that it makes on the spot, may inherit from the declaring file. */
  inherits(path: RepoPath): boolean;
  /** Whether a name is a type that surely has nothing to do with the declaring file. */
  isForeignType(path: RepoPath, name: string): boolean;
  /** Whether every variable of this name in the file is of a type that surely has nothing to do with the declaring file. */
  isOfForeignType(path: RepoPath, variable: string): boolean;
}

/**
 * Java says its types, and so most mentions of a member's name are known to be another type's. Invariant: what is ruled out cannot be
 * the member, whatever is not seen here (test/languages/reach-graph.test.ts).
 */
export function createReceivers(tree: Tree, graph: ImportGraph, dialect: Dialect, declaring: RepoPath): Receivers {
  const knowledge = KNOWN.get(graph) ?? createKnowledge(tree, graph, dialect);
  KNOWN.set(graph, knowledge);
  const { codeIn, supersOf } = knowledge;
  const inherits = keep((path: RepoPath): boolean => {
    const seen = new Set<RepoPath>([path]);
    const queue = [path];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (at === declaring) return true;
      for (const next of supersOf(at)) if (!seen.has(next)) queue.push(seen.add(next) && next);
    }
    return false;
  });
  const isForeignType = (path: RepoPath, name: string): boolean =>
    /^[A-Z][\w$]*$/.test(name) && knowledge.filesOf(path, name)?.every((file) => !inherits(file)) === true;
  const isForeign = keep((question: string): boolean => {
    const cut = question.lastIndexOf(' ');
    // The question is made below, of a path and a name without spaces.
    const path = question.slice(0, cut) as RepoPath;
    const types = typesOf(codeIn(path), question.slice(cut + 1));
    if (types === undefined || types.length === 0) return false;
    return types.every((type) => {
      return /^(int|long|short|byte|char|boolean|float|double)$/.test(type) || isForeignType(path, type);
    });
  });
  return {
    inherits,
    isForeignType,
    isOfForeignType: (path, variable) => isForeign(`${path} ${variable}`),
  };
}

/** A type with its parameters, three deep, and what makes it an array. */
const TYPE = String.raw`\b([\w$.]+)(?:<[^<>;(){}=]*(?:<[^<>;(){}=]*(?:<[^<>;(){}=]*>[^<>;(){}=]*)*>[^<>;(){}=]*)*>)?(?:\[\]|\.\.\.)*`;

/** Types that a file gives to variables of one name; undefined where one of them does not say, or may be inherited. */
function typesOf(code: string, variable: string): readonly string[] | undefined {
  if (!code.includes(variable) || /\bclass\s+\w+(?:<[^{]*>)?\s+extends\b/.test(code)) return undefined;
  const behind = String.raw`\s+${variable}\s*(?=[;=,):])`;
  // A lambda's parameter, and `var`.
  if (new RegExp(String.raw`\bvar\s+${variable}\b|\b${variable}\s{0,40}(?:,[\w\s,]{0,200})?\)?\s{0,40}->`).test(code)) return undefined;
  const types = [...code.matchAll(new RegExp(TYPE + behind, 'g'))].map(([, type = '']) => type);
  const all = code.match(new RegExp(String.raw`[\w$>\].]${behind}`, 'g')) ?? [];
  return types.length === all.length
    ? types.filter((type) => !/^(return|throw|case|assert|new|else|in|instanceof)$/.test(type))
    : undefined;
}

/** `extends A<B> implements C {`, `new A(…) {`; a bound of a type parameter counts too, which only lets more through. */
const SUPERS = /\b(?:extends|implements)\s+([^{;)]+)|\bnew\s+(?:[a-z]\w*\.)*([A-Z][\w$]*)/g;

/** Types of java.lang that stand in for whatever is not imported. */
const LANGUAGE_TYPES =
  /^(String|StringBuilder|StringBuffer|CharSequence|Integer|Long|Short|Byte|Character|Boolean|Float|Double|Number|Math|System|Thread|Class|Void|Throwable|Exception|RuntimeException)$/;

/** What holds for every question about a tree. */
interface Knowledge {
  codeIn(path: RepoPath): string;
  /** Files that may declare what a file calls by this name; undefined where nobody can say. */
  filesOf(path: RepoPath, name: string): readonly RepoPath[] | undefined;
  /** Files of the types that those of a file extend, implement or make. */
  supersOf(path: RepoPath): readonly RepoPath[];
}

const KNOWN = new WeakMap<ImportGraph, Knowledge>();

function createKnowledge(tree: Tree, graph: ImportGraph, dialect: Dialect): Knowledge {
  const codeIn = keep((path: RepoPath): string => {
    const content = tree.read(path);
    return content?.kind === 'text' ? codeOf(content.text, stretchesOf(content.text, dialect)) : '';
  });
  const filesOf = (path: RepoPath, name: string): readonly RepoPath[] | undefined => {
    const bindings = graph.bindingsOf(path);
    const own = bindings.filter(({ local, kind }) => local === name && kind !== 'dynamic');
    const from = own.length > 0 ? own : bindings.filter(({ local }) => local === '*');
    const files = from.flatMap((binding) => binding.from.flatMap(({ module, rest }) => graph.declarersOf(module, rest[0] ?? name)));
    if (own.length > 0) return files;
    const near = graph.declarersOf(graph.modules.moduleOf(path), name);
    return files.length + near.length > 0 ? [...files, ...near] : LANGUAGE_TYPES.test(name) ? [] : undefined;
  };
  const supersOf = keep((path: RepoPath): readonly RepoPath[] => {
    const names = new Set([...codeIn(path).matchAll(SUPERS)].flatMap(([, list = '', made]) => made ?? list.match(/[A-Z][\w$]*/g) ?? []));
    return [...names].flatMap((name) => filesOf(path, name) ?? []);
  });
  return { codeIn, filesOf, supersOf };
}
