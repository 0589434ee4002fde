import type { CodeToken, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, textsByLine, tokensOn } from '../code/code-text.ts';
import { numberOf } from '../code/option-changes.ts';
import { homeOf } from '../code/option-paths.ts';
import { roleLevel } from './role-lattice.ts';

/** A rank that is asked for, and is a lower one now. */
export interface RankChange {
  readonly range: Range;
  readonly before: string;
  readonly after: string;
}

const RANKS =
  /\b(?:ranks?|levels?|tiers?|clearances?|grades?|roles?|privileges?|trust|seniority|authority|access|permissions?|badges?|scopes?|rights?)\b/;
/** What says that somebody is given a rank, and not that one is asked for. */
const GIVES =
  /\b(?:default|initial|assign\w*|grants?|granted|given|new (?:user|member)|sign ?up|invite\w*|log|logging|price|plan|billing|retry|compression|isolation|zoom)\b/;

/** Lines that differ in one member of an order: `Rank.captain` that became `Rank.deckhand`, where the file says what each is worth. */
export function* loweredRanks(input: RuleInput): Iterable<RankChange> {
  const { before, after, hunk, path } = input;
  if (before === undefined || after === undefined || hunk.before.lines > 200 || hunk.after.lines > 200) return;
  const old = linesOf(tokensOn(before, hunk.before.start, hunk.before.start + hunk.before.lines - 1));
  for (const now of linesOf(tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1))) {
    for (const was of old) {
      const at = onlyDifference(was.tokens, now.tokens);
      if (at === undefined) continue;
      const [left = '', right = ''] = [was.tokens[at], now.tokens[at]];
      const dot = /^(?:\.|::)$/.test(now.tokens[at - 1] ?? '');
      const order = dot ? (now.tokens[at - 2] ?? '') : '';
      const place = words(
        `${path.replace(/\.\w+$/, '')} ${scopeAtLine(after, now.line)} ${now.tokens.join(' ')} ${homesOn(after, now.line)}`,
      );
      const [from, to] = [worth(input, order, left), worth(input, order, right)];
      if (isNumber(left) && !NEEDS.test(place)) continue;
      if (order === '' && isRoleName(left) && !NEEDS.test(place) && !TABLES.test(place)) continue;
      if (from === undefined || to === undefined || to >= from || GIVES.test(place) || !RANKS.test(place)) continue;
      yield { range: rangeOfLine(input, 'after', now.line), before: left, after: right };
      break;
    }
  }
}

/** The tables that a line is a part of. */
function homesOn({ options }: SourceFacts, line: number): string {
  return options
    .filter(({ range }) => range.start.line === line)
    .map(homeOf)
    .join(' ');
}

function linesOf(tokens: readonly CodeToken[]): readonly { readonly line: number; readonly tokens: readonly string[] }[] {
  return [...textsByLine(tokens)].map(([line, texts]) => ({ line, tokens: texts }));
}

function onlyDifference(one: readonly string[], other: readonly string[]): number | undefined {
  if (one.length !== other.length || one.length < 3) return undefined;
  const at = one.findIndex((token, index) => token !== other[index]);
  return at < 0 || one.slice(at + 1).some((token, index) => token !== other[at + 1 + index]) ? undefined : at;
}

const NEEDS = /\b(?:require|required|requires|need|needs|needed|min|minimum|must|at least|threshold)\b/;

/** Tables that say who may do what. */
const TABLES = /\b(?:permissions?|polic(?:y|ies)|acl|rbac|authz|access)\b/;

/** A constant that is called after its role: `RoleOwner`, `ROLE_ADMIN`. */
function isRoleName(name: string): boolean {
  return /^role_?\w/i.test(name);
}

function isNumber(token: string): boolean {
  return /^\d{1,6}$/.test(token);
}

/** A constant of the file that is named for its rank: `LevelCaptain = 90`. */
function worthOfConstant({ before, after }: Pick<RuleInput, 'before' | 'after'>, name: string): number | undefined {
  if (!/rank|level|tier|clearance|grade|role/i.test(name)) return undefined;
  const constant = [before, after].flatMap(
    (facts) => facts?.options.find((option) => option.name === name && option.callee === '') ?? [],
  )[0];
  return constant === undefined ? undefined : numberOf(constant.value);
}

/** What a member of an order is worth: the number that the file gives it, or the place of its name among the known roles. */
function worth({ after, before }: RuleInput, order: string, name: string): number | undefined {
  if (isNumber(name)) return Number(name);
  if (order === '') return worthOfConstant({ before, after }, name) ?? (isRoleName(name) ? roleLevel(name) : undefined);
  for (const facts of [before, after]) {
    const member = facts?.options.find(
      (option) =>
        option.name === name &&
        (homeOf(option) === order || homeOf(option).endsWith(`.${order}`) || option.scope === order || option.scope.endsWith(`.${order}`)),
    );
    const value = member === undefined ? undefined : numberOf(member.value);
    if (value !== undefined) return value;
  }
  // Members of an enumeration without numbers stand in their order, from the least.
  const members = before?.symbols.filter((symbol) => symbol.name.startsWith(`${order}.`) && symbol.kind === 'property') ?? [];
  const isOrder =
    members.some((symbol) => (roleLevel(symbol.name.slice(order.length + 1)) ?? 9) <= 1) && /rank|level|tier|clearance|grade/i.test(order);
  const at = isOrder ? members.findIndex((symbol) => symbol.name === `${order}.${name}`) : -1;
  return at >= 0 ? at : roleLevel(name);
}
