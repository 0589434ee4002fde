import type { Command, ShellWord } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { collapse, type FactsDraft, includeFacts } from '../facts-draft.ts';
import type { Embed } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { type SyntaxNode, walkSyntax } from '../tree-sitter.ts';
import { type DefinedWords, definedWords, withDefined } from './defined-words.ts';
import { embedArguments, embedHeredoc } from './embedded.ts';
import { readWord } from './words.ts';
import { programName, unwrap } from './wrappers.ts';

export interface ShellSource {
  readonly path: RepoPath;
  readonly text: string;
  readonly embed: Embed;
  readonly draft: FactsDraft;
}

/** Everything a walk knows of the place it is at. */
interface Place {
  readonly scope: string;
  /** Name of the command whose output feeds this one. */
  readonly pipedFrom: string | undefined;
  /** What failed before this runs, as written. */
  readonly rescues?: string | undefined;
  /** What succeeded before this runs, as written. */
  readonly requires?: string | undefined;
  /** What failed where the branch of an `if` is taken, as written. */
  readonly unless?: string | undefined;
  readonly subshell?: boolean;
}

/** Adds commands, assignments and scopes of a script to the draft. */
export function gatherCommands(root: SyntaxNode, source: ShellSource): void {
  const walk = { ...source, lines: indexLines(source.text), defined: definedWords(root, source.text) };
  addShebang(walk);
  visit(root, walk, { scope: '', pipedFrom: undefined });
}

type Walk = ShellSource & { readonly lines: LineIndex; readonly defined: DefinedWords };

function visit(node: SyntaxNode, walk: Walk, place: Place): void {
  switch (node.type) {
    case 'comment':
      return;
    case 'function_definition':
      visitFunction(node, walk, place);
      return;
    case 'pipeline':
      visitPipeline(node, walk, place);
      return;
    case 'redirected_statement':
      visitRedirected(node, walk, place);
      return;
    case 'list':
      visitList(node, walk, place);
      return;
    case 'if_statement':
      visitIf(node, walk, place);
      return;
    case 'subshell':
      visitAll(node.children, walk, { ...place, subshell: true });
      return;
    case 'command':
    case 'declaration_command':
    case 'test_command':
      visitCommand(node, walk, place);
      return;
    case 'variable_assignment':
      addAssignment(node, walk, place.scope);
      visitAll(node.children, walk, { ...place, pipedFrom: undefined });
      return;
    case 'heredoc_body':
      // A here-doc is text; only the substitutions in it are run.
      for (const inner of walkSyntax(node))
        if (inner.type === 'command_substitution') visitAll(inner.children, walk, { scope: place.scope, pipedFrom: undefined });
      return;
    default:
      visitAll(node.children, walk, keepsPipe(node) ? place : { ...place, pipedFrom: undefined });
  }
}

/** `#!/bin/bash -eu` sets what `set -eu` does. */
function addShebang({ path, text, lines, draft }: Walk): void {
  const match = /^#!\s*\S*\/(?:env\s+(?:-S\s+)?)?(?:ba|z|k|da)?sh((?:\s+-\S+)+)/.exec(text);
  if (match === null) return;
  const options = (match[1] ?? '').trim().split(/\s+/);
  const words = ['set', ...options].map((word) => ({ source: word, text: word, expansions: [], dynamic: false }));
  const written = words.map((word) => word.text).join(' ');
  draft.tokens.push({ text: match[0], line: 1 });
  draft.commands.push({ name: 'set', words, written, key: `${path}: ${written}`, range: lines.rangeOf(0, match[0].length), scope: '' });
}

/** `a || b`: `b` is what happens instead. `a && b`: `b` happens where `a` succeeded. `false && a` never runs. */
function visitList(node: SyntaxNode, walk: Walk, place: Place): void {
  const [left, operator, right] = node.children.filter((child) => child.type !== 'comment');
  if (left === undefined || operator === undefined || right === undefined) {
    visitAll(node.children, walk, place);
    return;
  }
  visit(left, walk, place);
  const never = operator.type === '&&' ? isAlways('false', left, walk) : isAlways('true', left, walk);
  if (never) return;
  const asked = collapse(walk.text.slice(left.start, left.end));
  const decides = operator.type === '||' ? { rescues: asked, requires: undefined } : { rescues: undefined, requires: asked };
  visit(right, walk, { ...place, ...decides });
}

/** What stands under `if false` is as good as a comment; what stands in its `else` is not. */
function visitIf(node: SyntaxNode, walk: Walk, place: Place): void {
  const condition = node.children.find((child) => child.field === 'condition');
  const dead = condition !== undefined && isAlways('false', condition, walk);
  const then = node.children.findIndex((child) => child.type === 'then');
  const asked = condition === undefined ? '' : collapse(walk.text.slice(condition.start, condition.end)).replace(/(?<![;\s])[;\s]+$/, '');
  const negated = asked.startsWith('! ') ? asked.slice(2) : undefined;
  for (const [at, child] of node.children.entries()) {
    const inBranch = at > then && then >= 0 && child.type !== 'else_clause' && child.type !== 'elif_clause';
    const failed = inBranch ? negated : child.type === 'else_clause' && negated === undefined && asked !== '' ? asked : undefined;
    const requires = inBranch && negated === undefined && asked !== '' ? { requires: asked } : {};
    if (!(dead && inBranch))
      visit(child, walk, { ...place, pipedFrom: undefined, ...requires, ...(failed === undefined ? {} : { unless: failed }) });
  }
}

function isAlways(answer: 'true' | 'false', node: SyntaxNode, { text }: Walk): boolean {
  const said = collapse(text.slice(node.start, node.end)).replace(/(?<![;\s])[;\s]+$/, '');
  return answer === 'false' ? /^(false|\[\[? (0 = 1|0 -eq 1|1 -eq 0|1 = 0|"" ) ?\]\]?|\(\( 0 \)\))$/.test(said) : /^(true|:)$/.test(said);
}

function visitAll(nodes: readonly SyntaxNode[], walk: Walk, place: Place): void {
  for (const node of nodes) visit(node, walk, place);
}

/** What stands in braces or parentheses reads the pipe that feeds it. */
function keepsPipe(node: SyntaxNode): boolean {
  return node.type === 'subshell' || node.type === 'compound_statement' || node.type === 'while_statement' || node.type === 'do_group';
}

function visitFunction(node: SyntaxNode, walk: Walk, place: Place): void {
  const name = node.children.find((child) => child.field === 'name');
  const inner = name === undefined ? '' : walk.text.slice(name.start, name.end);
  const scope = place.scope === '' ? inner : `${place.scope}.${inner}`;
  walk.draft.scopes.push({ name: scope, startLine: walk.lines.lineAt(node.start), endLine: walk.lines.lineAt(node.end) });
  for (const child of node.children) if (child !== name) visit(child, walk, { scope, pipedFrom: undefined });
}

function visitPipeline(node: SyntaxNode, walk: Walk, place: Place): void {
  let pipedFrom = place.pipedFrom;
  for (const child of node.children) {
    if (!child.named) continue;
    visit(child, walk, { ...place, pipedFrom });
    const last = lastProgram(child, walk.text);
    // What only passes a download on is not where it came from.
    if (!(PASSES_ON.test(last) && pipedFrom !== undefined)) pipedFrom = last;
  }
}

const PASSES_ON = /^(tee|gunzip|zcat|gzip|xz|bunzip2|base64|sed|tr|head|tail|cat|openssl|pv|envsubst)$/;

/** The grammar hangs what follows a here-doc's start (`cat <<EOF | sh`) below the redirect. */
function visitRedirected(node: SyntaxNode, walk: Walk, place: Place): void {
  const body = node.children.find((child) => child.field === 'body');
  if (body !== undefined) visit(body, walk, place);
  for (const child of node.children) {
    if (child === body) continue;
    if (child.type !== 'heredoc_redirect') {
      visit(child, walk, { ...place, pipedFrom: undefined });
      continue;
    }
    const from = body === undefined ? undefined : lastProgram(body, walk.text);
    for (const part of child.children) {
      if (part.type === 'heredoc_body' && from !== undefined) includeFacts(walk.draft, embedHeredoc(from, part, walk, place.scope));
      visit(part, walk, { ...place, pipedFrom: part.type === 'pipeline' ? from : undefined });
    }
  }
}

function lastProgram(node: SyntaxNode, text: string): string {
  if (node.type === 'command') return programName(unwrap(wordsOf(node, text)));
  for (let at = node.children.length - 1; at >= 0; at--) {
    const child = node.children[at];
    const found = child?.named === true ? lastProgram(child, text) : '';
    if (found !== '') return found;
  }
  return '';
}

function visitCommand(node: SyntaxNode, walk: Walk, place: Place): void {
  const words = withDefined(wordsOf(node, walk.text), walk.defined, node.start);
  for (const child of node.children) if (child.type === 'variable_assignment') addAssignment(child, walk, place.scope);
  if (words.length > 0) addCommand(node, words, walk, place);
  for (const child of node.children) visitNested(child, walk, place);
}

/** Substitutions inside a word run commands of their own. */
function visitNested(node: SyntaxNode, walk: Walk, place: Place): void {
  const stack = [node];
  for (let inner = stack.pop(); inner !== undefined; inner = stack.pop()) {
    if (inner.type === 'command_substitution' || inner.type === 'process_substitution')
      visitAll(inner.children, walk, { scope: place.scope, pipedFrom: undefined });
    else stack.push(...inner.children);
  }
}

function wordsOf(node: SyntaxNode, text: string): ShellWord[] {
  if (node.type === 'test_command') return [...testWords(node, text)];
  const found: { readonly word: ShellWord; readonly end: number }[] = [];
  for (const child of node.children) {
    if (child.type !== 'command_name' && child.field !== 'argument' && !(node.type === 'declaration_command' && child.type !== 'comment'))
      continue;
    const word = readWord(child.type === 'command_name' ? (child.children[0] ?? child) : child, text);
    const last = found.at(-1);
    // The grammar cuts `"$A"/$b/c` behind the second dollar sign; without white space between it is one word.
    if (last?.end === child.start && last.word.source.endsWith('$')) found.splice(-1, 1, { word: joined(last.word, word), end: child.end });
    else found.push({ word, end: child.end });
  }
  return found.map(({ word }) => word);
}

function joined(one: ShellWord, other: ShellWord): ShellWord {
  const name = /^\w+/.exec(other.source)?.[0];
  return {
    source: one.source + other.source,
    text: one.text + other.text,
    expansions: [...one.expansions, ...(name === undefined ? [] : [{ name, guarded: false }]), ...other.expansions],
    dynamic: one.dynamic || other.dynamic,
  };
}

function* testWords(node: SyntaxNode, text: string): Generator<ShellWord> {
  const whole = new Set([
    'word',
    'string',
    'raw_string',
    'simple_expansion',
    'expansion',
    'concatenation',
    'test_operator',
    'number',
    'command_substitution',
    'regex',
  ]);
  const stack = [node];
  for (let inner = stack.pop(); inner !== undefined; inner = stack.pop()) {
    if (whole.has(inner.type) || inner.children.length === 0) yield readWord(inner, text);
    else for (let at = inner.children.length - 1; at >= 0; at--) stack.push(...inner.children.slice(at, at + 1));
  }
}

function addCommand(node: SyntaxNode, written: readonly ShellWord[], walk: Walk, place: Place): void {
  const words = unwrap(written);
  const name = programName(words);
  const nodes = node.children.filter((child) => child.type !== 'variable_assignment' || node.type === 'declaration_command');
  const start = nodes[0]?.start ?? node.start;
  const end = nodes.at(-1)?.end ?? node.end;
  const piped = place.pipedFrom;
  const environment = node.type === 'command' ? node.children.filter((child) => child.type === 'variable_assignment') : [];
  const assigned = environment.map((child) => `${collapse(walk.text.slice(child.start, child.end))} `).join('');
  const text = assigned + written.map((word) => collapse(word.source)).join(' ');
  const command: Command = {
    name,
    words,
    written: text,
    range: walk.lines.rangeOf(start, end),
    key: `${keyPrefix(name, text, walk, place)}${text}`,
    scope: place.scope,
    ...(piped === undefined ? {} : { pipedFrom: piped }),
    ...(place.rescues === undefined ? {} : { rescues: place.rescues }),
    ...(place.requires === undefined ? {} : { requires: place.requires }),
    ...(place.unless === undefined ? {} : { unless: place.unless }),
    ...(place.subshell === true ? { subshell: true as const } : {}),
  };
  walk.draft.commands.push(command);
  includeFacts(walk.draft, embedArguments(command, node, walk));
}

/** What makes the same words another command: the pipe that feeds it, what it excuses, and what a `set` holds for. */
function keyPrefix(name: string, text: string, { path }: Walk, { pipedFrom, rescues, unless, subshell }: Place): string {
  const piped = pipedFrom === undefined ? '' : `${pipedFrom} | `;
  // `set -e` guards the script it stands in, so the same words in another script are another guard.
  const set = name === 'set' ? `${path}: ${subshell === true ? '( ' : ''}` : '';
  const excuse = rescues !== undefined && /^(true|:|echo|printf|exit 0|return 0|return|exit)\b|^:$/.test(text) ? `${rescues} || ` : '';
  const branch = unless !== undefined && /^(exit|return)\b/.test(text) ? `! ${unless} ` : '';
  return piped + set + excuse + branch;
}

function addAssignment(node: SyntaxNode, walk: Walk, scope: string): void {
  const name = node.children.find((child) => child.field === 'name');
  const value = node.children.find((child) => child.field === 'value');
  if (name === undefined) return;
  const variable = walk.text.slice(name.start, name.end);
  const text = value === undefined ? '' : readWord(value, walk.text).text;
  walk.draft.settings.push({
    path: [variable],
    value: text,
    resource: '',
    range: walk.lines.rangeOf(node.start, node.end),
    key: `${variable}=${collapse(text)}`,
    scope,
  });
}
