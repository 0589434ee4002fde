import type { FileFacts, SourceFacts } from '../../model/facts.ts';
import type { RepoPath } from '../../model/tree.ts';
import type { Embed, Language } from '../language.ts';
import { compiler, loadCompiler } from './compiler.ts';
import { reachOfSymbol } from './reach.ts';
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
  facts: readFile,
  reach: reachOfSymbol,
};

export default language;

function readFile(path: RepoPath, text: string, embed: Embed): SourceFacts {
  const ts = compiler();
  if (ts === undefined)
    return {
      ...NOTHING,
      language: 'typescript',
      scopes: [],
      tokens: [],
      blindSpots: [{ reason: 'grammar-missing', detail: 'typescript' }],
    };
  const view = viewOf(ts, parseSource(ts, path, text));
  const sink = emptySink();
  readSymbols(view, sink);
  walk(view, sink, embed);
  const { embedded, scopes, symbols, calls, guards, handlers, options } = sink;
  return {
    ...NOTHING,
    commands: embedded.flatMap((part) => part.commands),
    statements: embedded.flatMap((part) => part.statements),
    symbols,
    calls,
    guards,
    handlers,
    options,
    language: 'typescript',
    scopes,
    tokens: view.tokens.map((token) => ({ text: token.text, line: view.range(token.start, token.start).start.line })),
    blindSpots: [...syntaxErrors(view), ...embedded.flatMap((part) => part.blindSpots.filter((spot) => spot.reason === 'grammar-missing'))],
  };
}

const NOTHING: FileFacts = {
  commands: [],
  statements: [],
  settings: [],
  resources: [],
  calls: [],
  guards: [],
  handlers: [],
  options: [],
  symbols: [],
  dependencies: [],
};

/** The parser goes on after an error, so facts still come; what it skipped may hold more, which is said once. */
function syntaxErrors(view: View): SourceFacts['blindSpots'] {
  // `parseDiagnostics` is filled by the parser and not part of the declared type of a source file.
  const { parseDiagnostics } = view.source as unknown as { readonly parseDiagnostics?: readonly { readonly start: number }[] };
  const [first] = parseDiagnostics ?? [];
  if (first === undefined) return [];
  return [{ reason: 'parse-error', detail: `line ${view.range(first.start, first.start).start.line}` }];
}
