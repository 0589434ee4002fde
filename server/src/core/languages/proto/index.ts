import type { RepoPath } from '../../model/tree.ts';
import { draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines, type LineIndex } from '../positions.ts';
import { createCursor } from './cursor.ts';
import { type Declaration, type ProtoFile, readDeclarations } from './declarations.ts';
import { placeTokens } from './tokens.ts';

/**
 * Protocol buffers. Every message, field, enum, value, reserved range, service and rpc is a resource whose key holds all that
 * a reader of stored bytes leans on (number, type, label), and its settings say the same one by one.
 */
const language: Language = {
  id: 'proto',
  owns: (path) => /\.proto$/i.test(path),
  facts(_path: RepoPath, text: string) {
    const draft = draftFacts('proto');
    const lines = indexLines(text);
    const { tokens, stoppedAt } = placeTokens(text);
    const cursor = createCursor(tokens, text.length);
    describe(readDeclarations(cursor), lines, draft);
    const error = cursor.failedAt ?? stoppedAt;
    // What was not understood is in no token, and may be all that changed.
    if (error === undefined) draft.tokens.push(...tokens.map((token) => ({ text: token.text, line: lines.lineAt(token.start) })));
    else draft.blindSpots.push({ reason: 'parse-error', detail: `line ${lines.lineAt(error)}` });
    return draft;
  },
};

export default language;

function describe(file: ProtoFile, lines: LineIndex, draft: FactsDraft): void {
  for (const declaration of file.declarations) {
    const key = keyOf(file.package, declaration);
    const range = lines.rangeOf(declaration.start, declaration.end);
    const holds = declaration.blockEnd !== undefined;
    const scope = holds ? declaration.name : declaration.owner;
    draft.resources.push({ type: declaration.kind, name: declaration.name, key, range, scope });
    if (declaration.blockEnd !== undefined)
      draft.scopes.push({
        name: declaration.name,
        startLine: lines.lineAt(declaration.start),
        endLine: lines.lineAt(Math.max(declaration.start, declaration.blockEnd - 1)),
      });
    for (const [name, value] of Object.entries({ package: file.package, ...declaration.says }))
      draft.settings.push({ path: [name], value, resource: key, range, key: `${key} ${name} = ${value}`, scope });
  }
}

function keyOf(packageName: string, { kind, name, says }: Declaration): string {
  const details = Object.entries(says).map(([word, value]) => ` ${word}=${value}`);
  return `proto ${kind} ${packageName} ${name}${details.join('')}`;
}
