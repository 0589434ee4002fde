import type { TeamRule } from '../model/team-rule.ts';
import type { RepoPath } from '../model/tree.ts';
import { matchesPattern } from '../policy/path-pattern.ts';
import { type Match, withText } from './ast-grep.ts';
import { teamLanguageOf } from './languages.ts';

/** What one rule matched in one text, or why it could not be asked there. */
export type Matched = { readonly kind: 'matches'; readonly matches: readonly Match[] } | { readonly kind: 'failed'; readonly why: string };

/** True where a rule looks at files of this path. */
export function looksAt(rule: TeamRule, path: RepoPath): boolean {
  if (teamLanguageOf(path) !== rule.language) return false;
  if (rule.files.length > 0 && !rule.files.some((pattern) => matchesPattern(pattern, path))) return false;
  return !rule.ignores.some((pattern) => matchesPattern(pattern, path));
}

/** Matches of rules of one language in one text. A rule that fails costs its own matches; the others still speak. */
export function findMatches(rules: readonly TeamRule[], text: string): ReadonlyMap<TeamRule, Matched> {
  const found = new Map<TeamRule, Matched>();
  const possible: TeamRule[] = [];
  for (const rule of rules) {
    if (rule.words.every((word) => text.includes(word))) possible.push(rule);
    else found.set(rule, { kind: 'matches', matches: [] });
  }
  const [first] = possible;
  if (first === undefined) return found;
  try {
    withText(first.language, text, (find) => {
      for (const rule of possible) {
        try {
          found.set(rule, { kind: 'matches', matches: outermost(find(rule.matcher, metavariablesOf(rule.message))) });
        } catch (error) {
          found.set(rule, { kind: 'failed', why: messageOf(error) });
        }
      }
    });
  } catch (error) {
    for (const rule of possible) if (!found.has(rule)) found.set(rule, { kind: 'failed', why: messageOf(error) });
  }
  return found;
}

/** The message of one match, its metavariables filled in, as one line of at most 80 characters. */
export function messageOfMatch(rule: TeamRule, match: Match): string {
  const text = rule.message.replace(METAVARIABLE, (whole, name: string) => match.values.get(name) ?? whole).replace(/\s+/g, ' ');
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

const METAVARIABLE = /(?<!\$)\$([A-Z_][A-Z0-9_]*)/g;

function metavariablesOf(message: string): readonly string[] {
  return [...new Set([...message.matchAll(METAVARIABLE)].map((found) => found[1] ?? ''))];
}

/** A match that begins where a longer one begins says the same of the same code. */
function outermost(matches: readonly Match[]): readonly Match[] {
  const longest = new Map<number, Match>();
  for (const match of matches) {
    const known = longest.get(match.start);
    if (known === undefined || known.end < match.end) longest.set(match.start, match);
  }
  return [...longest.values()].sort((a, b) => a.start - b.start);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
