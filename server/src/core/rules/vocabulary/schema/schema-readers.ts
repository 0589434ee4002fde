import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { RelatedLocation } from '../../../model/finding.ts';
import type { RepoPath, Tree } from '../../../model/tree.ts';
import { tokensOn } from '../code/code-text.ts';
import { MIGRATIONS, nameForms } from './schema-lookup.ts';
import { SCHEMA_READERS } from './sql-context.ts';

/** Files of a tree whose code still names a column or a table, in each form it may be written. Migrations are history and read nothing. */
export function readersOf(names: readonly string[], tree: Tree, path: RepoPath): readonly RelatedLocation[] {
  const readers = new Map<RepoPath, RelatedLocation>();
  for (const name of names) {
    if (isCommonWord(name)) continue;
    for (const word of nameForms(name)) {
      for (const file of tree.mentioning(word, SCHEMA_READERS)) {
        if (file === path || MIGRATIONS.test(file) || readers.has(file)) continue;
        readers.set(file, { path: file, line: lineOf(tree, file, word), message: `names \`${word}\`` });
      }
    }
  }
  return [...readers.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Names with the spelling that quotes keep in a statement: `"guestName"` of the column `guestname`. */
export function asWritten(names: readonly string[], { range }: SqlStatement, facts: SourceFacts | undefined): readonly string[] {
  if (facts === undefined) return names;
  const quoted = tokensOn(facts, range.start.line, range.end.line).flatMap(({ text }) => /^["`[](\w+)["`\]]$/.exec(text)?.[1] ?? []);
  return [...names, ...quoted.filter((text) => names.includes(text.toLowerCase()) && !names.includes(text))];
}

/** `, still named in 2 files`, or nothing. */
export function stillNamed(readers: readonly RelatedLocation[]): string {
  return readers.length === 0 ? '' : `, still named in ${readers.length} file${readers.length === 1 ? '' : 's'}`;
}

/** A short or common word would be found anywhere. */
function isCommonWord(name: string): boolean {
  return (
    name.length < 4 ||
    /^(name|type|status|state|value|title|email|data|date|code|count|label|notes?|description|content|body|user|key|test|main|file|files|list|item|items|index|config|error|message|version|result|event|events)$/.test(
      name,
    )
  );
}

function lineOf(tree: Tree, path: RepoPath, word: string): number {
  const content = tree.read(path);
  if (content?.kind !== 'text') return 1;
  return content.text.slice(0, Math.max(0, content.text.indexOf(word))).split('\n').length;
}
