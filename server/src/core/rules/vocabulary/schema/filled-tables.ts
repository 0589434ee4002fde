import type { SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isJoin } from './sql-comparisons.ts';
import { lastPart } from './sql-context.ts';

/**
 * The rows are those of a table, a view or a name given above that this file fills with the same condition, and by whose key the
 * statement finds them: `INSERT INTO chosen SELECT … WHERE held`, `UPDATE … FROM chosen WHERE chosen.id = t.id`.
 */
export function isAskedOfChosenRows({ after: facts }: RuleInput, now: SqlStatement, condition: string): boolean {
  if (facts === undefined || !/^(?:update|delete|select)$/.test(now.verb) || condition === '') return false;
  const isKeyed = now.conditions.some((other) => isJoin(other) || /^[a-z_]\w* in \( select\b|^exists \(/.test(other));
  const read = new Set(now.names.map(lastPart));
  const targets = now.targets.map(lastPart);
  return (
    isKeyed &&
    facts.statements.some((other) => {
      const filled = filledBy(other);
      return (
        filled !== undefined &&
        other.range.start.line < now.range.start.line &&
        !targets.includes(filled) &&
        read.has(filled) &&
        (other.conditions.includes(condition) || other.key.replace(/\b\w+ \. /g, '').includes(` ${condition}`))
      );
    })
  );
}

/** The table or the view that a statement fills with what it selects. */
export function filledBy({ verb, names: said, targets }: SqlStatement): string | undefined {
  if (verb === 'select') {
    const at = said.indexOf('into');
    return at < 0 ? undefined : said.slice(at + 1).find((name) => !/^(?:temp|temporary|table|unlogged)$/.test(name));
  }
  const fills = /^(?:insert|create-(?:table|view|materialized-view)|create-or-replace-view)$/.test(verb) && said.includes('select');
  return fills ? lastPart(targets[0] ?? '') : undefined;
}
