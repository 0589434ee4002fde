import { fillsCondition, placeholder } from '../embedded-text.ts';
import type { EmbeddedLine } from '../language.ts';
import type { SyntaxNode } from '../tree-sitter.ts';
import { type Fillers, shapesOf } from './shapes.ts';
import type { View } from './view.ts';

/** One end piece of a string that is taken together: a literal, or a value that is filled in. */
export interface Piece {
  readonly node: SyntaxNode;
  readonly isString: boolean;
  readonly fillers: Fillers | undefined;
}

/**
 * Cuts a value into its end pieces, in order; every node on the way goes into `taken`, so that no part is read again.
 * Iterative, for a chain of `+` nests as deep as it is long.
 */
export function piecesOf(view: View, node: SyntaxNode, taken?: Set<SyntaxNode>): readonly Piece[] {
  const { syntax, pieces, fillers } = view.grammar;
  const found: Piece[] = [];
  const stack: { readonly node: SyntaxNode; readonly fillers: Fillers | undefined }[] = [{ node, fillers: undefined }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const current = at.node;
    taken?.add(current);
    const parts = syntax.parentheses.has(current.type) ? current.children.filter((child) => child.named) : shapesOf(pieces, current, view);
    const lists = parts.flat();
    const own = shapesOf(fillers, current, view)[0] ?? at.fillers;
    if (lists.length === 0) found.push({ node: current, isString: syntax.strings.has(current.type), fillers: own });
    for (let index = lists.length - 1; index >= 0; index -= 1) {
      const part = lists[index];
      if (part !== undefined) stack.push({ node: part, fillers: own });
    }
  }
  return found;
}

/** True for a string, and for what is taken together from pieces. */
export function isPieced(view: View, node: SyntaxNode): boolean {
  return view.grammar.syntax.strings.has(node.type) || shapesOf(view.grammar.pieces, node, view).length > 0;
}

/** The lines of a value as the embedded language would see them; what is filled in becomes words of about equal length. */
export function linesOf(view: View, pieces: readonly Piece[]): readonly EmbeddedLine[] {
  let before = '';
  return pieces.flatMap((piece) => {
    const { start, end } = piece.node;
    const [offset, raw, text] = piece.isString
      ? contentOf(view, piece)
      : [start, view.source.slice(start, end), fill(view.text(piece.node), view.source.slice(start, end), before)];
    before = text;
    return split(view, offset, raw, text);
  });
}

const DELIMITERS = /^[A-Za-z]{0,3}(#*)("""|'''|["'`])/;

/** Text between the quotes of a string, and where it starts. */
export function textOf(view: View, node: SyntaxNode): string {
  return contentOf(view, { node, isString: true, fillers: undefined })[2];
}

/** Offset, source and reading of what stands between the quotes of a string. */
function contentOf(view: View, { node, fillers }: Piece): readonly [number, string, string] {
  const whole = view.source.slice(node.start, node.end);
  const open = DELIMITERS.exec(whole);
  const from = open?.[0].length ?? 0;
  const closing = (open?.[2]?.length ?? 0) + (open?.[1]?.length ?? 0);
  const raw = whole.slice(from, Math.max(from, whole.length - closing));
  const isRaw = open?.[2] === '`' || /^[a-z]*r/i.test(open?.[0] ?? '');
  const holes = node.children.filter((child) => view.grammar.holes?.has(child.type) === true);
  let text = '';
  let at = node.start + from;
  for (const hole of holes) {
    text += read(view.source.slice(at, hole.start), isRaw, fillers, text);
    text += fill(view.source.slice(hole.start + 1, hole.end - 1), view.source.slice(hole.start, hole.end), text);
    at = hole.end;
  }
  text += read(view.source.slice(at, node.start + from + raw.length), isRaw, fillers, text);
  return [node.start + from, raw, text];

  function read(source: string, rawString: boolean, values: Fillers | undefined, before: string): string {
    let index = -1;
    return (rawString ? source : readEscapes(source))
      .replace(
        /%\((\w+)\)[a-z]|\{(\w*)(?:[!:][^{}\n]*)?\}|%[-+#0]?\d*(?:\.\d+)?[sdifvqxtr]/g,
        (hole, percent?: string, brace?: string, offset?: number, all?: string) => {
          index += 1;
          const name = percent ?? brace ?? '';
          const value = Object.hasOwn(values?.named ?? {}, name)
            ? values?.named[name]
            : values?.values[/^\d+$/.test(name) ? Number(name) : index];
          return fill(value === undefined ? name : view.text(value), hole, before + String(all ?? '').slice(0, offset ?? 0));
        },
      )
      .replace(/(?<=[\s(,=<>])\?(?=[\s),;]|$)/g, '0')
      .replace(/(?<=[\s(,=<>]):(?=[A-Za-z_]\w*)/g, 'p');
  }
}

/** A condition takes the room it needs; anything else as much as it had. */
function fill(expression: string, raw: string, before: string): string {
  const breaks = raw.replace(/[^\n]/g, '');
  return fillsCondition(expression, before) && raw.length < 7 ? `where p${breaks}` : placeholder(expression, raw.length, raw, before);
}

/** Escapes become what the embedded language would see of them, at equal length. */
function readEscapes(raw: string): string {
  return raw
    .replace(/\\(['"`])/g, (_, quote: string) => (quote === "'" ? "''" : ` ${quote}`))
    .replace(/\\[nrt]/g, '  ')
    .replace(/\\(?=\r?\n)/g, ' ');
}

/** `raw` says where the lines stand, `text` what they read; both break at the same places. */
function split(view: View, offset: number, raw: string, text: string): readonly EmbeddedLine[] {
  const read = text.split('\n');
  let at = offset;
  return raw.split('\n').map((line, index) => {
    const { line: number, character } = view.lines.positionAt(at);
    at += line.length + 1;
    return { text: read[index] ?? '', line: number, character };
  });
}
