import type { CodeAction, CodeActionParams } from 'vscode-languageserver/node';
import { endLine, startLine } from '../../../core/place.ts';
import type { Context } from '../context.ts';
import { folderOf, hunksOf } from '../find-hunk.ts';
import { hunkIdOf } from '../from-lsp.ts';
import { toCodeActions } from '../to-lsp.ts';

export function codeAction({ loop }: Context, { textDocument, range, context }: CodeActionParams): CodeAction[] {
  const answer = folderOf(loop.folders, textDocument.uri)?.answer;
  if (answer === undefined) return [];
  const hunks = hunksOf(answer, textDocument.uri).filter(
    (hunk) => startLine(hunk) - 1 <= range.end.line && range.start.line <= endLine(hunk) - 1,
  );
  const wanted = context.only;
  return hunks
    .flatMap((hunk) =>
      toCodeActions(
        answer,
        hunk,
        textDocument.uri,
        context.diagnostics.filter((diagnostic) => hunkIdOf(diagnostic) === hunk.id),
      ),
    )
    .filter(({ kind = '' }) => wanted === undefined || wanted.some((only) => kind === only || kind.startsWith(`${only}.`)));
}
