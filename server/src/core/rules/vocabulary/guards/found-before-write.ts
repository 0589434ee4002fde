import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, within } from '../code/counterpart.ts';
import { escaped } from '../code/literal-patterns.ts';
import { newBodiesOf } from '../code/new-bodies.ts';

/**
 * True where a write that met a row by a condition (`deleteMany({ where: { id, workspaceId } })`) meets one now by what was found under that
 * condition above it: `const file = await this.owned(workspaceId, id)` and `delete({ where: { id: file.id } })`, where `owned` is new, asks
 * for `workspaceId` and throws where it finds nothing. Each write of `calls` has to be handed what was found.
 */
export function isFoundBeforeWrite(input: RuleInput, calls: readonly Call[], column: string): boolean {
  const { after } = input;
  return (
    after !== undefined && calls.length > 0 && calls.every((call) => holders(after, call).some((callee) => asksFor(input, callee, column)))
  );
}

/** The same for a guard on how many rows a write met: the function asks one that throws where there is none, and it stops before. */
export function isFoundBeforeCount(input: RuleInput, test: string, scope: string): boolean {
  const { before, after } = input;
  const counted =
    /^(?:[\w.$]+\.)?(?:count|affected|rowCount|numDeletedRows|numUpdatedRows|changes) (?:===?|<=?|!==?) [01]n?$|^!(?:[\w.$]+\.)?(?:count|affected|rowCount)$/;
  const now = counterpartScope(input, scope);
  if (before === undefined || after === undefined || now === undefined || !counted.test(test)) return false;
  const writes = after.calls.filter((call) => within(call.scope, now) && WRITES.test(lastName(call.callee)) && call.use !== 'used');
  const asked = before.calls
    .filter((call) => call.scope === scope && WRITES.test(lastName(call.callee)))
    .flatMap(({ args }) => columnsOf(args.join()));
  const columns = new Set(asked.filter((column) => column !== 'id'));
  return columns.size > 0 && [...columns].every((column) => isFoundBeforeWrite(input, writes, column));
}

const WRITES = /^(?:update|updateMany|delete|deleteMany|remove|destroy|save)$/;

/** `id` and `workspaceId` of `where: { id, workspaceId }`. What is spread into it has no name, and nothing is found by it. */
function columnsOf(text: string): readonly string[] {
  const at = /\bwhere: (?=\{)/.exec(text);
  const open = at === null ? 0 : at.index + at[0].length + 1;
  const fields = at === null ? '' : text.slice(open, closingFrom(text, open));
  return splitSource(fields, ',').map((part) => /^['"]?(\w+)['"]?(?: ?:|$)/.exec(part)?.[1] ?? part);
}

/** Functions whose answer is handed to a call, itself or by its id: `owned` of `delete({ where: { id: file.id } })`. */
function holders(after: SourceFacts, { args, range }: Call): readonly string[] {
  const names = new Set([...args.join().matchAll(/(?<![\w$.])([a-z_$][\w$]*)(?:\.\w+)?(?=\s*[,})\]]|$)/g)].map(([, name = '']) => name));
  return [...names].flatMap((name) => {
    const given = (boundAbove(after, name, range.start.line) ?? '').replace(/ ?([.(]) ?/g, '$1');
    const callee = /^(?:[\w$#]+\.)*([#\w$]+)\(/.exec(given)?.[1];
    return callee === undefined ? [] : [callee];
  });
}

function asksFor(input: RuleInput, callee: string, column: string): boolean {
  return newBodiesOf(input, callee).some(({ facts, place }) => {
    const throws =
      facts.guards.some(({ scope, exit }) => exit === 'throw' && within(scope, place.name)) ||
      facts.calls.some((call) => within(call.scope, place.name) && /OrThrow$|OrFail$/.test(lastName(call.callee)));
    const text = tokensOn(facts, place.startLine + 1, place.endLine)
      .map((token) => token.text)
      .join(' ');
    return throws && new RegExp(`\\{[^{}]{0,120}\\b${escaped(column)} ?[,:}]|\\. ${escaped(column)} ,`).test(text);
  });
}
