import type { Guard } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';
import { callsInside, guardKind } from '../guards/guard-kinds.ts';
import { lostGuards } from '../guards/lost-guards.ts';
import { letsAllGo } from '../guards/sorted-errors.ts';
import { isValidation } from './validators.ts';

/** Conditions on what came in that stop nothing any more. */
export function* lostFieldChecks(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) =>
      (candidate.exit === 'throw' || candidate.exit === 'answer') && guardKind(candidate, callsInside(candidate, before)) === 'shape',
  )) {
    if (newCallsIn(input, guard.scope).some(isValidation) || callsInside(guard, input.removed.calls).some(isValidation)) continue;
    const isShape = (other: Guard): boolean =>
      !letsAllGo(other) && guardKind(other, callsInside(other, input.after?.calls ?? [])) === 'shape';
    if (newGuardsIn(input, guard.scope).some(isShape)) continue;
    if (isCheckedByField(input, guard)) continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 24) || 'the module'}\``),
    };
  }
}

/** A new class of the change declares the field with what it must look like, and the function is handed that class now: `@IsEmail() email`. */
function isCheckedByField(input: RuleInput, { reads, scope }: Guard): boolean {
  const { before, after } = input;
  const now = counterpartScope(input, scope);
  const types = new Set(after?.symbols.find(({ name }) => name === now)?.parameters.map(({ type }) => type.replace(/^.*[<:]|>$/g, '')));
  const elsewhere = input.addedElsewhere();
  const known = new Set(before?.scopes.map(({ name }) => name));
  const symbols = [...(after?.symbols ?? []), ...elsewhere.symbols];
  return [...(after?.calls ?? []), ...elsewhere.calls].some(({ kind, callee, scope: own, range }) => {
    const [type = ''] = own.split('.');
    if (kind !== 'decorator' || !CHECKS_FIELD.test(callee) || !types.has(type) || known.has(type)) return false;
    // A decorator of a field stands in front of it.
    const line = range.start.line;
    const fields = symbols.filter(
      ({ name, range: at }) => name.startsWith(`${type}.`) && line <= at.start.line && at.start.line <= line + 6,
    );
    const [field = ''] = own.includes('.') ? [lastName(own)] : fields.map(({ name }) => lastName(name));
    return reads.includes(field);
  });
}

const CHECKS_FIELD =
  /^(Is(?!Optional$)[A-Z]\w*|Matches|Length|M(?:in|ax)(?:Length)?|Contains|Equals|ArrayN\w+|Validate\w*|Pattern|Email|NotBlank|NotNull|NotEmpty|Size|Positive\w*|Past\w*|Future\w*|URL|field_validator|validator)$/;
