import type { NamedThing } from './named-thing.ts';
import type { BlastRadius } from './radius.ts';
import type { Range, Side } from './range.ts';
import type { BlindSpot } from './tree.ts';

/**
 * What a language sees in one file, in terms that no language owns: a rule reads `commands`, and does not care whether they
 * stood in a script, in a workflow's `run:` or in a Dockerfile. Plain data; every fact has its place and a key.
 */
export interface Fact {
  readonly range: Range;
  /**
   * What the fact says, without its lines; for what a function does (a guard, a call, a handler, an option) its scope is part
   * of it. Two facts of one kind with equal keys are the same fact and cancel (core/facts/residue.ts), so that what moved, was
   * re-indented or re-ordered is neither removed nor added.
   */
  readonly key: string;
  /** Enclosing symbol path, `Session.verify`; empty at the top level. */
  readonly scope: string;
}

/** A command as a shell would run it, from a script, a `run:` step, a Dockerfile RUN or a package script. */
export interface Command extends Fact {
  /** The program's name without its directory: `rm`, `terraform`. Empty where it is computed. */
  readonly name: string;
  readonly words: readonly ShellWord[];
  /** The whole command as written, white space collapsed: with the assignments before it and the programs that only run it. */
  readonly written: string;
  /** Set where a pipe feeds this command: the name of the command before it. */
  readonly pipedFrom?: string;
  /** Set where this runs because another failed (`npm test || true`): that other, as written, white space collapsed. */
  readonly rescues?: string;
  /** Set where this runs only because another succeeded (`pg_dump shop && dropdb shop`, the branch of an `if`): that other, as written. */
  readonly requires?: string;
  /** Set in the branch that runs where another command failed (`if ! pg_dump shop; then … fi`): that other, as written. */
  readonly unless?: string;
  /** True inside parentheses: what it sets holds for nothing behind them. */
  readonly subshell?: true;
}

export interface ShellWord {
  /** As written, quotes included. */
  readonly source: string;
  /** The word with quotes removed; expansions stay as written (`$DIR/`). */
  readonly text: string;
  /** Names of the variables it expands, in order; `guarded` where `${NAME:?}` stops on an empty value. */
  readonly expansions: readonly { readonly name: string; readonly guarded: boolean }[];
  /** True where the word holds a command substitution or a glob that we did not resolve. */
  readonly dynamic: boolean;
}

/** One SQL statement. `verb` is the statement's kind in lower case with dashes: `drop-table`, `delete`, `alter-table`. */
export interface SqlStatement extends Fact {
  readonly verb: string;
  /** Object names as written, unquoted and in lower case: `public.users`. */
  readonly targets: readonly string[];
  /** `none` where a DELETE or UPDATE has no WHERE, `trivial` for WHERE true and 1=1, `present`, or `unknown` where it was not parsed. */
  readonly where: 'none' | 'trivial' | 'present' | 'unknown';
  readonly flags: readonly ('temporary' | 'cascade' | 'if-exists' | 'if-not-exists' | 'concurrently')[];
  /** What each clause does, in order: the columns of a CREATE TABLE, the actions of an ALTER, the privileges of a GRANT. */
  readonly actions: readonly SqlAction[];
  /**
   * Conditions that must all hold: WHERE, ON, USING of a policy, cut at their ANDs, at every depth of the statement. Words in
   * lower case with one space between, without the table's name or alias before a column.
   */
  readonly conditions: readonly string[];
  /** Every name and keyword of the statement in order, unquoted and in lower case. */
  readonly names: readonly string[];
  /** Columns that an UPDATE assigns, unquoted and in lower case. */
  readonly sets: readonly string[];
  /** True where LIMIT or TOP bounds the rows that the statement itself changes. */
  readonly limited: boolean;
  /** How sure we are: a grammar's tree, or tokens alone. */
  readonly method: 'tree' | 'tokens';
}

/** One clause of an SQL statement. Names are unquoted and in lower case. */
export interface SqlAction {
  readonly kind:
    | 'add-column'
    | 'drop-column'
    | 'alter-type'
    | 'rename-column'
    | 'rename-to'
    | 'rename-value'
    | 'set-not-null'
    | 'drop-not-null'
    | 'set-default'
    | 'drop-default'
    | 'add-constraint'
    | 'drop-constraint'
    | 'validate-constraint'
    | 'disable-constraint'
    | 'add-index'
    | 'drop-index'
    | 'row-security'
    | 'enum-value'
    | 'drop-value'
    | 'privilege'
    | 'grantee'
    | 'option'
    | 'setting'
    | 'isolation'
    | 'lock'
    | 'other';
  /** The column, constraint, index, value, privilege or option; empty where it has none. */
  readonly name: string;
  /** The new name, or the value that is set. */
  readonly to?: string;
  /** A column's type in lower case with one space between words: `numeric(8,2)`, `timestamp with time zone`. */
  readonly type?: string;
  readonly constraint?: 'check' | 'foreign-key' | 'unique' | 'primary-key' | 'exclusion';
  /** Columns that a constraint or an index stands on; an expression is left out. */
  readonly columns?: readonly string[];
  /** The table that a foreign key points at, and its columns. */
  readonly references?: { readonly table: string; readonly columns: readonly string[] };
  /** `filled`: the database itself gives every row a value (an identity, a serial, a generated column). */
  readonly marks: readonly ('not-null' | 'default' | 'filled' | 'unique' | 'not-valid' | 'using-index' | 'cascade')[];
}

/** A scalar of a configuration file with the path that leads to it. */
export interface Setting extends Fact {
  /** Keys and sequence indexes from the root of the document or the resource: `['spec','replicas']`. */
  readonly path: readonly string[];
  readonly value: string | number | boolean | null;
  /** Key of the resource it belongs to, or empty. */
  readonly resource: string;
  /** Where the value itself stands, for one that an alias or a merge brought in; its range is then the place that asked for it. */
  readonly origin?: Range;
}

/** A thing that a configuration file declares: a Terraform resource, a Kubernetes object, a workflow job. */
export interface Resource extends Fact {
  /** `aws_db_instance`, `PersistentVolumeClaim`, `job`. */
  readonly type: string;
  readonly name: string;
}

/**
 * A call, a `new`, a decorator or annotation, or an `assertion` that a value is there, which nothing checks (`value!`; its
 * callee is the value).
 */
export interface Call extends Fact {
  readonly kind: 'call' | 'new' | 'decorator' | 'assertion';
  /** The callee as written without arguments and type arguments: `router.post`, `UseGuards`. */
  readonly callee: string;
  /** Source text of each argument, white space collapsed. */
  readonly args: readonly string[];
  /** What becomes of the result: awaited, used in any way, or thrown away (a statement of its own, `void`, `_ =`). */
  readonly use?: 'awaited' | 'used' | 'discarded';
  /** Set where it does not run there and then: `go f()` runs beside what follows, `defer f()` when the function ends. */
  readonly runs?: 'beside' | 'deferred';
}

/** A loop. Its range is its head. */
export interface Loop extends Fact {
  /** `each` runs over a collection. */
  readonly kind: 'for' | 'while' | 'each';
  /** What stands in its head, white space collapsed: `attempt < 3`, `const user of users`; empty where it has none. */
  readonly head: string;
  /** True where nothing in the head ends it: `while (true)`, `for (;;)`, `loop`. */
  readonly endless: boolean;
  /** From the first to the last line of its body, 1-based and inclusive. */
  readonly body: { readonly startLine: number; readonly endLine: number };
}

/** A condition that stops the work: an `if` that throws, returns, continues or answers with an error. */
export interface Guard extends Fact {
  /** Source of the condition, white space collapsed. */
  readonly test: string;
  readonly exit: 'throw' | 'return' | 'break' | 'answer';
  /** Identifiers the condition reads, in order of first use. */
  readonly reads: readonly string[];
  /** Comparison operators with a number, a constant or a length on one side. */
  readonly compares: boolean;
  /** Callees whose outcome the condition asks for, where the language puts the two together: `if err := f(); err != nil`. */
  readonly checks?: readonly string[];
}

/** A condition that decides about the work and does not stop it. Its range is the condition alone. */
export interface Condition extends Fact {
  /** `wraps`: what follows runs only where it holds. `answers`: it is what a function returns. */
  readonly kind: 'wraps' | 'answers';
  /** Source of the condition, white space collapsed. */
  readonly test: string;
  /** Identifiers the condition reads, in order of first use. */
  readonly reads: readonly string[];
  /** Comparison operators with a number, a constant or a length on one side. */
  readonly compares: boolean;
  /** Callees that run only where it holds, each once; none for an answer. */
  readonly guarded: readonly string[];
}

/** A handler of an error: `catch`, `.catch(…)`, `except`. */
export interface Handler extends Fact {
  /** What happens to the error. */
  readonly outcome: 'rethrows' | 'reports' | 'swallows' | 'substitutes';
  /** Callees inside the guarded block, to judge what is at stake. */
  readonly guarded: readonly string[];
  /** Types of error it handles, as written (`ValueError`, `IOException`); left out where it handles all, or the language has none. */
  readonly catches?: readonly string[];
}

/** An option that a call or an object literal sets: `rejectUnauthorized: false`. */
export interface Option extends Fact {
  readonly name: string;
  /** Source text of the value, white space collapsed. */
  readonly value: string;
  /** Callee of the call it is passed to, or empty. */
  readonly callee: string;
}

/** A declared symbol, with the range of its signature and not of its body. */
export interface SymbolFact extends Fact {
  /** Dotted path inside the file: `Session.verify`. */
  readonly name: string;
  readonly kind: 'function' | 'method' | 'class' | 'interface' | 'type' | 'enum' | 'variable' | 'property' | 'export';
  readonly exported: boolean;
  readonly parameters: readonly Parameter[];
  /** Declared type as written, or empty where it is inferred. */
  readonly type: string;
  readonly async: boolean;
  /** True where it has no body of its own, so that whoever extends or implements its owner must give one. */
  readonly abstract?: true;
}

export interface Parameter {
  readonly name: string;
  readonly type: string;
  /** True where a caller may leave it out: `?`, a default, or a rest parameter. */
  readonly optional: boolean;
  /** True where a caller must give it by its name. */
  readonly named?: true;
}

/** A dependency that a manifest declares. */
export interface Dependency extends Fact {
  readonly name: string;
  readonly version: string;
  readonly group: 'runtime' | 'development' | 'peer' | 'optional';
}

/** A remark that asks to leave one rule's finding alone: `brakeline-ignore family/construct: reason`. Its range is the remark. */
export interface Suppression extends Fact {
  /** As written; empty where none is named. */
  readonly rule: string;
  /** In words; empty where none is given. */
  readonly reason: string;
  /** 1-based line of code it is about: its own, or the next one where it stands alone; its own where no code follows soon. */
  readonly about: number;
  /** False where the file does not parse, so that nobody can tell a remark from a text. */
  readonly certain: boolean;
}

/** Everything seen in one file. A language leaves empty what it cannot see. */
export interface FileFacts {
  readonly commands: readonly Command[];
  readonly statements: readonly SqlStatement[];
  readonly settings: readonly Setting[];
  readonly resources: readonly Resource[];
  readonly calls: readonly Call[];
  readonly loops: readonly Loop[];
  readonly guards: readonly Guard[];
  readonly conditions: readonly Condition[];
  readonly handlers: readonly Handler[];
  readonly options: readonly Option[];
  readonly symbols: readonly SymbolFact[];
  readonly dependencies: readonly Dependency[];
  /** Found by the engine itself, in every language whose tokens leave out comments. */
  readonly suppressions: readonly Suppression[];
}

export type FactKind = keyof FileFacts;

/** One code token and its 1-based line; comments and white space are no tokens. */
export interface CodeToken {
  readonly text: string;
  readonly line: number;
}

/** A named stretch of lines, 1-based and inclusive; inner scopes carry their full dotted path. */
export interface Scope {
  readonly name: string;
  readonly startLine: number;
  readonly endLine: number;
  /** True for tests inside a file that is none: what stands in them is judged as in a test file. */
  readonly isTest?: true;
}

/** One side of one file as its language saw it. */
export interface SourceFacts extends FileFacts {
  readonly language: string;
  readonly scopes: readonly Scope[];
  readonly tokens: readonly CodeToken[];
  /**
   * The text that it was read from, where each word in a token stands in the text as well and the tokens stand in its order; left
   * out by languages that decode what they read, and of facts that were put together (test/facts/text-of-facts.test.ts).
   */
  readonly text?: string;
  readonly blindSpots: readonly Omit<BlindSpot, 'path'>[];
}

/** What a rule may ask about the rest of the repository. Removed and changed symbols are asked of the before tree. */
export interface Reach {
  /** Dependents of an exported symbol of this hunk's file; null where it was not computed, which is never read as none. */
  of(symbol: SymbolFact): BlastRadius | null;
  /** Who uses things that files know by their names alone, in any language, in the before tree unless said otherwise. An upper bound. */
  ofThings(things: readonly NamedThing[], side?: Side): BlastRadius | null;
}
