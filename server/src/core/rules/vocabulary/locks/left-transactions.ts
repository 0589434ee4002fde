import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { boundAbove } from '../code/bindings.ts';
import { isWrite, lastName, receiver, words } from '../code/call-names.ts';
import { changedCalls } from '../code/changed-calls.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { escaped } from '../code/literal-patterns.ts';

/** A write that ran in a transaction and is made beside it now. */
export interface LeftTransaction {
  readonly call: Call;
  /** The connection or client that holds the transaction: `tx`. */
  readonly handle: string;
}

/**
 * Writes that were made with the handle of a transaction (`tx.ExecContext(…)`) and are made with another one now (`db.ExecContext(…)`),
 * in a function that still opens the transaction. What is only noted, that it may stay where all else is undone, is left out.
 */
export function leftTransactions(input: RuleInput, opens: (call: Call) => boolean): readonly LeftTransaction[] {
  const { before, after, added, removed } = input;
  if (after === undefined) return [];
  return added.calls.flatMap((call): readonly LeftTransaction[] => {
    const from = receiver(call.callee);
    if (call.kind !== 'call' || from === '' || !writes(call) || NOTED.test(words(`${call.callee} ${call.args.join(' ')}`))) return [];
    // What went into a new function may have stood in another hunk.
    const isNew = before !== undefined && call.scope !== '' && !hasScope(before, call.scope);
    for (const old of isNew ? onlyIn(before.calls, after.calls) : removed.calls) {
      const [first = '', ...rest] = old.callee.split('.');
      const handle = holderOf(old);
      if (rest.length === 0 || lastName(old.callee) !== lastName(call.callee) || holderOf(call) === handle) continue;
      // Knex is handed the table on the way: `trx('lines').insert(…)`.
      if (first.slice(handle.length) !== (call.callee.split('.')[0] ?? '').slice(holderOf(call).length)) continue;
      const scope = counterpartScope(input, old.scope);
      const isSame = saysSame(old, call, rest) && scope === call.scope;
      const site = isSame ? call : siteOfPart(input, call, scope, handle);
      if (site !== undefined && holdsTransaction(after, site, handle, holderOf(call), opens)) return [{ call, handle }];
    }
    return [];
  });
}

/** `tx` of `tx.lines.create`, `trx` of `trx('lines').insert`. */
function holderOf({ callee }: Call): string {
  return /^[A-Za-z_$][\w$]*/.exec(callee)?.[0] ?? '';
}

/** Where a function that is new here, and writes with a connection of its own, is called and is not handed the transaction. */
function siteOfPart({ before, after }: RuleInput, call: Call, scope: string | undefined, handle: string): Call | undefined {
  if (before === undefined || after === undefined || scope === undefined || call.scope === '' || hasScope(before, call.scope))
    return undefined;
  const own = after.symbols.find(({ name }) => name === call.scope);
  if (own?.parameters.some(({ name }) => name === holderOf(call)) !== false) return undefined;
  const handed = new RegExp(`(?<![\\w$])${escaped(handle)}(?![\\w$])`);
  return after.calls.find(
    (site) =>
      within(site.scope, scope) &&
      lastName(site.callee) === lastName(call.scope) &&
      !site.args.some((argument) => handed.test(argument)) &&
      !isMadeOf(after, site, call, handed),
  );
}

/** `this.tx.lines.create` of `new Lines(tx).add(…)`: what the object was made with, as the parameter that the field is named for. */
function isMadeOf(after: SourceFacts, site: Call, call: Call, handed: RegExp): boolean {
  const field = /^(?:this|self)\.[#_]?(\w+)/.exec(call.callee)?.[1];
  if (field === undefined) return false;
  const made = `${site.callee} ${boundAbove(after, holderOf(site), site.range.start.line) ?? ''}`;
  const owner = call.scope.slice(0, Math.max(0, call.scope.lastIndexOf('.')));
  const given = new RegExp(`\\b${escaped(owner)} ?\\(([^()]{1,200})\\)`).exec(made)?.[1]?.split(',') ?? [];
  const parameters = after.symbols.find(({ name }) => /^(?:constructor|__init__)$/.test(lastName(name)) && within(name, owner))?.parameters;
  const at = parameters?.filter(({ name }) => name !== 'self').findIndex(({ name }) => name.replace(/^_/, '') === field) ?? -1;
  return owner !== '' && (at < 0 ? given.length === 1 && handed.test(given[0] ?? '') : handed.test(given[at] ?? ''));
}

/** The same words to another holder; a repository is not told which table it writes: `manager.save(Order, order)`, `orders.save(order)`. */
function saysSame(old: Call, now: Call, rest: readonly string[]): boolean {
  if (now.callee.endsWith(`.${rest.join('.')}`) && old.args.join() === now.args.join()) return true;
  return (
    rest.length === 1 &&
    old.args.length === now.args.length + 1 &&
    /^['"]?[A-Z]\w*['"]?$/.test(old.args[0] ?? '') &&
    old.args.slice(1).join() === now.args.join()
  );
}

/**
 * Writes that were handed the transaction (`saveOrder(order, tx)`, `create(order, { transaction: tx })`, `insertLines(ctx, tx, lines)`)
 * and are handed another connection, or none, in a function that still has it.
 */
export function unhandedTransactions(input: RuleInput, opens: (call: Call) => boolean): readonly LeftTransaction[] {
  const { after } = input;
  if (after === undefined) return [];
  return changedCalls(input).flatMap(({ before: old, after: call }): readonly LeftTransaction[] => {
    if (call.kind !== 'call' || !isWrite(call.callee) || NOTED.test(words(`${call.callee} ${call.args.join(' ')}`))) return [];
    const handle = lostHandle(old.args, call.args);
    if (handle === undefined || opens(call)) return [];
    // Another thing that was made of it.
    const isPart = call.args.some((argument) => {
      const made = /^\w+$/.test(argument) && !old.args.includes(argument) ? boundAbove(after, argument, call.range.start.line) : undefined;
      return made?.split(' ').includes(handle);
    });
    if (isPart) return [];
    const isOpen = holdsTransaction(after, call, handle, holderOf(call), opens) || isParameter(after, call.scope, handle);
    return isOpen ? [{ call, handle }] : [];
  });
}

/** The name that one argument was, or an object of options held, where nothing else was handed over otherwise. */
function lostHandle(was: readonly string[], now: readonly string[]): string | undefined {
  const at = was.findIndex((argument, index) => argument !== now[index]);
  const old = was[at] ?? '';
  const [fresh, ...rest] = now.length === was.length ? now.slice(at) : [undefined, ...now.slice(at)];
  if (at < 0 || rest.join() !== was.slice(at + 1).join() || now.length > was.length) return undefined;
  const own = HANDLE.exec(old)?.[1];
  if (own !== undefined) return fresh === undefined || /^[&\w.$]+$/.test(fresh) ? own : undefined;
  const held = OPTION.exec(old)?.[1] ?? /[{,]\s*(session|tx|trx|transaction)\s*[,}]/.exec(old)?.[1];
  if (held === undefined || (fresh !== undefined && new RegExp(`(?<![\\w$])${escaped(held)}(?![\\w$])`).test(fresh))) return undefined;
  return held;
}

/** `tx`, `&mut tx`, `&mut *tx`. */
const HANDLE = /^(?:&mut \*?|&)?(?:\w+=)?([A-Za-z_$][\w$]*)$/;

/** `{ transaction: t }`, `{ session }`, `transaction=tx`. */
const OPTION = /(?:^|[{,]\s*)(?:transaction|session|tx|trx|transacting|manager|queryRunner)\s*[:=]\s*([A-Za-z_$][\w$]*)/;

/** The function is handed the transaction itself. */
function isParameter({ symbols }: SourceFacts, scope: string, handle: string): boolean {
  return (
    /^(?:tx|trx|txn|transaction)$/.test(handle) &&
    symbols.some(({ name, parameters }) => name !== '' && within(scope, name) && parameters.some((parameter) => parameter.name === handle))
  );
}

const NOTED = /\b(?:audit\w*|logs?|attempts?|history|metrics?|traces?)\b/;

function writes({ callee, args }: Call): boolean {
  const isSql = args.some((argument) => /^['"`]\s*(?:insert|update|delete|merge)\b/i.test(argument));
  return isSql || (isWrite(callee) && !/^(?:query|execute|exec|run|set|add|emit|dispatch)\w*$/i.test(lastName(callee)));
}

/** The function around the write opens a transaction above it, which the handle stands for and the new holder does not. */
function holdsTransaction(facts: SourceFacts, call: Call, handle: string, holder: string, opens: (call: Call) => boolean): boolean {
  const above = facts.calls.filter((other) => other.range.start.line <= call.range.start.line && within(call.scope, other.scope));
  const opening = above.filter(opens);
  const isOf = (other: Call): boolean =>
    begins(other, handle) || isGiven(facts, other, handle) || (receiver(other.callee) === handle && !DATABASE.test(words(handle)));
  if (!opening.some(isOf)) return false;
  // A part of the same transaction: `const inner = await tx.savepoint()`.
  return ![...opening, ...above.filter((other) => receiver(other.callee) === handle)].some(
    (other) => begins(other, holder) || isGiven(facts, other, holder),
  );
}

/** What opens a transaction and is none: `db.transaction(…)`. */
const DATABASE = /\b(?:db|database|pool|client|conn|connection|sequelize|prisma|knex|sql|engine|store|source|orm|pg|this|self)$/;

/** `client.query('BEGIN')`: what it is said to holds the transaction from here on. */
function begins({ callee, args }: Call, name: string): boolean {
  return receiver(callee) === name && args.some((argument) => /^['"`]\s*(?:begin|start transaction)\b/i.test(argument));
}

/** The line of a call gives a name to its answer, or to what a function is handed. */
function isGiven(facts: SourceFacts, { range }: Call, name: string): boolean {
  const word = name.replace(/\$/g, '\\$&');
  const code = tokensOn(facts, range.start.line, range.start.line).map(({ text }) => text);
  return new RegExp(
    `(?:\\(|,) (?:async )?(?:function )?(?:\\( )?${word}(?: : [\\w.<> ]{1,60})?(?: \\))? (?:=>|\\{)|\\bfunc \\( (?:\\w+ [\\w.]+ , )?${word} |\\b${word}(?: , \\w+)? :?= |\\bas ${word}\\b|\\| ${word} \\|`,
  ).test(code.join(' '));
}
