import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, receiver, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { withOwnCriteria } from './own-criteria.ts';

/**
 * A check that a value is there, which is gone, while the criteria of a delete still name the value: Prisma, TypeORM, Mongoose
 * and Sequelize leave out a condition whose value is undefined, and then it is true of every row.
 */
export function* unprovenCriteria(input: RuleInput): Iterable<FindingDraft> {
  const { after } = input;
  for (const guard of input.removed.guards) {
    if (!/^(throw|return|answer)$/.test(guard.exit) || !ABSENCE.test(guard.test)) continue;
    const own = guard.reads.at(-1) ?? '';
    const scope = counterpartScope(input, guard.scope);
    if (own === '' || scope === undefined || after === undefined) continue;
    const isAsked = [...after.guards, ...after.conditions].some((other) => within(other.scope, scope) && other.reads.includes(own));
    if (isAsked) continue;
    const word = new RegExp(`(^|[^\\w$])${escaped(own)}($|[^\\w$])`);
    const victim = after.calls.find((call) => {
      if (
        !within(call.scope, scope) ||
        !/^(deleteMany|destroy|deleteAll|delete|remove|delete_many|DeleteMany)$/.test(lastName(call.callee))
      )
        return false;
      const [criteria = ''] = withOwnCriteria(call, after).args;
      return /^[{b]/.test(criteria) && word.test(criteria) && !/^\{ where: \{ id\b/.test(criteria);
    });
    if (victim !== undefined)
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(victim.callee, 28)}\` deletes every row where \`${shorten(own, 16)}\` is not given`),
      };
  }
}

const ABSENCE =
  /^!|^not\b|(===?|\bis) (undefined|null|None|nil|''|"")|\.(isBlank|isEmpty|trim)\b|length === 0|^typeof .* !==? |(?:==|<=) 0$/;

/** `delete.where(…)` of a `CriteriaDelete` that is gone, while the function still hands the statement over. */
export function* lostCriteria(input: RuleInput): Iterable<FindingDraft> {
  const { after, removed } = input;
  for (const call of removed.calls) {
    const name = receiver(call.callee);
    const scope = lastName(call.callee) === 'where' && /^\w+$/.test(name) ? counterpartScope(input, call.scope) : undefined;
    if (scope === undefined || after === undefined) continue;
    const own = after.calls.filter((other) => within(other.scope, scope));
    if (!own.some(({ callee }) => lastName(callee) === 'createCriteriaDelete') || own.some(({ callee }) => lastName(callee) === 'where'))
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(name, 24)}\` has no criteria any more: every row is deleted`),
    };
  }
}
