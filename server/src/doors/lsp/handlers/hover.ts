import type { Hover, HoverParams } from 'vscode-languageserver/node';
import type { Context } from '../context.ts';
import { findHunk, folderOf } from '../find-hunk.ts';
import { toHover } from '../to-lsp.ts';

export function hover({ loop }: Context, { textDocument, position }: HoverParams): Hover | null {
  const answer = folderOf(loop.folders, textDocument.uri)?.answer;
  const hunk = answer === undefined ? undefined : findHunk(answer, { uri: textDocument.uri, line: position.line });
  return answer === undefined || hunk === undefined ? null : toHover(answer, hunk, textDocument.uri);
}
