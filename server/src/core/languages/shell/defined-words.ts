import type { ShellWord } from '../../model/facts.ts';
import { type SyntaxNode, walkSyntax } from '../tree-sitter.ts';
import { readWord } from './words.ts';

/** What a script says once and puts into its commands by a name. */
export interface DefinedWords {
  /** `args=(--namespace "$NS" --wait)`, of arrays that are assigned once and never added to. */
  readonly arrays: ReadonlyMap<string, readonly ShellWord[]>;
  /** `kc() { kubectl --context "$CTX" "$@"; }`: what such a function runs, up to the words that it is given. */
  readonly functions: ReadonlyMap<string, readonly ShellWord[]>;
}

/** Commands of a script that is larger than this say what they say. */
const MOST_NODES = 200_000;
const DEEPEST = 3;

/** Arrays and functions of a script that only stand for words of a command. */
export function definedWords(root: SyntaxNode, text: string): DefinedWords {
  const arrays = new Map<string, readonly ShellWord[]>();
  const functions = new Map<string, readonly ShellWord[]>();
  if (!/=\(|\$@/.test(text)) return { arrays, functions };
  const assigned = new Set<string>();
  let nodes = 0;
  for (const node of walkSyntax(root)) {
    nodes += 1;
    if (nodes > MOST_NODES) break;
    if (node.type === 'variable_assignment') addArray(node, text, arrays, assigned);
    if (node.type === 'function_definition') addFunction(node, text, functions);
  }
  return { arrays, functions };
}

/** The words of a command with those that its arrays and its function stand for. */
export function withDefined(words: readonly ShellWord[], { arrays, functions }: DefinedWords): readonly ShellWord[] {
  let left = words;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const first = left[0];
    const inner = first === undefined ? undefined : functions.get(first.source);
    const next = (inner === undefined ? left : [...inner, ...left.slice(1)]).flatMap((word) => arrays.get(arrayOf(word)) ?? [word]);
    if (inner === undefined && next.length === left.length && next.every((word, at) => word === left[at])) return left;
    left = next;
  }
  return left;
}

/** `args` of `"${args[@]}"`; empty for any other word. */
function arrayOf({ source }: ShellWord): string {
  return /^"?\$\{(\w+)\[[@*]\]\}"?$/.exec(source)?.[1] ?? '';
}

function addArray(node: SyntaxNode, text: string, arrays: Map<string, readonly ShellWord[]>, assigned: Set<string>): void {
  const name = node.children.find((child) => child.field === 'name');
  const value = node.children.find((child) => child.field === 'value');
  if (name === undefined) return;
  const variable = text.slice(name.start, name.end);
  // What is added to later, or said twice, holds other words at other times.
  if (assigned.has(variable)) arrays.delete(variable);
  else if (value?.type === 'array')
    arrays.set(
      variable,
      value.children.filter((child) => child.named && child.type !== 'comment').map((child) => readWord(child, text)),
    );
  assigned.add(variable);
}

function addFunction(node: SyntaxNode, text: string, functions: Map<string, readonly ShellWord[]>): void {
  const name = node.children.find((child) => child.field === 'name');
  const body = node.children.find((child) => child.field === 'body');
  const inside = body?.children.filter((child) => child.named && child.type !== 'comment') ?? [];
  const [command] = inside;
  if (name === undefined || command?.type !== 'command' || inside.length > 1) return;
  const words = command.children
    .filter((child) => child.type === 'command_name' || child.field === 'argument')
    .map((child) => readWord(child.type === 'command_name' ? (child.children[0] ?? child) : child, text));
  const called = text.slice(name.start, name.end);
  if (words.at(-1)?.source === '"$@"' && words.length > 1 && words[0]?.source !== called) functions.set(called, words.slice(0, -1));
}
