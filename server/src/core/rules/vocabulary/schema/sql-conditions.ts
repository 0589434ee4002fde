import type { FileFacts, SqlStatement } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { counterpartScope, hasScope, within } from '../code/counterpart.ts';
import { groupBy, keepOfBoth } from '../code/kept.ts';
import { isAmong } from '../code/symbols-by-name.ts';
import { lastPart } from './sql-context.ts';

/** A statement that stays and asks for less. */
export interface LostCondition {
  readonly before: SqlStatement;
  readonly after: SqlStatement;
  /** `turned`: it asks for the rows that it kept out. */
  readonly kind: 'gone' | 'loosened' | 'turned' | 'limit';
  /** The condition that is gone, as it stood; empty for a limit. */
  readonly condition: string;
}

/** Conditions that statements of this hunk lost, a statement and its successor in hand. Kept for the hunk: several rules ask. */
export function lostConditions(input: RuleInput): readonly LostCondition[] {
  const known = answers.get(input);
  if (known !== undefined) return known;
  const found = pairStatements(input).flatMap(([before, after]) =>
    compareStatements(before, after).filter(
      ({ condition }) => !isAskedOfRows(input, after, condition) && (after.verb !== 'select' || !isAskedIn(input.after, condition)),
    ),
  );
  answers.set(input, found);
  return found;
}

const answers = new WeakMap<RuleInput, readonly LostCondition[]>();

/** Each statement that this hunk took out with the one that came in its place: same verb, same table, most in common. */
export function pairStatements(input: RuleInput): readonly (readonly [SqlStatement, SqlStatement])[] {
  const { fresh, byTable } = freshStatements(input.before?.statements ?? NONE, input.after?.statements ?? NONE);
  const taken = new Set<SqlStatement>();
  const pairs: (readonly [SqlStatement, SqlStatement])[] = [];
  for (const before of input.removed.statements) {
    if (!/^(select|update|delete|insert|merge)$/.test(before.verb) && !(before.verb === 'create-table' && filledBy(before) !== undefined))
      continue;
    const scope = counterpartScope(input, before.scope);
    let best: { readonly after: SqlStatement; readonly score: number } | undefined;
    for (const after of byTable.get(tableOf(before)) ?? NONE) {
      if (taken.has(after)) continue;
      if (scope === undefined || !within(after.scope, scope)) continue;
      const score = likeness(before, after);
      if (best === undefined || score > best.score) best = { after, score };
    }
    best ??=
      scope === undefined
        ? undefined
        : rehoused(
            input,
            before,
            fresh.filter((statement) => !taken.has(statement)),
          );
    if (best === undefined) continue;
    taken.add(best.after);
    pairs.push([before, best.after]);
  }
  return pairs;
}

const NONE: readonly SqlStatement[] = [];

/** Statements of one side that the other did not have, in their order and by what they do to which table: every hunk asks. */
const freshStatements = keepOfBoth((before: readonly SqlStatement[], after: readonly SqlStatement[]) => {
  const old = new Set(before.map(({ key }) => key));
  const fresh = after.filter(({ key }) => !old.has(key));
  return { fresh, byTable: groupBy(fresh, tableOf) };
});

function tableOf({ verb, targets }: SqlStatement): string {
  return `${verb} ${lastPart(targets[0] ?? '')}`;
}

/** A text that left its function and is a constant now, or stands in a function that is new: the only one that is like it. */
function rehoused(
  { before: old }: RuleInput,
  statement: SqlStatement,
  fresh: readonly SqlStatement[],
): { readonly after: SqlStatement; readonly score: number } | undefined {
  const found = fresh.flatMap((after) => {
    if (after.verb !== statement.verb || lastPart(after.targets[0] ?? '') !== lastPart(statement.targets[0] ?? '')) return [];
    const isFree = after.scope === '' || (old !== undefined && !hasScope(old, after.scope));
    const score = likeness(statement, after);
    return isFree && after.scope !== statement.scope && score >= REHOUSED ? [{ after, score }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

/**
 * Conditions that a statement lost on its way to this hunk, where it stands now, from another hunk, where it stood: whoever reads
 * the new place sees it whole, and does not see what it was.
 */
export function arrivedWithout(input: RuleInput): readonly LostCondition[] {
  const { before, after, added, removed } = input;
  if (before === undefined || after === undefined || added.statements.length === 0) return [];
  const lost = freshStatements(after.statements, before.statements).fresh.filter((statement) => !isAmong(removed.statements, statement));
  if (lost.length === 0) return [];
  // Where all of them stand in one place none has gone to another.
  const homes = new Set(lost.map(({ scope }) => counterpartScope(input, scope)));
  if (homes.size === 1 && added.statements.every(({ scope }) => homes.has(scope))) return [];
  return pairStatements({ ...input, removed: { ...removed, statements: lost } }).flatMap(([old, now]) =>
    added.statements.includes(now) && now.scope !== counterpartScope(input, old.scope) ? compareStatements(old, now) : [],
  );
}

/**
 * Conditions that a statement lost on its way into another file: the only one of its verb and table that is new there and like it, and
 * none is left here. What code asks there instead (`filter((row) => !row.onHold)`) is asked.
 */
export function departedWithout(input: RuleInput): readonly LostCondition[] {
  const { removed, after, addedElsewhere } = input;
  if (removed.statements.length === 0) return [];
  const elsewhere = addedElsewhere();
  const isAlike = (one: SqlStatement, other: SqlStatement): boolean =>
    one.verb === other.verb && lastPart(one.targets[0] ?? '') === lastPart(other.targets[0] ?? '');
  return removed.statements.flatMap((statement) => {
    const candidates = elsewhere.statements.filter((other) => isAlike(statement, other));
    const [now, ...others] = candidates;
    if (now === undefined || others.length > 0 || after?.statements.some((other) => isAlike(statement, other)) === true) return [];
    if (likeness(statement, now) < REHOUSED) return [];
    return compareStatements(statement, now).filter(({ condition }) => now.verb !== 'select' || !isAskedIn(elsewhere, condition));
  });
}

/** Share of words that a statement has with what became of it in another place. */
const REHOUSED = 0.4;

/**
 * The rows are those of a table, a view or a name given above that this file fills with the same condition, and by whose key the
 * statement finds them: `INSERT INTO chosen SELECT … WHERE held`, `UPDATE … FROM chosen WHERE chosen.id = t.id`.
 */
export function isAskedOfRows({ after: facts }: RuleInput, now: SqlStatement, condition: string): boolean {
  if (facts === undefined || !/^(?:update|delete|select)$/.test(now.verb) || condition === '') return false;
  const isKeyed = now.conditions.some((other) => isJoin(other) || /^[a-z_]\w* in \( select\b|^exists \(/.test(other));
  const read = new Set(now.names.map(lastPart));
  const targets = now.targets.map(lastPart);
  return (
    isKeyed &&
    facts.statements.some((other) => {
      const filled = filledBy(other);
      return (
        filled !== undefined &&
        other.range.start.line < now.range.start.line &&
        !targets.includes(filled) &&
        read.has(filled) &&
        (other.conditions.includes(condition) || other.key.replace(/\b\w+ \. /g, '').includes(` ${condition}`))
      );
    })
  );
}

/** The table or the view that a statement fills with what it selects. */
export function filledBy({ verb, names: said, targets }: SqlStatement): string | undefined {
  if (verb === 'select') {
    const at = said.indexOf('into');
    return at < 0 ? undefined : said.slice(at + 1).find((name) => !/^(?:temp|temporary|table|unlogged)$/.test(name));
  }
  const fills = /^(?:insert|create-(?:table|view|materialized-view)|create-or-replace-view)$/.test(verb) && said.includes('select');
  return fills ? lastPart(targets[0] ?? '') : undefined;
}

/** A column of a condition that code asks about now, however it writes it: what was selected in vain is passed over there. */
function isAskedIn(facts: Pick<FileFacts, 'guards' | 'conditions'> | undefined, condition: string): boolean {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase();
  const columns = names(condition).map(plain);
  return [...(facts?.guards ?? []), ...(facts?.conditions ?? [])].some(({ key }) => columns.some((column) => plain(key).includes(column)));
}

/** Share of their words that two statements have in common, 0 to 1. */
export function likeness(a: SqlStatement, b: SqlStatement): number {
  const words = new Set(a.names);
  const shared = b.names.filter((name) => words.has(name)).length;
  return shared / Math.max(1, a.names.length, b.names.length);
}

/** Conditions of a statement that the one in its place lost. */
export function compareStatements(before: SqlStatement, after: SqlStatement): readonly LostCondition[] {
  const left = [...after.conditions];
  const gone: string[] = [];
  for (const condition of before.conditions) {
    const at = left.indexOf(condition);
    if (at < 0) gone.push(condition);
    else left.splice(at, 1);
  }
  const found: LostCondition[] = [];
  for (const condition of gone) {
    const at = left.findIndex((other) => subject(other) === subject(condition));
    const other = left[at];
    if (other === undefined) {
      // A filled-in condition (`${where}`) may be anything.
      if (left.some((unknown) => /^p+$/.test(unknown)) || /^(p+|true|1 = 1|1)$/.test(condition)) continue;
      if ((joins(before) && isJoin(condition)) || left.some((wider) => names(wider).some((name) => names(condition).includes(name))))
        continue;
      found.push({ before, after, kind: 'gone', condition });
    } else {
      left.splice(at, 1);
      if (isTurned(condition, other)) found.push({ before, after, kind: 'turned', condition });
      else if (isLooser(condition, other)) found.push({ before, after, kind: 'loosened', condition });
    }
  }
  const bounds = (statement: SqlStatement): boolean => statement.names.some((name) => /^(limit|top|fetch|rownum)$/.test(name));
  if (bounds(before) && !bounds(after) && (after.verb !== 'select' || before.names.includes('limit')))
    found.push({ before, after, kind: 'limit', condition: '' });
  return found;
}

/** What a condition asks about: its first name, or the function around it; a column and the field of an object that stands for it alike. */
function subject(condition: string): string {
  const words = condition.split(' ').filter((word) => word !== '(' && word !== 'not' && word !== 'exists');
  return (words[0] ?? '').replaceAll('_', '');
}

function names(condition: string): readonly string[] {
  return condition.split(' ').filter((word) => /^[a-z_][a-z0-9_]*$/.test(word) && !KEYWORDS.has(word) && !/^p+$/.test(word));
}

const KEYWORDS = new Set(
  'and or not is null in between like ilike true false now interval current_date current_timestamp select exists any all case when then else end date cast as'.split(
    ' ',
  ),
);

function joins(statement: SqlStatement): boolean {
  const words = statement.verb === 'update' ? /^(join|from)$/ : /^(join|using)$/;
  return statement.targets.length > 1 || statement.names.some((name) => words.test(name));
}

/** Two columns side by side: how a join finds its partner. */
function isJoin(condition: string): boolean {
  return /^[a-z_]\w* = [a-z_]\w*$/.test(condition) && !/ = (true|false|null|p+)$/.test(condition);
}

/** The same subject, and more rows meet the new condition for sure. */
function isLooser(old: string, fresh: string): boolean {
  if (/ or true$|^true or | or 1 = 1$/.test(fresh)) return true;
  if (fresh.startsWith(`${old} or `) || fresh.endsWith(` or ${old}`)) return true;
  const [a, b] = [parse(old), parse(fresh)];
  if (a === undefined || b === undefined) return listIsLonger(old, fresh);
  if (a.operator === '=' && /^(<=|>=|<>|!=|like|ilike|is not)$/.test(b.operator)) return true;
  if (a.operator === '<' && b.operator === '<=' && a.value === b.value) return false;
  const older = intervalDays(a.value);
  const newer = intervalDays(b.value);
  if (a.operator !== b.operator || older === undefined || newer === undefined || newer * 2 > older) return false;
  // How old a row must be, `age(created_at) > …`, or the moment that it must lie before.
  if (/^age \(/.test(old) && /^age \(/.test(fresh)) return /^>=?$/.test(a.operator);
  return /^<=?$/.test(a.operator) && BACK.test(a.value) && BACK.test(b.value);
}

/** Counted back from now. */
const BACK = /-|\b(?:date_sub|subdate|days_sub|months_sub)\b/;

/** The same two sides, compared the other way: `<` and `>`, `=` and `<>`, `in` and `not in`, `is null` and `is not null`. */
function isTurned(old: string, fresh: string): boolean {
  if (old.replace(/\bnot /, '') === fresh.replace(/\bnot /, ''))
    return / or /.test(old) ? false : /\bnot /.test(old) !== /\bnot /.test(fresh);
  const [a, b] = [parse(old), parse(fresh)];
  if (a === undefined || b === undefined || a.value !== b.value) return false;
  if (/^[<>]=?$/.test(a.operator) && /^[<>]=?$/.test(b.operator)) return a.operator[0] !== b.operator[0];
  return (a.operator === '=' && /^(?:<>|!=)$/.test(b.operator)) || (b.operator === '=' && /^(?:<>|!=)$/.test(a.operator));
}

function parse(condition: string): { readonly operator: string; readonly value: string } | undefined {
  // An operator of two signs may come as two words.
  const joined = condition.replace(/([<>!]) ([=>])/g, '$1$2');
  const match = /^(?:\w+ \( )?[a-z_]\w*(?: \))? (=|<>|!=|<=|>=|<|>|is not|is|like|ilike) (.+)$/.exec(joined);
  return match === null ? undefined : { operator: match[1] ?? '', value: match[2] ?? '' };
}

/** `status in ( 'a' )` that becomes `status in ( 'a' , 'b' )`, and `not in` that becomes shorter. */
function listIsLonger(old: string, fresh: string): boolean {
  const list = (text: string): readonly string[] => /\bin \( (.*) \)$/.exec(text)?.[1]?.split(' , ') ?? [];
  const [a, b] = [list(old), list(fresh)];
  if (a.length === 0 || b.length === 0 || a[0] === 'select' || b[0] === 'select')
    return /\bnot in\b/.test(old) && !/\bnot in\b/.test(fresh) && b.length > 0;
  const isNot = /\bnot in\b/.test(old) && /\bnot in\b/.test(fresh);
  return isNot ? b.length < a.length && b.every((item) => a.includes(item)) : a.length < b.length && a.every((item) => b.includes(item));
}

/** `now ( ) - interval '30 days'`, `interval 30 day`, `make_interval ( days = > 30 )`, `dateadd ( day , - 30 , …`, `current_date - 30`. */
function intervalDays(value: string): number | undefined {
  for (const form of INTERVALS) {
    const found = form.exec(value)?.groups;
    if (found === undefined) continue;
    const { count, unit = 'day' } = found;
    return Number(count) * (UNITS[unit] ?? 1);
  }
  return undefined;
}

const INTERVALS = [
  /'-?(?<count>\d+)'? (?<unit>second|minute|hour|day|week|month|year)s?/,
  /\binterval '?(?<count>\d+)'? (?<unit>second|minute|hour|day|week|month|year)/,
  /\bmake_interval \( (?<unit>sec|min|hour|day|week|month|year)s = ?> (?<count>\d+)/,
  /\bdate_?add \( (?<unit>second|minute|hour|day|week|month|year) , - (?<count>\d+)/,
  /\bcurrent_date - (?<count>\d+)$/,
] as const;

const UNITS: Readonly<Record<string, number>> = {
  sec: 1 / 86_400,
  second: 1 / 86_400,
  min: 1 / 1440,
  minute: 1 / 1440,
  hour: 1 / 24,
  day: 1,
  week: 7,
  month: 30,
  year: 365,
};
