import type { FactsDraft } from '../facts-draft.ts';
import type { LineIndex } from '../positions.ts';
import type { Declaration, ProtoFile } from './declarations.ts';

/** Facts of what a file declares; `word` begins their keys. */
export function describeSchema(file: ProtoFile, word: string, lines: LineIndex, draft: FactsDraft): void {
  for (const declaration of file.declarations) {
    const key = keyOf(word, file.package, declaration);
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

function keyOf(word: string, packageName: string, { kind, name: own, says }: Declaration): string {
  const details = Object.entries(says).map(([name, value]) => ` ${name}=${value}`);
  return `${word} ${kind} ${packageName} ${own}${details.join('')}`;
}
