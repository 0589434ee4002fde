import type { SourceFacts, SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { symbolsNamed } from '../code/symbols-by-name.ts';

/**
 * True where each of some statements holds a fragment that a function of the file gives, and that asks for the column: `where ${ofTenant(id)} and …`
 * beside `const ofTenant = (id: string) => sql`tenant_id = ${id}`.
 */
export function isAskedByFragment(input: RuleInput, statements: readonly SqlStatement[], column: string): boolean {
  const { after } = input;
  const content = input.trees.after.read(input.path);
  if (after === undefined || content?.kind !== 'text' || statements.length === 0) return false;
  const lines = content.text.split('\n');
  return statements.every(({ range }) => {
    const written = lines
      .slice(range.start.line - 1, range.end.line)
      .join('\n')
      .slice(0, LONGEST);
    const names = [...written.matchAll(/\b(?:where|and|on)\s+\$\{\s?(?:this\.)?(\w{1,60})\(/gi)].map(([, name = '']) => name);
    return names.some((name) => asks(after, lines, name, column));
  });
}

/** Characters of a statement, and lines of the function that gives a fragment, that are read. */
const LONGEST = 4_000;
const MOST_LINES = 6;

function asks(after: SourceFacts, lines: readonly string[], name: string, column: string): boolean {
  const given = new RegExp(`\`\\s*(?:\\w+\\.)?"?${escaped(column)}"?\\s*=\\s*\\$\\{[^}\`]{1,80}\\}\\s*\``);
  return symbolsNamed(after, name).some(({ range }) =>
    given.test(lines.slice(range.start.line - 1, range.start.line + MOST_LINES).join('\n')),
  );
}
