import type { Call, Guard, Loop, Parameter, SymbolFact } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import type { ReachLanguage } from './reach.ts';
import type { View } from './view.ts';

/**
 * A code language plugs in here. It is a record: sets of node types that say what kind of thing a node is (`syntax`), and
 * readers by node type that turn a node into a shape (`calls`, `guards`, `loops`, `handlers`, `options`, `symbols`, `names`).
 * A shape holds nodes; the room makes facts of them: text, keys, ranges, scopes, what an exit is, what becomes of an error,
 * SQL and shell in strings. So a language never writes a key and never walks a tree. `readCode` (read-code.ts) reads one file
 * with such a record, `codeLanguage` makes a `Language` of it; languages/python and languages/go are the examples.
 */
export interface CodeGrammar {
  readonly id: string;
  /** Name of the grammar's asset: `tree-sitter-python.wasm`. */
  readonly asset: string;
  owns(path: RepoPath): boolean;
  readonly syntax: Syntax;
  /** Names that nodes give to what stands in them; a name may be dotted (`Type.Method`). */
  readonly names: Readers<string>;
  /** Calls, object creations, decorators. A call that is part of its decorator is left out. */
  readonly calls: Readers<CallShape>;
  readonly guards: Readers<GuardShape>;
  /** What a function gives back without a `return`: the expression it ends with. */
  readonly tails?: Readers<SyntaxNode>;
  readonly loops: Readers<LoopShape>;
  readonly handlers: Readers<HandlerShape>;
  readonly options: Readers<OptionShape>;
  /** Values chosen by a condition: `a if b else c`. */
  readonly choices?: Readers<{ readonly test: SyntaxNode; readonly body: SyntaxNode }>;
  /** Declared symbols; asked only outside the bodies of functions. */
  readonly symbols: Readers<SymbolShape>;
  /** A value that is taken together from pieces: `a + b`, `'…' % x`, `String.format(…)`. Pieces are strings or anything else. */
  readonly pieces?: Readers<readonly SyntaxNode[]>;
  /** What fills the holes of a string with places in it (`%s`, `{}`), in order; the string is one of `pieces`. */
  readonly fillers?: Readers<Fillers>;
  /** Holes inside a string's own node (`f"{x}"`): nodes within it whose text is filled in. */
  readonly holes?: ReadonlySet<string>;
  /** True for a string that is prose (a docstring): no code, no token. */
  isProse?(node: SyntaxNode, view: View): boolean;
  /** True where a `return` (or what stands for it) hands an error back: `return err`, `return Err(e)`. */
  isErrorReturn?(node: SyntaxNode, view: View): boolean;
  /** How a file says that it leans on another: without it nobody is counted. */
  readonly reach?: ReachLanguage;
  /** True for a named stretch of tests inside a file that is none: `#[cfg(test)] mod tests`. */
  isTest?(node: SyntaxNode, view: View): boolean;
  /** True where a parent throws a result away although it is no statement of its own: `_ = f()`. */
  discards?(parent: SyntaxNode, node: SyntaxNode, view: View): boolean;
}

/** Readers by node type. One node may give several shapes. */
export type Readers<T> = Readonly<Record<string, (node: SyntaxNode, view: View) => T | readonly T[] | undefined>>;

/** What the readers of this node's type make of it. */
export function shapesOf<T>(readers: Readers<T> | undefined, node: SyntaxNode, view: View): readonly T[] {
  // A type's name may be a property of every object.
  const read = readers !== undefined && Object.hasOwn(readers, node.type) ? readers[node.type] : undefined;
  const shapes = node.named ? read?.(node, view) : undefined;
  if (shapes === undefined) return [];
  // `Array.isArray` does not narrow a read-only array.
  return Array.isArray(shapes) ? (shapes as readonly T[]) : [shapes as T];
}

/** Sets of node types. */
export interface Syntax {
  readonly comments: ReadonlySet<string>;
  /** String literals, taken whole as one token. */
  readonly strings: ReadonlySet<string>;
  /** Functions as values, shown as `fn` in texts. */
  readonly closures: ReadonlySet<string>;
  /** Everything with a body of its own: named functions, methods, closures. What stands in it does not run where it stands. */
  readonly functions: ReadonlySet<string>;
  readonly identifiers: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  /** Expressions with a comparison operator between their parts. */
  readonly comparisons: ReadonlySet<string>;
  /** Expressions that join or turn conditions: `a and b`, `!a`; nodes of `comparisons` need not be listed. */
  readonly logic: ReadonlySet<string>;
  readonly parentheses: ReadonlySet<string>;
  readonly awaits: ReadonlySet<string>;
  /** Lists of statements: blocks and what wraps their content. */
  readonly blocks: ReadonlySet<string>;
  /** A statement that is an expression alone; what a call gives there is thrown away. */
  readonly expressionStatements: ReadonlySet<string>;
  readonly throws: ReadonlySet<string>;
  readonly returns: ReadonlySet<string>;
  /** `break`, `continue`. */
  readonly breaks: ReadonlySet<string>;
  readonly assignments: ReadonlySet<string>;
  /** Values without calls: literals, names, arithmetic; their parts are asked in turn. Identifiers and numbers need not be listed. */
  readonly plain: ReadonlySet<string>;
  /** Values that are built anew: dictionaries, lists, sets. */
  readonly built: ReadonlySet<string>;
  /** Callees whose calls are plain values: `timedelta`, `time.Duration`, `os.getenv`. */
  readonly plainCalls: RegExp;
  /** Parents whose strings are compared, looked up or stored and never run: subscripts, cases, import paths, tags. */
  readonly silent: ReadonlySet<string>;
  /** Nodes whose last comma carries meaning: the tuple of one. */
  readonly tuples?: ReadonlySet<string>;
  /** True where statements end at line ends and are told apart by them, so that tokens need a mark: Python, Go. */
  readonly linesEndStatements?: true;
  /** True where indentation is the block. */
  readonly indentation?: true;
}

export interface CallShape {
  readonly kind: Call['kind'];
  /** The callee's node, whose text is the callee; or the text itself. */
  readonly callee: SyntaxNode | string;
  readonly args: readonly SyntaxNode[];
  /** What of the node says it, where the rest is a body or something else's. */
  readonly at?: SyntaxNode;
  /** Set where nothing waits for it, or it waits for the function's end. */
  readonly runs?: Call['runs'];
}

export interface GuardShape {
  readonly test: SyntaxNode;
  /** True where the work goes on when the test holds: `assert`, an `else` that leaves. */
  readonly negated?: true;
  /** Statements that run when it stops; the room reads the exit off them. Or the exit itself. */
  readonly body: SyntaxNode | Guard['exit'];
  /** What the condition asks about, where it stands apart: the call that gave `err`. */
  readonly about?: SyntaxNode;
  /** First and last node of its range; the whole node where left out. */
  readonly from?: SyntaxNode;
  readonly to?: SyntaxNode;
}

export interface LoopShape {
  readonly kind: Loop['kind'];
  readonly head: readonly (SyntaxNode | string)[];
  readonly body: SyntaxNode;
  readonly endless?: true;
  /** Where its range ends: at the start of its body where left out. */
  readonly headEnd?: SyntaxNode;
}

export interface HandlerShape {
  /** What it guards. */
  readonly guarded: readonly SyntaxNode[];
  /** What it does; or the outcome itself. */
  readonly body: readonly SyntaxNode[] | 'rethrows' | 'reports' | 'swallows' | 'substitutes';
  /** Name of the error inside `body`, or empty. */
  readonly error: string;
  /** Types it catches, as written; empty where it catches everything or the language has none. */
  readonly catches?: readonly SyntaxNode[];
  readonly from?: SyntaxNode;
  readonly to?: SyntaxNode;
}

export interface OptionShape {
  readonly name: SyntaxNode | string;
  readonly value: SyntaxNode;
  /** Where its range ends, if what is written only hands the value on: `pulumi.Bool(true)`. */
  readonly to?: SyntaxNode;
  /** Whose option it is: see `homeOf`. A parameter's default and a constant have none. */
  readonly home?: Home;
}

export interface Home {
  readonly callee: string;
  readonly path: string;
}

export interface SymbolShape {
  /** Its own name without the scope it stands in, as `names` has it. */
  readonly name: string;
  readonly kind: SymbolFact['kind'];
  readonly exported: boolean;
  readonly parameters?: readonly Parameter[];
  readonly type?: string;
  readonly async?: boolean;
  /** Set where it has no body and its owner's heirs must give one. */
  readonly abstract?: true;
  /** From here to there is its signature. */
  readonly from: SyntaxNode;
  readonly to: SyntaxNode;
}

/** What fills holes: by position, and by name. */
export interface Fillers {
  readonly values: readonly SyntaxNode[];
  readonly named: Readonly<Record<string, SyntaxNode>>;
}
