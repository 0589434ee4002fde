import type { CodeToken } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { LONGEST_LINE } from '../bundles.ts';
import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';
import { findSyntaxError, type Grammar, loadGrammar, readSyntax, type SyntaxNode } from '../tree-sitter.ts';
import { readCall } from './calls.ts';
import { readCondition } from './conditions.ts';
import { deadLines, livingParts } from './dead-code.ts';
import { type Declarations, declarationsIn } from './declarations.ts';
import { readEmbedded } from './embedded.ts';
import { readGuard } from './guards.ts';
import { readHandler } from './handlers.ts';
import { graphOf } from './import-graph.ts';
import { readLoop } from './loops.ts';
import { readOption } from './options.ts';
import { join, type Place } from './place.ts';
import { reachByName } from './reach.ts';
import { type CodeGrammar, shapesOf } from './shapes.ts';
import { readShell } from './shell-calls.ts';
import { usesByName } from './symbol-uses.ts';
import { readSymbol } from './symbols.ts';
import { codeTokens } from './tokens.ts';
import { type View, viewOf } from './view.ts';

/** Makes a language of a grammar's record; see shapes.ts for how one plugs in. */
export function codeLanguage(grammar: CodeGrammar): Language {
  let loaded: Grammar | undefined;
  const declarations = (path: RepoPath, text: string): Declarations | undefined => {
    try {
      return loaded === undefined ? undefined : declarationsIn(grammar, loaded, path, text);
    } catch {
      // The file's own facts say so as a blind spot.
      return undefined;
    }
  };
  const reach = grammar.reach === undefined ? undefined : { ...grammar.reach, declarations };
  return {
    id: grammar.id,
    embeds: ['sql', 'shell'],
    longestLine: LONGEST_LINE,
    owns: grammar.owns,
    async prepare(readAsset) {
      loaded = await loadGrammar(grammar.asset, readAsset);
    },
    facts(path, text, embed) {
      const draft: FactsDraft = { ...draftFacts(grammar.id), text };
      if (loaded === undefined) {
        draft.blindSpots.push({ reason: 'grammar-missing', detail: grammar.asset });
        return draft;
      }
      readSyntax(loaded, text, draft, (root) => readCode(grammar, path, text, root, { draft, embed }));
      return draft;
    },
    ...(reach === undefined
      ? {}
      : {
          reach: (tree, path, symbol, precision) => reachByName(reach, tree, path, symbol, precision),
          uses: (tree, path, symbol) => usesByName(reach, tree, path, symbol),
          links: (tree) => graphOf(reach.modules, tree),
        }),
  };
}

/** Reads every fact of one parsed file into a draft. */
export function readCode(
  grammar: CodeGrammar,
  path: RepoPath,
  text: string,
  root: SyntaxNode,
  { draft, embed }: { readonly draft: FactsDraft; readonly embed: Embed },
): void {
  const view = viewOf(grammar, path, text, root);
  const dead = walk(view, root, draft, embed);
  const error = findSyntaxError(root);
  const runs = ({ line }: CodeToken): boolean => !dead.some(([first, last]) => first <= line && line <= last);
  // What the grammar skipped is in no token, and may be all that changed.
  if (error === undefined) for (const token of codeTokens(view, root).filter(runs)) draft.tokens.push(token);
  else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${view.lines.lineAt(error)}` });
}

interface Visit {
  readonly node: SyntaxNode;
  readonly scope: string;
  readonly inFunction: boolean;
  /** Calls that this node stands in. */
  readonly depth: number;
}

/**
 * Nobody writes calls in calls, or links of a chain, as deep as this. Each holds all of those inside it, so that what is said of
 * one grows with the depth, and what compares them with its square.
 */
const DEEPEST_CALL = 1_000;
/** Nor are all calls that stand in others together as long as this, in characters: a file of a megabyte has some five of them. */
const MOST_CALLED = 16_000_000;

/**
 * One walk, parents before children, every node shown to its readers; gives back the lines of what never runs. Iterative: the depth is
 * the file's to choose.
 */
function walk(view: View, root: SyntaxNode, draft: FactsDraft, embed: Embed): readonly (readonly [number, number])[] {
  const { grammar } = view;
  const taken = new Set<SyntaxNode>();
  const stack: Visit[] = [{ node: root, scope: '', inFunction: false, depth: 0 }];
  const dead: (readonly [number, number])[] = [];
  let isTooDeep = false;
  let room = MOST_CALLED;
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) {
    const { node, scope, inFunction, depth } = visit;
    const [name] = shapesOf(grammar.names, node, view);
    const inside = name === undefined ? scope : join(scope, name);
    if (name !== undefined) {
      const { start, end } = view.range(node);
      const isTest = grammar.isTest?.(node, view) === true ? { isTest: true as const } : {};
      draft.scopes.push({ name: inside, startLine: start.line, endLine: end.line, ...isTest });
    }
    const calls = shapesOf(grammar.calls, node, view);
    if (calls.length > 0 && depth > 0) room -= node.end - node.start;
    if (room < 0) continue;
    // A call that names what stands in it, a route with its handler, stands outside itself.
    const place: Place = { view, draft, embed, taken, scope: calls.length > 0 ? scope : inside };
    for (const shape of calls) {
      readCall(place, node, shape);
      readShell(place, node, shape);
    }
    if (depth > DEEPEST_CALL) {
      isTooDeep = true;
      continue;
    }
    for (const shape of shapesOf(grammar.guards, node, view)) readGuard(place, node, shape);
    readCondition(place, node);
    for (const shape of shapesOf(grammar.loops, node, view)) readLoop(place, node, shape);
    for (const shape of shapesOf(grammar.handlers, node, view)) readHandler(place, node, shape);
    for (const shape of shapesOf(grammar.options, node, view)) readOption(place, node, shape);
    if (!inFunction) for (const shape of shapesOf(grammar.symbols, node, view)) readSymbol(place, scope, shape);
    readEmbedded(place, node);
    const within = inFunction || grammar.syntax.functions.has(node.type);
    const parts = livingParts(view, node);
    dead.push(...deadLines(view, node, parts));
    for (let at = parts.length - 1; at >= 0; at -= 1) {
      const child = parts[at];
      if (child !== undefined) stack.push({ node: child, scope: inside, inFunction: within, depth: depth + (calls.length > 0 ? 1 : 0) });
    }
  }
  if (room < 0) draft.blindSpots.push({ reason: 'too-complex', detail: 'calls in calls longer than 16 MB together' });
  if (isTooDeep) draft.blindSpots.push({ reason: 'too-complex', detail: `calls deeper than ${DEEPEST_CALL} levels` });
  return dead;
}
