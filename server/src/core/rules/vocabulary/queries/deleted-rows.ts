import type { Call } from '../../../model/facts.ts';
import type { Range, Side } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';

/** A query that finds what was deleted, beside what is there. */
export interface ShownDeleted {
  readonly side: Side;
  readonly range: Range;
  /** What brings it: `withDeleted: true`, `Unscoped`, a filter of the model that went. */
  readonly what: string;
}

/** `withDeleted: true`, `paranoid: false`, `unscoped`, `all_objects` in a query that was there without, and a filter of the whole model that went. */
export function* shownDeleted(input: RuleInput): Generator<ShownDeleted> {
  const { before, after } = input;
  if (before === undefined || after === undefined || MEANS_IT.test(words(input.path))) return;
  const told = new Set<string>();
  for (const option of input.added.options) {
    const isShown =
      /^(?:withDeleted|includeDeleted|include_deleted|with_deleted|showDeleted|show_deleted)$/.test(option.name) &&
      /^(?:true|True)$/.test(option.value);
    if (!isShown && !(option.name === 'paranoid' && option.value === 'false')) continue;
    if (option.callee === '' || !isOld(input, option.scope) || told.has(option.scope)) continue;
    const had = before.calls.some((call) => call.callee === option.callee && counterpartScope(input, call.scope) === option.scope);
    const said = before.options.some((other) => other.name === option.name && other.value === option.value && other.scope === option.scope);
    if (!had || said) continue;
    told.add(option.scope);
    yield { side: 'after', range: option.range, what: `${option.name}: ${option.value}` };
  }
  for (const call of input.added.calls) {
    const what = linkOf(call);
    if (what === undefined || told.has(call.scope) || !isOld(input, call.scope)) continue;
    if (before.calls.some((other) => linkOf(other) === what && counterpartScope(input, other.scope) === call.scope)) continue;
    // The same question without it stood here.
    const head = /^[\w$]+/.exec(call.callee)?.[0] ?? '';
    if (
      !input.removed.calls.some(
        (other) =>
          (/^[\w$]+/.exec(other.callee)?.[0] === head || other.callee === 'where') && counterpartScope(input, other.scope) === call.scope,
      ) &&
      !isWhere(input, call)
    )
      continue;
    told.add(call.scope);
    yield { side: 'after', range: call.range, what };
  }
  yield* lostModelFilters(input);
}

/** What brings deleted rows back, purges them for good or shows them to whoever runs the place. */
const MEANS_IT =
  /\b(?:restor\w*|recover\w*|undelet\w*|purg\w*|eras\w*|admin|audit\w*|trash\w*|gdpr|hard delete|export\w*|histor\w*|archiv\w*|forensic\w*|cleanup|prune|backup|migrat\w*|seed\w*|tests?|specs?|reap\w*|sweep\w*|unique\w*|taken|exists|available)\b/;

function isOld({ before, after }: RuleInput, scope: string): boolean {
  if (before === undefined || scope === '' || MEANS_IT.test(words(scope)) || !hasScope(before, scope)) return false;
  // What is deleted there is destroy/soft-to-hard-delete.
  return (
    after?.calls.some(
      (call) => within(call.scope, scope) && /^(?:delete|destroy|remove|purge|recover|restore)/i.test(lastName(call.callee)),
    ) !== true
  );
}

/** The link of a chain by which deleted rows are found. */
function linkOf({ callee, kind }: Call): string | undefined {
  if (kind !== 'call') return undefined;
  const own =
    /(?:^|\.)(unscoped|Unscoped|withDeleted|with_deleted|withTrashed|with_trashed|all_objects|objects_with_deleted|all_with_deleted|global_objects)(?:\(\))?(?:\.|$)/.exec(
      callee,
    )?.[1];
  return own;
}

/** In Ruby `where(…)` became `unscoped.where(…)`. */
function isWhere(input: RuleInput, call: Call): boolean {
  return input.removed.calls.some((other) => lastName(other.callee) === lastName(call.callee) && other.args.join() === call.args.join());
}

/** `@Where(clause = "deleted = false")`, `@SQLRestriction("deleted_at is null")`, `default_scope { where(deleted_at: nil) }` of the whole model. */
function* lostModelFilters(input: RuleInput): Generator<ShownDeleted> {
  for (const call of input.removed.calls) {
    const name = lastName(call.callee);
    const isFilter = call.kind === 'decorator' ? /^(?:Where|SQLRestriction|SoftDelete|FilterDef)$/.test(name) : name === 'default_scope';
    if (!isFilter || !(name === 'SoftDelete' || name === 'default_scope' || /delet|archiv|active|removed/i.test(call.args.join(' '))))
      continue;
    const stays = input.after?.calls.some(
      (other) =>
        /^(?:Where|SQLRestriction|SoftDelete|Filter|FilterDef|default_scope|acts_as_paranoid)$/.test(lastName(other.callee)) &&
        other.scope === call.scope,
    );
    const isMarked = input.removed.calls.some((other) => other.scope === call.scope && lastName(other.callee) === 'SQLDelete');
    if (stays !== true && !isMarked && input.after !== undefined && (call.scope === '' || hasScope(input.after, call.scope)))
      yield { side: 'before', range: call.range, what: `without ${shorten(name, 20)}` };
  }
}
