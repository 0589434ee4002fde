import type { SourceFacts } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import { isBundle } from '../bundles.ts';
import { draftFacts } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';
import { unreadBecause } from '../unread.ts';
import { type Compiler, compiler, loadCompiler } from './compiler.ts';
import { linksOf } from './references/links.ts';
import { reachOfSymbol, usesOfSymbol } from './references/reach.ts';
import { emptySink } from './sink.ts';
import { readSymbols } from './symbols.ts';
import { parseSource, type View, viewOf } from './view.ts';
import { walk } from './walk.ts';

const OWNED = /\.[cm]?[jt]sx?$/;

/** TypeScript and JavaScript, by the compiler's own syntax tree; types are asked only for reach. */
const language: Language = {
  id: 'typescript',
  owns: (path) => OWNED.test(path),
  embeds: ['sql'],
  prepare: loadCompiler,
  facts: readSafely,
  reach: reachOfSymbol,
  uses: usesOfSymbol,
  links: linksOf,
};

export default language;

/** The depth of a syntax tree is the file's to choose, and a walk may run out of stack: that file is a blind spot. */
function readSafely(path: RepoPath, text: string, embed: Embed): SourceFacts {
  const ts = compiler();
  if (ts === undefined) return { ...draftFacts('typescript'), blindSpots: [{ reason: 'grammar-missing', detail: 'typescript' }] };
  if (isBundle(text)) return { ...draftFacts('typescript'), blindSpots: [{ reason: 'generated', detail: 'minified' }] };
  try {
    return readFile(ts, path, text, embed);
  } catch (error) {
    const [detail = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { ...draftFacts('typescript'), blindSpots: [unreadBecause(error, detail)] };
  }
}

function readFile(ts: Compiler, path: RepoPath, text: string, embed: Embed): SourceFacts {
  const view = viewOf(ts, parseSource(ts, path, text));
  const sink = emptySink();
  readSymbols(view, sink);
  walk(view, sink, embed);
  const { embedded, scopes, symbols, calls, loops, guards, conditions, handlers, options, resources, settings } = sink;
  return {
    ...draftFacts('typescript'),
    commands: embedded.flatMap((part) => part.commands),
    statements: embedded.flatMap((part) => part.statements),
    symbols,
    calls,
    loops,
    guards,
    conditions,
    handlers,
    options,
    resources,
    settings,
    scopes,
    tokens: view.tokens.map((token) => ({ text: token.text, line: view.range(token.start, token.start).start.line })),
    blindSpots: [...syntaxErrors(view), ...embedded.flatMap((part) => part.blindSpots.filter((spot) => spot.reason === 'grammar-missing'))],
  };
}

/** The parser goes on after an error, so facts still come; what it skipped may hold more, which is said once. */
function syntaxErrors(view: View): SourceFacts['blindSpots'] {
  // `parseDiagnostics` is filled by the parser and not part of the declared type of a source file.
  const { parseDiagnostics } = view.source as unknown as { readonly parseDiagnostics?: readonly { readonly start: number }[] };
  const [first] = parseDiagnostics ?? [];
  if (first === undefined) return [];
  return [{ reason: 'parse-error', detail: `line ${view.range(first.start, first.start).start.line}` }];
}
