import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { hasScope, within } from '../code/counterpart.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { isValidation } from './validators.ts';

/**
 * What was refused whenever one of a class was made, `__post_init__` of a dataclass, the body of a record's constructor, and went with the
 * whole of that method while the class stays: the first guard of each that this hunk lost.
 */
export function lostHooks(input: RuleInput): readonly Guard[] {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return [];
  const told = new Set<string>();
  return removed.guards.filter((guard) => {
    const { scope, exit } = guard;
    const owner = scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
    if (exit !== 'throw' || owner === '' || !HOOK.test(lastName(scope)) || told.has(scope)) return false;
    if (hasScope(after, scope) || !after.symbols.some(({ name, kind }) => name === owner && kind === 'class')) return false;
    if (isAskedAnew(input, owner, guard) || isCalledNow(input, scope)) return false;
    told.add(scope);
    return true;
  });
}

const HOOK =
  /^(?:__post_init__|__attrs_post_init__|model_post_init|__init__|constructor|__set_name__|__new__|afterPropertiesSet|validate|clean)$/;

/** Another method of the class, a decorator or a field refuses now, or functions that came with the change do by all that the guard read. */
function isAskedAnew({ before, after, addedElsewhere }: RuleInput, owner: string, { reads }: Guard): boolean {
  if (before === undefined || after === undefined) return true;
  const old = new Set(before.guards.map(({ key }) => key));
  const known = new Set(before.calls.map(({ key }) => key));
  return (
    after.guards.some((guard) => guard.exit === 'throw' && within(guard.scope, owner) && !old.has(guard.key)) ||
    after.calls.some(
      (call) => within(call.scope, owner) && !known.has(call.key) && (isValidation(call) || FIELDS.test(lastName(call.callee))),
    ) ||
    isReadBy(
      addedElsewhere().guards.filter((guard) => guard.exit === 'throw'),
      reads,
    )
  );
}

function isReadBy(guards: readonly Guard[], reads: readonly string[]): boolean {
  const read = new Set(guards.flatMap((guard) => guard.reads));
  const own = reads.filter((name) => !/^(?:self|cls|this)$/.test(name));
  return own.length > 0 && own.every((name) => read.has(name));
}

/** Fields that are bounded by what declares them, and classes that are checked by a library. */
const FIELDS =
  /^(?:Field|field_validator|model_validator|validator|root_validator|validates|ib|attrib|instance_of|Ge|Gt|Le|Lt|Interval|Len|Min|Max|Size|NotNull|NotBlank|Pattern|Range|Positive|Is[A-Z]\w+|Check\w*|require\w*|check\w*|ensure\w*|assert\w*)$/;

/** The checks of the method are made by a function of the file now. */
function isCalledNow(input: RuleInput, scope: string): boolean {
  return input.removed.calls.some((call) => within(call.scope, scope) && isExtracted(input, call));
}
