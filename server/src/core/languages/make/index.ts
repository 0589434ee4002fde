import type { RepoPath } from '../../model/tree.ts';
import { LONGEST_LINE } from '../bundles.ts';
import { collapse, draftFacts, type FactsDraft, includeFacts } from '../facts-draft.ts';
import type { Embed, EmbeddedLine, Language, ReadAsset } from '../language.ts';
import { indexLines, type LineIndex, linesBetween } from '../positions.ts';
import { nameProgramsOf } from '../shell/named-programs.ts';
import { findSyntaxError, type Grammar, loadGrammar, readSyntax, type SyntaxNode } from '../tree-sitter.ts';

let grammar: Grammar | undefined;

/**
 * Makefiles by the tree-sitter grammar for make. Variables are settings; a target is a scope, and its recipe is shell in
 * which `$(NAME)` stands as the variable it is. A `define` is text until a recipe calls it, and shell of that recipe then.
 */
const language: Language = {
  id: 'make',
  longestLine: LONGEST_LINE,
  embeds: ['shell', 'sql'],
  owns: (path) => /(^|\/)(GNUm|M|m)akefile([._-][^/]*)?$|\.(mk|mak|make)$/.test(path),
  async prepare(readAsset: ReadAsset) {
    grammar = await loadGrammar('tree-sitter-make.wasm', readAsset);
  },
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('make');
    if (grammar === undefined) {
      draft.blindSpots.push({ reason: 'grammar-missing', detail: 'tree-sitter-make.wasm' });
      return draft;
    }
    readSyntax(grammar, text.endsWith('\n') ? text : `${text}\n`, draft, (root) => {
      const lines = indexLines(text);
      visit(root, { path, text, lines, embed, draft, defined: definedIn(root, text) });
      nameProgramsOf(draft);
      const error = findSyntaxError(root);
      if (error !== undefined) draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error)}` });
      else for (const [at, line] of text.split('\n').entries()) addToken(line, at + 1, draft);
    });
    return draft;
  },
};

export default language;

interface Walk {
  readonly path: RepoPath;
  readonly text: string;
  readonly lines: LineIndex;
  readonly embed: Embed;
  readonly draft: FactsDraft;
  /** Bodies of `define`, by their names. */
  readonly defined: ReadonlyMap<string, SyntaxNode>;
}

function visit(node: SyntaxNode, walk: Walk): void {
  switch (node.type) {
    case 'variable_assignment':
      addVariable(node, walk);
      return;
    case 'rule':
      addRule(node, walk);
      return;
    case 'comment':
    case 'define_directive':
      return;
    default:
      for (const child of node.children) visit(child, walk);
  }
}

function addVariable(node: SyntaxNode, { text, lines, draft }: Walk): void {
  const [name, operator] = node.children;
  const value = node.children.at(-1);
  if (name === undefined) return;
  const variable = text.slice(name.start, name.end).trim();
  // A remark behind a value is no part of it.
  const held =
    value === undefined || value === operator || value === name
      ? ''
      : text
          .slice(value.start, value.end)
          .replace(/\s#.*$/s, '')
          .trim();
  draft.settings.push({
    path: [variable],
    value: held,
    resource: '',
    range: lines.rangeOf(node.start, Math.max(name.end, (value?.start ?? 0) + held.length)),
    key: `${variable}=${collapse(held)}`,
    scope: '',
  });
}

function addRule(node: SyntaxNode, walk: Walk): void {
  const { text, lines, draft, embed } = walk;
  const targets = node.children.find((child) => child.type === 'targets');
  const scope = targets === undefined ? '' : collapse(text.slice(targets.start, targets.end)).replaceAll('.', '_');
  const recipes = node.children.filter((child) => child.type === 'recipe');
  const last = recipes.at(-1);
  if (targets !== undefined && !scope.startsWith('_'))
    draft.scopes.push({
      name: scope,
      startLine: lines.lineAt(targets.start),
      endLine: lines.lineAt(Math.max(targets.start, (last?.end ?? node.end) - 1)),
    });
  for (const recipe of recipes) {
    for (const child of recipe.children) {
      // Each line has a shell of its own.
      if (child.type === 'recipe_line')
        for (const line of [child, ...calledBy(child, walk)]) includeFacts(draft, embed('shell', recipeLines(line, walk), scope));
      else if (child.type !== 'comment') visit(child, walk);
    }
  }
}

type Stretch = Pick<SyntaxNode, 'start' | 'end'>;

function definedIn(root: SyntaxNode, text: string): ReadonlyMap<string, SyntaxNode> {
  const found = new Map<string, SyntaxNode>();
  for (const node of root.children) {
    const name = node.type === 'define_directive' ? node.children.find(({ field }) => field === 'name') : undefined;
    const body = node.children.find(({ field }) => field === 'value');
    if (name !== undefined && body !== undefined) found.set(text.slice(name.start, name.end).trim(), body);
  }
  return found;
}

/** The commands of the `define` that a line of a recipe is: `$(ask)`, `@$(call ask,orders)`; one that is continued is one command. */
function calledBy({ start, end }: Stretch, { text, defined }: Walk): readonly Stretch[] {
  const [, name = ''] = /^[\s@+-]*\$\((?:call\s+)?([\w.-]+)(?:,[^()]*)?\)\s*$/.exec(text.slice(start, end)) ?? [];
  const body = defined.get(name);
  if (body === undefined) return [];
  const found: Stretch[] = [];
  let from = body.start;
  for (let at = body.start; at <= body.end; at++) {
    if (at < body.end && (text[at] !== '\n' || text[at - 1] === '\\')) continue;
    if (text.slice(from, at).trim() !== '') found.push({ start: from, end: at });
    from = at + 1;
  }
  return found;
}

/** The lines of one command. `@`, `-` and `+` before it are make's own, and spaces keep the places behind them true. */
function recipeLines(node: Stretch, { text, lines }: Walk): readonly EmbeddedLine[] {
  const end = node.end > node.start && text[node.end - 1] === '\n' ? node.end - 1 : node.end;
  const source = linesBetween(text, node.start, end, lines);
  const marks = /^[\s@+-]+/.exec(source[0]?.text ?? '')?.[0] ?? '';
  return source.map((line, at) => {
    const body = asShell(at === 0 ? ' '.repeat(marks.length) + line.text.slice(marks.length) : line.text);
    // A dash before a command says what `|| true` says behind it.
    return { ...line, text: marks.includes('-') && at === source.length - 1 ? `${body} || true` : body };
  });
}

/**
 * `$(NAME)` is `${NAME}` to a shell and as long; `$$` is one dollar sign, so what stands behind it on its line is told one
 * character too early. A function call of make is a value that nobody knows here.
 */
function asShell(line: string): string {
  return line
    .replace(/\$\(([A-Za-z_][\w.-]*)\)/g, (_, name: string) => `\${${name.replace(/[^A-Za-z0-9_]/g, '_')}}`)
    .replace(/\$\((?!\()[^()$]*\)/g, (call) => `$_${call.slice(2, -1).replace(/[^A-Za-z0-9]/g, '_')}_`)
    .replace(/\$\$/g, '$');
}

function addToken(line: string, number: number, draft: FactsDraft): void {
  const recipe = line.startsWith('\t');
  const code = collapse(recipe ? line.replace(/\s#\s.*$/, '') : line.replace(/(^|\s)#.*$/, ''));
  if (code !== '' && !code.startsWith('#')) draft.tokens.push({ text: recipe ? `\t${code}` : code, line: number });
}
