import type { CodeLens, CodeLensParams } from 'vscode-languageserver/node';
import type { Context } from '../context.ts';

/** Answers at once, from the newest answer there is: lenses keep their place until the next one (experience R6). */
export function codeLens({ loop, publisher }: Context, params: CodeLensParams): CodeLens[] {
  return publisher.lenses(loop.folders, loop.documents, loop.settings, params.textDocument.uri);
}
