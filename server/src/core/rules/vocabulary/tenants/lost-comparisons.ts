import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { FILTERS, heldIn, isAskedByLink, isComparedInPart, tenantColumns } from '../access/holder-filters.ts';
import { isHolder } from '../access/holders.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { frameworkCalls } from '../code/framework-calls.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { isExtracted } from '../code/scope-changes.ts';
import { namesOf } from '../guards/moved-guards.ts';
import { scopesByName } from './scoping-names.ts';
import { takenWithout, toldAtTaker } from './taken-without.ts';
import { isAskedAfterwards, isQuery } from './tenant-queries.ts';

/** Conditions that a builder takes as expressions or as text. */
export function* lostComparisons(input: RuleInput): Iterable<FindingDraft> {
  for (const call of input.removed.calls) {
    if (!FILTERS.test(lastName(call.callee)) || call.scope === '') continue;
    const [column] = tenantColumns(call);
    const scope = counterpartScope(input, call.scope);
    if (column === undefined || scope === undefined || isAskedAfterwards(input, call.scope)) continue;
    // The query went along to another function, and its condition with it.
    if (
      isExtracted(input, call) &&
      [...(input.after?.calls ?? []), ...input.addedElsewhere().calls].some(
        (other) => tenantColumns(other).includes(column) && !isPassedBy(input, scope, other.scope),
      )
    )
      continue;
    const now = input.after?.calls.filter((other) => within(other.scope, scope)) ?? [];
    if (isAskedByDependency(input, column, scope) || isAskedBySession(input, column, call)) continue;
    const still = now.some((other) => tenantColumns(other).includes(column) || scopesByName(input, other.callee));
    const named =
      input.after?.options.some((option) => within(option.scope, scope) && isHolder(option.name) && option.name.endsWith(column)) === true;
    const count = (calls: readonly Call[]): number =>
      calls.flatMap((other) => (FILTERS.test(lastName(other.callee)) ? tenantColumns(other) : [])).length;
    const isRenamed = count(now) >= count(input.before?.calls.filter((other) => within(other.scope, call.scope)) ?? []);
    if (still || named || isRenamed) continue;
    const taken = takenWithout(input, call, column);
    if (!now.some((other) => isQuery(other.callee)) && !isHandedWithout(input, call, column, scope) && taken === undefined) continue;
    if (
      isComparedInPart(input, column, scope) ||
      isAskedByLink(input, { name: column, value: heldIn(call, column), scope: call.scope }, scope)
    )
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(`\`${shorten(call.scope, 30)}\` no longer asks for \`${shorten(column, 22)}\``),
    };
    if (taken !== undefined) yield toldAtTaker(taken, column);
  }
}

/** What the function is handed comes from a function of another file that asks: `board: Annotated[Board, Depends(team_board)]`. */
function isAskedByDependency(input: RuleInput, column: string, scope: string): boolean {
  const { after } = input;
  const asking = input
    .addedElsewhere()
    .calls.filter((other) => FILTERS.test(lastName(other.callee)) && tenantColumns(other).includes(column));
  const types = after?.symbols.find(({ name }) => name === scope)?.parameters.flatMap(({ type }) => type.split(/\W+/)) ?? [];
  return (
    after !== undefined &&
    asking.some(
      (call) =>
        call.scope !== '' && !isPassedBy(input, scope, call.scope) && types.some((type) => namesOf(input, after, call.scope).has(type)),
    )
  );
}

/** Every select of the session asks for it now: `with_loader_criteria(OwnedByAgency, lambda cls: cls.agency_id == agency_id)`, for the model or a base of it. */
function isAskedBySession(input: RuleInput, column: string, { args }: Call): boolean {
  const [, entity] = new RegExp(`\\b([A-Z]\\w*)\\.${escaped(column)}\\b`).exec(args.join(' ')) ?? [];
  const criteria = [...(input.after?.calls ?? []), ...input.addedElsewhere().calls].filter(
    (call) => lastName(call.callee) === 'with_loader_criteria' && !input.before?.calls.some(({ key }) => key === call.key),
  );
  if (entity === undefined || criteria.length === 0) return false;
  const models = input.trees.after.mentioning(entity, ['.py']).flatMap((path) => {
    const facts = path === input.path ? input.after : input.factsAt('after', path);
    return facts?.symbols.filter(({ name, kind }) => name === entity && kind === 'class') ?? [];
  });
  return criteria.some((call) => {
    const owner = call.args[0] ?? '';
    const isOf = owner === entity || models.every(({ type }) => type.split(/\W+/).includes(owner));
    return isOf && (call.args.some((text) => text.includes(column)) || saysBeside(input, call, column));
  });
}

/** A function without a name is not shown among the arguments. */
function saysBeside({ after, trees, factsAt, path }: RuleInput, call: Call, column: string): boolean {
  const files = trees.after.mentioning('with_loader_criteria', ['.py']);
  return [after, ...files.filter((file) => file !== path).map((file) => factsAt('after', file))].some(
    (facts) =>
      facts?.calls.some(({ key }) => key === call.key) === true &&
      facts.tokens.some(({ text, line }) => text === column && call.range.start.line <= line && line <= call.range.end.line),
  );
}

/** The function asks other methods of the class that came with the change, and not this one: `shifts.find` beside `ShiftRepository.on_day`. */
function isPassedBy(input: RuleInput, scope: string, method: string): boolean {
  const owner = method.slice(0, Math.max(0, method.lastIndexOf('.')));
  if (owner === '' || /^__\w+__$/.test(lastName(method))) return false;
  const asked = new Set(
    input.after?.calls.filter((call) => within(call.scope, scope) && call.callee.includes('.')).map((call) => lastName(call.callee)),
  );
  const symbols = [...input.addedElsewhere().symbols, ...(input.after?.symbols ?? [])];
  return !asked.has(lastName(method)) && symbols.some(({ name }) => name.startsWith(`${owner}.`) && asked.has(lastName(name)));
}

/** What the function is handed comes from a dependency that came with the change, which asks for rows of the same kind and not for the holder. */
function isHandedWithout(input: RuleInput, { args }: Call, column: string, scope: string): boolean {
  const [, entity] = new RegExp(`\\b([A-Z]\\w*)\\.${escaped(column)}\\b`).exec(args.join(' ')) ?? [];
  if (entity === undefined || input.after === undefined) return false;
  const asked = frameworkCalls(input.after).filter((call) => within(call.scope, scope));
  const bodies = asked.flatMap(({ callee }) => newBodiesOf(input, callee));
  const speaks = (pattern: RegExp): boolean =>
    bodies.some(({ facts, place }) =>
      facts.calls.some(
        (call) => within(call.scope, place.name) && FILTERS.test(lastName(call.callee)) && pattern.test(call.args.join(' ')),
      ),
    );
  return speaks(new RegExp(`\\b${entity}\\.`)) && !input.addedElsewhere().calls.some((call) => tenantColumns(call).includes(column));
}
