import type { SqlStatement } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { changedLists } from '../code/named-lists.ts';
import { isTemporaryTable } from './sql-context.ts';

/** A name that joined a list whose elements a loop hands to a statement. */
export interface FedStatement {
  readonly statement: SqlStatement;
  readonly element: string;
  readonly range: Range;
}

/**
 * Names that this hunk adds to a list (`VOLATILE = ['a', 'b']`), where the file goes over the list and runs a statement of one of
 * these verbs for each; the statement itself stands as it stood.
 */
export function fedStatements(input: RuleInput, verbs: RegExp): readonly FedStatement[] {
  const { after } = input;
  if (after === undefined || input.before === undefined) return [];
  const found: FedStatement[] = [];
  for (const list of changedLists(input)) {
    if (list.added.length === 0 || list.kept === 0) continue;
    const word = new RegExp(`(^|[^\\w$])${escaped(list.name)}($|[^\\w$])`);
    const loops = after.loops.filter(({ head }) => word.test(head));
    const statement = after.statements.find(
      ({ verb, range }) =>
        verbs.test(verb) && loops.some(({ body }) => body.startLine <= range.start.line && range.start.line <= body.endLine),
    );
    if (statement === undefined) continue;
    for (const { text, line } of list.added)
      if (/^[\w.-]+$/.test(text) && !isTemporaryTable(text, after))
        found.push({ statement, element: text, range: rangeOfLine(input, 'after', line) });
  }
  return found;
}
