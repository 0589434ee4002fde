import type { Option } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isMoney } from '../money/money-names.ts';
import { lastName, shorten, words } from './call-names.ts';
import { type ChangedCall, changedCalls } from './changed-calls.ts';
import { bodiesNamed } from './named-bodies.ts';
import { changedOptions } from './option-changes.ts';

/** Two values that are handed over in each other's place. */
export interface ExchangedValues {
  readonly range: Range;
  /** As written, in their order of now. */
  readonly now: readonly [string, string];
  /** What shows that they stand wrong: names of parameters, columns of a statement, sides of an account. */
  readonly by: 'parameters' | 'columns' | 'keys' | 'sides';
}

/**
 * Arguments, placeholders of a statement and entries of an object that changed places where nothing else did: `find(tenant, sku)` that
 * became `find(sku, tenant)`, `{ debit: a, credit: b }` that became `{ debit: b, credit: a }`. Told where names say which is which.
 */
export function* exchangedValues(input: RuleInput): Generator<ExchangedValues> {
  for (const change of changedCalls(input)) {
    const found = exchangedIn(input, change);
    if (found !== undefined && !turnsByName(change.after.scope)) yield found;
  }
  yield* exchangedEntries(input);
}

function exchangedIn(input: RuleInput, { before, after }: ChangedCall): ExchangedValues | undefined {
  if (before.kind === 'decorator' || /^(?:sort|sorted|compare\w*|max|min|swap|assert\w*|expect)$/i.test(lastName(after.callee)))
    return undefined;
  const pair = exchanged(before.args, after.args);
  if (pair !== undefined) {
    const [one, other] = pair;
    const now = [after.args[one] ?? '', after.args[other] ?? ''] as const;
    const was = [now[1], now[0]] as const;
    const isStatement = STATEMENT.test(after.args.find((argument) => STATEMENT.test(argument)) ?? '');
    const names = isStatement ? undefined : parametersOf(input, after.callee, [one, other]);
    if (names !== undefined && fits(was, names) > fits(now, names) && fits(now, names) === 0)
      return { range: after.range, now, by: 'parameters' };
    if (MOVES.test(words(lastName(after.callee))) && areSides(...was) && !speaksOfSides(names) && isOfMoney(input, after))
      return { range: after.range, now, by: 'sides' };
    return isStatement ? columnsExchanged(before.args, after) : undefined;
  }
  return after.args.some((argument) => STATEMENT.test(argument)) ? columnsExchanged(before.args, after) : undefined;
}

/** Where the signature itself names its sides, they are judged as parameters. */
const speaksOfSides = (names: readonly string[] | undefined): boolean =>
  names?.some((name) => areSides(name, name) || SIDE.test(words(name))) === true;

const STATEMENT = /^\w?["'`]{1,3}\s*(?:select|insert|update|delete|merge|with)\b/i;

/** A function that is there to turn things round: its name says that they change places. */
function turnsByName(scope: string): boolean {
  return /\b(?:undo|revert|reverse|reversed|rollback|roll back|refund|charge ?back|pull|reply|rotate|rotated|swap|swapped|invert|inverse|mirror|transpose|flip|flipped|turn)\b/.test(
    words(lastName(scope)),
  );
}

/** A verb of payments, or money beside a verb that moves files and units as well. */
function isOfMoney({ path }: RuleInput, { callee, args, scope }: Pick<ChangedCall['after'], 'callee' | 'args' | 'scope'>): boolean {
  const text = `${callee} ${args.join(' ')} ${scope} ${path}`;
  return (
    !/\b(?:move|send|swap|convert|reassign|post)\b/.test(words(lastName(callee))) ||
    isMoney(text) ||
    /\b(?:accounts?|funds?|money|payers?|payees?|bank|shares?|stock|points)\b/.test(words(text))
  );
}

/** What moves something from one to another. */
const MOVES = /\b(?:transfer|move|pay|payout|settle|post|book|debit|credit|refund|send|swap|convert|reassign|remit|wire|journal)\b/;

/** The two places that differ, where each holds what the other one held and all else is the same. */
function exchanged(was: readonly string[], now: readonly string[]): readonly [number, number] | undefined {
  if (was.length !== now.length) return undefined;
  const places = now.flatMap((argument, at) => (argument === was[at] ? [] : [at]));
  const [one, other] = places;
  if (places.length !== 2 || one === undefined || other === undefined) return undefined;
  const isCross = now[one] === was[other] && now[other] === was[one];
  return isCross && isName(now[one] ?? '') && isName(now[other] ?? '') ? [one, other] : undefined;
}

/** A name, a field or a constant: of a longer expression nobody can tell what it is. */
const isName = (argument: string): boolean =>
  /^&?(?:mut )?\*?[A-Za-z_$][\w$]*(?:(?:\.|\?\.|::|->)[A-Za-z_$][\w$]*(?:\(\))?)*$/.test(argument);

function parametersOf(input: RuleInput, callee: string, places: readonly [number, number]): readonly [string, string] | undefined {
  const bodies = bodiesNamed(input, 'after', callee);
  const found = bodies.flatMap(({ facts, place }) => {
    const parameters = facts.symbols.find(({ name, kind }) => name === place.name && /^(?:function|method)$/.test(kind))?.parameters ?? [];
    const own = /^(?:self|cls|this|&self|&mut self)$/.test(parameters[0]?.name ?? '') ? parameters.slice(1) : parameters;
    const [one, other] = [own[places[0]]?.name, own[places[1]]?.name];
    return one === undefined || other === undefined ? [] : [[one, other] as const];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** How many of two values are called after the name they stand for. */
function fits(values: readonly [string, string], names: readonly [string, string]): number {
  return [0, 1].filter((at) => isCalled(values[at] ?? '', names[at] ?? '')).length;
}

/** `req.params.tenantId` for `tenant`, `tenant.id` for `tenant_id`. */
function isCalled(value: string, name: string): boolean {
  const own = (text: string): string =>
    words(text)
      .replace(/ ?\b(?:id|ids|key|code|value|mut|clone|as str|to string)\b/g, '')
      .trim();
  const wanted = own(name);
  if (wanted === '') return words(lastName(value)) === words(name);
  const said = own(
    value
      .split(/\.|::|->|\?\./)
      .slice(-2)
      .join(' '),
  );
  return said === wanted || said.endsWith(` ${wanted}`) || said.startsWith(`${wanted} `);
}

const SIDE =
  /\b(?:from|source|sender|payer|debit|debtor|buyer|giver|origin)\b|\b(?:to|target|destination|dest|recipient|receiver|payee|credit|creditor|seller|taker|beneficiary)\b/;
const GIVES = /\b(?:from|source|src|sender|payer|debit|debtor|buyer|giver|origin|customer)\b/;
const TAKES = /\b(?:to|target|destination|dest|dst|recipient|receiver|payee|credit|creditor|seller|taker|beneficiary|merchant)\b/;

/** The one who gives and the one who gets, in this order. */
function areSides(one: string, other: string): boolean {
  const [first, second] = [words(one), words(other)];
  return (GIVES.test(first) && TAKES.test(second) && !TAKES.test(first)) || (TAKES.test(first) && GIVES.test(second) && !GIVES.test(first));
}

/** Placeholders by the column they are compared with: `tenant = $1 AND sku = $2` with `[sku, tenant]`. */
function columnsExchanged(was: readonly string[], { args, range }: ChangedCall['after']): ExchangedValues | undefined {
  const at = args.findIndex((argument) => STATEMENT.test(argument));
  const text = args[at] ?? '';
  if (at < 0 || was[at] !== text || was.length !== args.length) return undefined;
  const columns = placeholders(text);
  const [old, fresh] = [valuesBehind(was, at), valuesBehind(args, at)];
  const pair = exchanged(old, fresh);
  if (pair === undefined || columns.length < 2) return undefined;
  const [one, other] = pair;
  const names = [columns[one] ?? '', columns[other] ?? ''] as const;
  const now = [fresh[one] ?? '', fresh[other] ?? ''] as const;
  if (names.includes('') || fits([now[1], now[0]], names) === 0 || fits(now, names) > 0) return undefined;
  return { range, now, by: 'columns' };
}

/** Values behind the text: arguments of their own, or the members of one list. */
function valuesBehind(args: readonly string[], at: number): readonly string[] {
  const behind = args.slice(at + 1);
  const [only = ''] = behind;
  const list = behind.length === 1 ? /^(?:[[(]|new Object\[\] ?\{|&\[)([^()[\]{}]*)[\])}]$/.exec(only)?.[1] : undefined;
  return list === undefined
    ? behind
    : list
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== '');
}

/** The column of each placeholder in the order of their values; empty where none stands in front of it. */
function placeholders(text: string): readonly string[] {
  const found: string[] = [];
  const inserted = /\binsert\s+into\s+[\w."]+\s*\(([^()]*)\)\s*values\s*\(([^()]*)\)/i.exec(text);
  if (inserted !== null) {
    const columns = (inserted[1] ?? '').split(',').map((name) => name.trim());
    for (const [index, value] of (inserted[2] ?? '').split(',').entries()) place(found, value.trim(), columns[index] ?? '');
    return found;
  }
  for (const [, column = '', mark = ''] of text.matchAll(/([A-Za-z_][\w.]{0,60})"?\s*(?:=|<>|!=|[<>]=?|\blike\b)\s*(\$\d+|\?|%s)/gi))
    place(found, mark, column.slice(column.lastIndexOf('.') + 1));
  return found;
}

function place(found: string[], mark: string, column: string): void {
  const number = /^\$(\d+)$/.exec(mark)?.[1];
  if (number !== undefined) found[Number(number) - 1] ??= column;
  else if (mark === '?' || mark === '%s') found.push(column);
}

/** Two entries of one object that hold each other's value. */
function* exchangedEntries(input: RuleInput): Generator<ExchangedValues> {
  const changes = changedOptions(input);
  if (changes.length < 2 || changes.length > 200) return;
  const told = new Set<unknown>();
  const isNear = (one: Option, other: Option): boolean =>
    one.callee === other.callee && one.scope === other.scope && Math.abs(one.range.start.line - other.range.start.line) < 12;
  for (const one of changes) {
    if (told.has(one)) continue;
    const other = changes.find(
      (partner) =>
        partner !== one &&
        isNear(one.after, partner.after) &&
        one.before.value === partner.after.value &&
        one.after.value === partner.before.value &&
        one.before.value !== one.after.value,
    );
    if (other === undefined || turnsByName(one.after.scope) || !isName(one.after.value) || !isName(other.after.value)) continue;
    told.add(one).add(other);
    const names = [one.after.name, other.after.name] as const;
    const [was, now] = [
      [one.before.value, other.before.value],
      [one.after.value, other.after.value],
    ] as const;
    if (fits(was, names) > 0 && fits(now, names) === 0) yield { range: one.after.range, now, by: 'keys' };
    else if (areSides(...names) && fits(now, names) === 0) yield { range: one.after.range, now, by: 'sides' };
  }
}

/** How a finding says it. */
export function sayExchanged({ now, by }: ExchangedValues): string {
  const [one, other] = [shorten(now[0], 20), shorten(now[1], 20)];
  if (by === 'sides') return `\`${one}\` and \`${other}\` changed sides: who gave gets now`;
  const what = by === 'parameters' ? 'parameters' : by === 'columns' ? 'columns' : 'keys';
  return `\`${one}\` and \`${other}\` changed places, the ${what} did not`;
}
