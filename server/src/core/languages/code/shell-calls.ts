import { includeFacts } from '../facts-draft.ts';
import type { EmbeddedLine } from '../language.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { calleeOf } from './calls.ts';
import { named } from './nodes.ts';
import type { Place } from './place.ts';
import type { CallShape } from './shapes.ts';
import { isPieced, linesOf, piecesOf, textOf } from './strings.ts';
import type { View } from './view.ts';

/** Calls that run what their first argument says: one line for a shell, or a list of words. */
const RUNS =
  /^(os\.(system|popen)|subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)|asyncio\.create_subprocess_(shell|exec)|(c|ctx|conn|connection)\.(run|sudo|local)|exec\.Command(Context)?|Runtime\.getRuntime\(\)\.exec|(new )?ProcessBuilder)$/;

/** Programs that a call starts are commands, as if a script had run them. */
export function readShell({ view, draft, embed, scope }: Place, _node: SyntaxNode, shape: CallShape): void {
  if (shape.kind === 'decorator' || !RUNS.test(calleeOf(view, shape))) return;
  const lines = commandLines(view, shape);
  if (lines.length > 0) includeFacts(draft, embed('shell', lines, scope));
}

function commandLines(view: View, shape: CallShape): readonly EmbeddedLine[] {
  const [first, second] = shape.args;
  if (first === undefined) return [];
  const isContext = /CommandContext$/.test(calleeOf(view, shape));
  const program = isContext ? second : first;
  if (program === undefined) return [];
  if (view.grammar.syntax.built.has(program.type)) return wordLines(view, elementsOf(view, program));
  if (!isPieced(view, program)) return [];
  // `exec.Command("rm", "-rf", dir)` names the program and its words one by one.
  const takesWords = /^exec\.|_exec$|ProcessBuilder$/.test(calleeOf(view, shape));
  return takesWords ? wordLines(view, shape.args.slice(isContext ? 1 : 0)) : linesOf(view, piecesOf(view, program));
}

/** One word a line, so that each keeps its place. */
function wordLines(view: View, words: readonly SyntaxNode[]): readonly EmbeddedLine[] {
  return words.map((word, index) => {
    const { line, character } = view.lines.positionAt(word.start);
    const text = view.grammar.syntax.strings.has(word.type)
      ? quoteWord(textOf(view, word))
      : 'p'.repeat(Math.max(1, word.end - word.start));
    return { text: index < words.length - 1 ? `${text} \\` : text, line, character };
  });
}

function elementsOf(view: View, list: SyntaxNode): readonly SyntaxNode[] {
  let parts = named(list);
  // A typed literal keeps its elements one or two deeper: `[]string{"a"}`.
  for (let depth = 0; depth < 3 && parts.length > 0 && !parts.some((part) => view.grammar.syntax.strings.has(part.type)); depth += 1)
    parts = parts.flatMap((part) => named(part));
  return parts.map((part) => (part.children.length > 0 && !view.grammar.syntax.strings.has(part.type) ? (named(part)[0] ?? part) : part));
}

function quoteWord(text: string): string {
  const flat = text.replaceAll('\n', ' ');
  return /^[\w@%+=:,./~*-]+$/.test(flat) ? flat : `'${flat.replaceAll("'", '"')}'`;
}
