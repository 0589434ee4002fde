import { intervalDays } from './sql-intervals.ts';

/** What a condition asks about: its first name, or the function around it; a column and the field of an object that stands for it alike. */
export function subjectOf(condition: string): string {
  const words = condition.split(' ').filter((word) => word !== '(' && word !== 'not' && word !== 'exists');
  return (words[0] ?? '').replaceAll('_', '');
}

/** The columns and tables that a condition speaks of. */
export function namesIn(condition: string): readonly string[] {
  return condition.split(' ').filter((word) => /^[a-z_][a-z0-9_]*$/.test(word) && !KEYWORDS.has(word) && !/^p+$/.test(word));
}

const KEYWORDS = new Set(
  'and or not is null in between like ilike true false now interval current_date current_timestamp select exists any all case when then else end date cast as'.split(
    ' ',
  ),
);

/** Two columns side by side: how a join finds its partner. */
export function isJoin(condition: string): boolean {
  return /^[a-z_]\w* = [a-z_]\w*$/.test(condition) && !/ = (true|false|null|p+)$/.test(condition);
}

/** The same subject, and more rows meet the new condition for sure. */
export function isLooser(old: string, fresh: string): boolean {
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
export function isTurned(old: string, fresh: string): boolean {
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
