import { stringify } from 'yaml';
import type { ReadAsset } from '../../core/languages/language.ts';
import { indexLines } from '../../core/languages/positions.ts';
import type { Family, Severity } from '../../core/model/finding.ts';
import type { Hunk } from '../../core/model/hunk.ts';
import type { Range, Side } from '../../core/model/range.ts';
import { TEAM_LANGUAGES, type TeamRule } from '../../core/model/team-rule.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { loadAstGrep, matchOffsets } from '../../core/team-rules/ast-grep.ts';
import { describePattern } from '../../core/team-rules/describe-pattern.ts';
import type { Span } from '../../core/team-rules/find-piece.ts';
import { generalise, type Learned } from '../../core/team-rules/generalise.ts';
import { teamLanguageOf } from '../../core/team-rules/languages.ts';
import { readRuleFile, TEAM_RULE_ID } from '../../core/team-rules/read-rule-file.ts';
import { AppError } from '../app-error.ts';
import { TEAM_RULES_FOLDER } from '../policy/load-team-rules.ts';
import { assessFixture, expectationsOf, FIXTURES_FOLDER, tryFixture } from './check-rules.ts';
import { drawPicture } from './draw-picture.ts';
import { parseFixture } from './fixture.ts';

/** The code of one hunk that a rule is to be made of. */
export interface Lesson {
  readonly hunk: Hunk;
  readonly side: Side;
  /** On its side; whole lines, or what a finding flagged. */
  readonly range: Range;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly severity: Severity;
  readonly family: Family;
  /** Where it was learned, for a person: `a3f1c2e..worktree`. */
  readonly from: string;
}

export interface LearnedRule {
  readonly rule: TeamRule;
  readonly ruleFile: { readonly path: RepoPath; readonly text: string };
  readonly fixture: { readonly path: RepoPath; readonly text: string };
  /** The code of the pattern. */
  readonly shown: string;
  /** What the pattern matches, and what it does not: a sentence each. */
  readonly matches: string;
  readonly misses: string;
  /** 1-based line of the flagged code, on the lesson's side. */
  readonly line: number;
  /** Places of the side without the incident that the pattern fits all the same. */
  readonly alike: number;
}

/**
 * Makes a rule and its fixture of a piece of code: the most general pattern that fits the piece and nothing in the file as it was
 * without it. Tried before it is given back: the rule flags the very hunk, and the fixture holds. Errors: `bad-usage` where
 * there is nothing to learn, or the id is none or taken.
 */
export async function learnRule(
  lesson: Lesson,
  {
    id,
    isTaken,
    readAsset,
  }: { readonly id: string | undefined; readonly isTaken: (path: RepoPath) => boolean; readonly readAsset: ReadAsset },
): Promise<LearnedRule> {
  const { hunk, side } = lesson;
  const language = teamLanguageOf(hunk.path);
  if (language === undefined) throw new AppError('bad-usage', `expected a file of ${TEAM_LANGUAGES.join(', ')}, found ${hunk.path}`);
  await loadAstGrep([language], readAsset);
  const text = (side === 'before' ? lesson.before : lesson.after) ?? '';
  const other = (side === 'before' ? lesson.after : lesson.before) ?? '';
  const learned = choose(
    generalise(language, text, offsetsOf(text, lesson.range), changedIn(text, lesson), otherLines(lesson)),
    (one) => matchOffsets(language, other, one.matcher).length,
  );
  if (learned === undefined)
    throw new AppError(
      'bad-usage',
      `expected code that does something on the lines of ${hunk.path} that are to be learned, found none${side === 'after' && hunk.before.lines > 0 ? '; --removed learns what was taken out' : ''}`,
    );
  const { piece, alike } = learned;
  const name = id === undefined ? freeName(nameOf(piece.shown, side), isTaken) : checkedName(id, isTaken);
  const path = rulePath(name);
  const ruleText = writeRule(name, language, piece, lesson);
  const { rules, errors } = readRuleFile(path, ruleText);
  const [rule] = rules;
  if (rule === undefined) throw new AppError('bad-usage', `expected a rule of this code, found: ${errors[0]?.message ?? 'none'}`);
  await expectFlagged(rule, lesson, readAsset);
  const picture = await fixtureOf(rule, lesson, readAsset);
  return {
    rule,
    ruleFile: { path, text: ruleText },
    fixture: { path: fixturePath(name), text: picture },
    shown: piece.shown,
    ...describePattern(piece),
    line: indexLines(text).lineAt(piece.start),
    alike,
  };
}

function choose(
  pieces: readonly Learned[],
  alikeIn: (piece: Learned) => number,
): { readonly piece: Learned; readonly alike: number } | undefined {
  const tried = pieces.map((piece) => ({ piece, alike: alikeIn(piece) }));
  return tried.find(({ alike }) => alike === 0) ?? tried.at(-1);
}

function offsetsOf(text: string, { start, end }: Range): Span {
  const lines = indexLines(text);
  const at = ({ line, character }: Range['start']): number => Math.min(text.length, lines.startOf(line) + character);
  return { start: at(start), end: at(end) };
}

/** What of the hunk's side the other side has otherwise, from the first difference to the last; none where most of it is another. */
function changedIn(text: string, { hunk, side }: Lesson): Span | undefined {
  const [own, other] = [side, side === 'before' ? 'after' : 'before'].map((one) => (one === 'before' ? hunk.removed : hunk.added).join(''));
  if (own === undefined || other === undefined || other === '') return undefined;
  let first = 0;
  while (first < own.length && own[first] === other[first]) first += 1;
  let last = 0;
  while (last < Math.min(own.length, other.length) - first && own.at(-1 - last) === other.at(-1 - last)) last += 1;
  const changed = own.length - first - last;
  if (changed === 0 || changed > own.trim().length * MOST_CHANGED) return undefined;
  const start = indexLines(text).startOf(hunk[side].start) + first;
  return { start, end: start + changed };
}

/** The lines of the hunk on the side that is not learned. */
function otherLines({ hunk, side }: Lesson): string {
  return (side === 'before' ? hunk.added : hunk.removed).join('');
}

/** Above it two pieces have a beginning in common and are not one piece that changed. */
const MOST_CHANGED = 0.6;

/** `no-shutil-rmtree`, `keep-require-admin`: the words that the pattern keeps. */
function nameOf(shown: string, side: Side): string {
  const words = (shown.replace(/\$[A-Z]\b/g, ' ').match(/[A-Za-z][A-Za-z0-9]*/g) ?? [])
    .flatMap((word) =>
      word
        .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
        .toLowerCase()
        .split(' '),
    )
    .filter((word) => !['await', 'self', 'this', 'new', 'if', 'not'].includes(word));
  return [side === 'before' ? 'keep' : 'no', ...words.slice(0, 4)]
    .join('-')
    .slice(0, 50)
    .replace(/(?<!-)-+$/, '');
}

function freeName(name: string, isTaken: (path: RepoPath) => boolean): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    if (!isTaken(rulePath(candidate)) && !isTaken(fixturePath(candidate))) return candidate;
  }
}

function checkedName(id: string, isTaken: (path: RepoPath) => boolean): string {
  if (!TEAM_RULE_ID.test(id)) throw new AppError('bad-usage', `expected --id as lower-case words with dashes, found ${JSON.stringify(id)}`);
  const taken = [rulePath(id), fixturePath(id)].find(isTaken);
  if (taken !== undefined) throw new AppError('bad-usage', `expected an id that is free, found ${taken}, which is there`);
  return id;
}

// Names are checked to be words with dashes.
const rulePath = (name: string): RepoPath => `${TEAM_RULES_FOLDER}${name}.yaml` as RepoPath;
const fixturePath = (name: string): RepoPath => `${FIXTURES_FOLDER}${name}.diff` as RepoPath;

function writeRule(name: string, language: string, piece: Learned, { hunk, side, severity, family, from }: Lesson): string {
  const { shown, matcher } = piece;
  const { matches, misses } = describePattern(piece);
  const short = shown.split('\n')[0] ?? '';
  const message = `${side === 'before' ? 'takes out' : 'adds'} \`${short.length > 40 ? `${short.slice(0, 39)}…` : short}\`, as before an incident`;
  const fields = {
    id: name,
    language,
    on: side === 'before' ? 'removed' : 'added',
    ...(family === 'safeguard' ? {} : { family }),
    severity,
    message,
    note: `Learned from ${hunk.path}, ${from}.`,
    rule: matcher.rule,
    ...(matcher.constraints === undefined ? {} : { constraints: matcher.constraints }),
  };
  const remarks = [
    matches,
    misses,
    'Widen it under `rule`: $A is any one thing, $$$ any number, `any:` a list of other spellings. Narrow it with `files`, `inside` or `constraints`.',
    'Say in `message` what happened, and add `url` with the report.',
  ];
  return `${remarks.map((remark) => `# ${remark}\n`).join('')}${stringify(fields, { lineWidth: 0 })}`;
}

/** The whole file on both sides: what the rule would have said of the incident. */
async function expectFlagged(rule: TeamRule, lesson: Lesson, readAsset: ReadAsset): Promise<void> {
  const side = (text: string | undefined): ReadonlyMap<RepoPath, string> => new Map(text === undefined ? [] : [[lesson.hunk.path, text]]);
  const { hunks, blindSpots } = await assessFixture({ before: side(lesson.before), after: side(lesson.after) }, [rule], readAsset);
  const span = lesson.side === 'before' ? 'before' : 'after';
  if (hunks.some((found) => found[span].start === lesson.hunk[span].start && found[span].lines === lesson.hunk[span].lines)) return;
  const failed = blindSpots.find(({ reason }) => reason === 'rule-crashed')?.detail;
  throw new AppError(
    'bad-usage',
    `expected the learned rule to flag its own hunk, found ${failed ?? 'that its code stands elsewhere too, or only moved'}: name fewer lines`,
  );
}

/** A small picture first; the whole file where the rule needs more around it. */
async function fixtureOf(rule: TeamRule, lesson: Lesson, readAsset: ReadAsset): Promise<string> {
  for (const context of [4, 40, Number.POSITIVE_INFINITY]) {
    const bare = parseFixture(drawPicture(lesson, context, []));
    const expected = expectationsOf(await assessFixture(bare, [rule], readAsset), [rule], bare);
    if (expected.length === 0) continue;
    const picture = drawPicture(lesson, context, expected);
    const { missed, surplus, problem } = await tryFixture(lesson.hunk.path, picture, [rule], readAsset);
    if (missed.length + surplus.length === 0 && problem === undefined) return picture;
  }
  throw new AppError('bad-usage', 'expected a fixture that the learned rule passes, found none: name other lines');
}
