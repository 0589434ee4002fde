import type { Guard } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newCallsIn } from '../code/scope-changes.ts';

/**
 * True where a record was found for anybody and held against whoever asks, and is only found for them now:
 * `if (file.ownerId !== user.id)` behind `find(id)` that became `findOwned(id, { ownerId: user.id })`. What is handed has to be what it was held
 * against, under the name of the field or to a function that says so.
 */
export function isFoundForOwner(input: RuleInput, { test, scope }: Pick<Guard, 'test' | 'scope'>): boolean {
  const held = heldAgainst(test);
  const now = counterpartScope(input, scope);
  if (held === undefined || now === undefined) return false;
  const key = new RegExp(
    `(?<![\\w$.])['"]?(?:${escaped(held.field)}|${words(held.field).replaceAll(' ', '_')})['"]?\\s?[:=]\\s?${escaped(held.asker)}(?![\\w$.(])`,
  );
  const own = words(held.field).replace(/ (?:id|uuid|key|ref)$/, '');
  return newCallsIn(input, scope).some((call) => {
    if (!within(call.scope, now) || call.use === 'discarded' || !FINDS.test(lastName(call.callee))) return false;
    const given = call.args.join(', ');
    const isNamed = new RegExp(`\\b(?:${escaped(own)}|owned|own)\\b`).test(words(lastName(call.callee))) && call.args.includes(held.asker);
    return key.test(given) || isNamed || isOfRelated(input, held, `${call.callee}(${given})`, scope);
  });
}

/**
 * It is looked for among those of whoever asks: `get_object_or_404(request.user.papers, pk=pk)` behind `get_object_or_404(Paper, pk=pk)` and
 * `paper.author_id != request.user.id`. The relation is named for the kind of record, and no model says that another field leads to it.
 */
function isOfRelated(input: RuleInput, { field, asker }: Held, given: string, scope: string): boolean {
  const [, owner] = /^(.*)\.(?:id|pk|uuid)$/.exec(asker) ?? [];
  if (owner === undefined || input.after?.language !== 'python') return false;
  const [, relation] = new RegExp(`(?<![\\w.])${escaped(owner)}\\.([a-z_]+)(?![\\w(])`).exec(given) ?? [];
  if (relation === undefined) return false;
  const kinds = input.before?.calls.flatMap((call) => (within(call.scope, scope) ? call.args.concat(call.callee) : [])) ?? [];
  const isKind = kinds.some((text) => {
    const kind = words(/^([A-Z]\w*)(?:\.objects\b.*)?$/.exec(text)?.[1] ?? '').replaceAll(' ', '_');
    return (
      kind !== '' &&
      (relation === `${kind}_set` || relation === `${kind}s` || relation === `${kind.replace(/y$/, 'ie')}s` || relation === `${kind}es`)
    );
  });
  if (!isKind) return false;
  const own = words(field)
    .replace(/ (?:id|uuid|pk)$/, '')
    .replaceAll(' ', '_');
  const named = input.trees.after
    .mentioning(relation, ['.py'])
    .slice(0, MOST_FILES)
    .flatMap((path) => {
      const facts = path === input.path ? input.after : input.factsAt('after', path);
      return (facts?.options ?? [])
        .filter(({ name, value }) => name === 'related_name' && value.slice(1, -1) === relation)
        .map((option) => ({ facts, option }));
    });
  return named.every(
    ({ facts, option: { range } }) =>
      facts?.tokens.some(({ text, line }) => text === own && line <= range.start.line && line > range.start.line - LONGEST_FIELD) === true,
  );
}

/** More files than this are not looked through for a model. */
const MOST_FILES = 8;
/** Lines of a field of a model in front of its `related_name`. */
const LONGEST_FIELD = 5;

interface Held {
  readonly field: string;
  readonly asker: string;
}

const FINDS = /^(?:find|get|load|fetch|query|select|first|one|owned|for|retrieve|lookup|look_up|read|where|filter|by)/i;

/** What a condition compares that looks at a field of one thing: `ownerId` of the thing, `req.user.id` whoever asks. */
function heldAgainst(test: string): Held | undefined {
  const [, a = '', b = ''] = COMPARED.exec(test) ?? EQUALS.exec(test) ?? [];
  const sides = [a, b].map((side) => side.replaceAll('?.', '.'));
  const isAsker = (side: string): boolean => ASKER.test(words(side));
  const [asker, ...others] = sides.filter(isAsker);
  const thing = sides.find((side) => !isAsker(side));
  if (asker === undefined || others.length > 0 || thing === undefined) return undefined;
  return { field: lastName(thing).replace(/^get(?=[A-Z])|\(\)$/g, ''), asker };
}

const COMPARED =
  /(?<![\w$.?])([A-Za-z_$][\w$]{0,60}(?:\??\.[\w$]{1,60}){1,4})\s?(?:!==?|===?)\s?([A-Za-z_$][\w$]{0,60}(?:\??\.[\w$]{1,60}){1,4})/;
/** `!file.getOwnerId().equals(user.getId())` of Java. */
const EQUALS = /(?<![\w.])([a-z]\w{0,60}(?:\.\w{1,60}(?:\(\))?){1,3})\.equals\(([a-z]\w{0,60}(?:\.\w{1,60}(?:\(\))?){1,3})\)/;

/** As `words` spells it: `req.user.id`, `session.userId`, `ctx.auth.orgId`, `current_user.id`. */
const ASKER =
  /^(?:(?:req|request|ctx|context|c|this|self|locals|event|session|g|info) )*(?:user|session|auth|principal|actor|viewer|me|current user|claims|caller|account|identity|member|tenant|org|state user)\b/;
