import type { Guard, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { newGuardsIn } from '../code/scope-changes.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * True where a list was refused when it was empty, and its first is taken out of the same answer now and refused when it is not there:
 * `const rows = await db.update(…)`, `rows.length === 0`, and `const [row] = await db.update(…)`, `row === undefined`.
 */
export function isFirstOfRows(input: RuleInput, guard: Guard): boolean {
  const list = EMPTY.exec(guard.test)?.slice(1).find(Boolean);
  const scope = counterpartScope(input, guard.scope);
  if (list === undefined || scope === undefined) return false;
  const asked = sourceOf(input.before, guard.scope, list);
  if (asked === undefined) return false;
  return newGuardsIn(input, guard.scope).some((fresh) => {
    const first = MISSING.exec(fresh.test)?.slice(1).find(Boolean);
    return (
      first !== undefined && (fresh.exit === guard.exit || fresh.exit === 'throw') && sourceOf(input.after, scope, `[${first}]`) === asked
    );
  });
}

const EMPTY = /^(?:!(\w+)\.length|(\w+)\.length ?(?:===? 0|< 1)|len\((\w+)\) == 0|not (\w+))$/;
const MISSING = /^(?:!(\w+)|(\w+) (?:===?|is) (?:undefined|null|None))$/;

/** What a name or a pattern is bound to, up to what is asked of it: `db.update(`. */
function sourceOf(facts: SourceFacts | undefined, scope: string, bound: string): string | undefined {
  const code = tokensOf(facts, scope);
  const at = code.indexOf(`${bound}=`);
  return at < 0
    ? undefined
    : /^(?:await )?(?:this\.)?([\w$.]{3,60}\()/.exec(code.slice(at + bound.length + 1, at + bound.length + 80))?.[1];
}
