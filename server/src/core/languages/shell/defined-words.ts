import type { ShellWord } from '../../model/facts.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { readWord } from './words.ts';
import { HANDED } from './wrappers.ts';

/** Words that a name stands for, and where in the text it does: behind its definition, to the end of the script or of its function. */
interface Definition {
  readonly words: readonly ShellWord[];
  readonly start: number;
  readonly end: number;
}

/** What a script says once and puts into its commands by a name. */
export interface DefinedWords {
  /** `args=(--namespace "$NS" --wait)`, of arrays that are assigned once, whatever happens, and never added to. */
  readonly arrays: ReadonlyMap<string, Definition>;
  /** `kc() { kubectl --context "$CTX" "$@"; }`: what such a function runs, up to the words that it is given. */
  readonly functions: ReadonlyMap<string, Definition>;
  /** How many more words its commands may grow by. */
  readonly room: { words: number };
}

/** When the commands of a script have grown by so many words, the rest of them say what they say. */
const MOST_WORDS = 2_000;
/** An array that holds an array that holds one. */
const DEEPEST = 3;

/** What runs only where something holds, or as often as something does: what it assigns may never be assigned. */
const UNSURE = /^(if_statement|while_statement|for_statement|c_style_for_statement|case_statement|list|subshell|pipeline)$/;

/** Gives a variable other words, or takes them, in a way of its own. */
const RESETS = /^(unset|read|readarray|mapfile|printf|declare|typeset|local|export|eval|getopts)$/;

/** A command that an array of these makes harmless is judged as if it had none: more than an array must say that it only tries. */
const TRIES = /^--?(dry-?run|check|plan|what-?if|no-?op|simulate|preview|help|version|client)\b/i;

/** Arrays and functions of a script that only stand for words of a command (test/languages/shell-defined-words.test.ts). */
export function definedWords(root: SyntaxNode, text: string): DefinedWords {
  const arrays = new Map<string, Definition | undefined>();
  const functions = new Map<string, Definition | undefined>();
  const reset = new Set<string>();
  if (!/=\(|\$@/.test(text)) return { arrays: new Map(), functions: new Map(), room: { words: 0 } };
  const open: { readonly node: SyntaxNode; readonly isSure: boolean; readonly start: number; readonly end: number }[] = [
    { node: root, isSure: true, start: 0, end: text.length },
  ];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { node, isSure, start, end } = place;
    // What is said twice, or perhaps never, is not known.
    const define = (
      names: Map<string, Definition | undefined>,
      found: readonly [name: string, words: readonly ShellWord[]] | undefined,
    ) => {
      if (found === undefined) return;
      const [name, words] = found;
      names.set(name, isSure && words.length > 0 && !names.has(name) ? { words, start: Math.max(start, node.end), end } : undefined);
    };
    if (node.type === 'command' || node.type === 'declaration_command' || node.type === 'unset_command')
      for (const name of resetIn(text.slice(node.start, Math.min(node.end, node.start + LONGEST_RESET)))) reset.add(name);
    if (node.type === 'variable_assignment') define(arrays, arrayIn(node, text));
    const isFunction = node.type === 'function_definition';
    if (isFunction) define(functions, functionIn(node, text));
    const inside = isFunction ? { start: node.start, end: node.end } : { start, end };
    for (const child of node.children) open.push({ node: child, isSure: isSure && !UNSURE.test(node.type), ...inside });
  }
  const known = (names: ReadonlyMap<string, Definition | undefined>): ReadonlyMap<string, Definition> =>
    new Map([...names].flatMap(([name, found]) => (found === undefined || reset.has(name) ? [] : [[name, found] as const])));
  return { arrays: known(arrays), functions: known(functions), room: { words: MOST_WORDS } };
}

/** No longer command gives a name other words. */
const LONGEST_RESET = 2_000;

/** Names that a command may give other words: all of its own words that could be one. */
function resetIn(written: string): readonly string[] {
  const names = written.match(/\w+/g) ?? [];
  return RESETS.test(names[0] ?? '') ? names.slice(1) : [];
}

/** The words of the command at `at` with those that its arrays and its function stand for there. */
export function withDefined(words: readonly ShellWord[], { arrays, functions, room }: DefinedWords, at: number): readonly ShellWord[] {
  if (arrays.size === 0 && functions.size === 0) return words;
  const wordsOf = (names: ReadonlyMap<string, Definition>, name: string): readonly ShellWord[] | undefined => {
    const found = names.get(name);
    return found !== undefined && found.start <= at && at < found.end ? found.words : undefined;
  };
  let left = words;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const [first, ...rest] = left;
    const run = first === undefined ? undefined : wordsOf(functions, first.source);
    const whole = run === undefined ? left : [...run, ...rest];
    const parts = whole.map((word) => wordsOf(arrays, arrayOf(word)));
    if (run === undefined && parts.every((part) => part === undefined)) return left;
    const grown = parts.reduce((sum, part) => sum + (part?.length ?? 1), 0) - left.length;
    if (grown > room.words) return words;
    room.words -= Math.max(0, grown);
    left = whole.flatMap((word, index) => parts[index] ?? [word]);
  }
  return left;
}

/** `args` of `"${args[@]}"`; empty for any other word. */
function arrayOf({ source }: ShellWord): string {
  return /^"?\$\{(\w+)\[[@*]\]\}"?$/.exec(source)?.[1] ?? '';
}

/** Without words for an assignment of any other kind, which takes away what was known. */
function arrayIn(node: SyntaxNode, text: string): readonly [string, readonly ShellWord[]] | undefined {
  const name = node.children.find((child) => child.field === 'name');
  const value = node.children.find((child) => child.field === 'value');
  if (name === undefined) return undefined;
  const variable = text.slice(name.start, name.end).replace(/\[.*/s, '');
  const isPlain = value?.type === 'array' && text.slice(name.end, value.start) === '=';
  const elements = isPlain ? value.children.filter((child) => child.named && child.type !== 'comment') : [];
  const words = elements.map((child) => readWord(child, text));
  return [variable, words.some((word) => TRIES.test(word.text)) ? [] : words];
}

function functionIn(node: SyntaxNode, text: string): readonly [string, readonly ShellWord[]] | undefined {
  const name = node.children.find((child) => child.field === 'name');
  if (name === undefined) return undefined;
  const called = text.slice(name.start, name.end);
  const inside =
    node.children.find((child) => child.field === 'body')?.children.filter((child) => child.named && child.type !== 'comment') ?? [];
  const [command] = inside;
  if (command?.type !== 'command' || inside.length > 1) return [called, []];
  const words = command.children
    .filter((child) => child.type === 'command_name' || child.field === 'argument')
    .map((child) => readWord(child.type === 'command_name' ? (child.children[0] ?? child) : child, text));
  const first = words[0]?.source ?? '';
  // A program that is known by its name is no other one, whatever a function of that name says that it runs.
  const hands = words.at(-1)?.source === '"$@"' && words.length > 1 && HANDED.test(first) && !HANDED.test(called);
  return [called, hands ? words.slice(0, -1) : []];
}
