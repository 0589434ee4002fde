import { commands, type Location, Position, Uri } from 'vscode';
import type { EditorReferences, EditorReferencesParams } from '../../server/src/protocol.ts';

/**
 * What the language extension of this editor counts for the symbol at a place; null where it has none for the language, or says
 * nothing. Its own declaration is no dependent.
 */
export async function countEditorReferences({ uri, line, character }: EditorReferencesParams): Promise<EditorReferences | null> {
  const file = Uri.parse(uri);
  const found = await commands.executeCommand<readonly Location[] | undefined>(
    'vscode.executeReferenceProvider',
    file,
    new Position(line, character),
  );
  if (found === undefined || found.length === 0) return null;
  const others = found.filter((place) => place.uri.toString() !== file.toString() || !place.range.contains(new Position(line, character)));
  return { references: others.length, files: new Set(others.map((place) => place.uri.toString())).size };
}
