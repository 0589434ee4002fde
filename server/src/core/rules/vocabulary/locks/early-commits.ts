import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, words } from '../code/call-names.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { formerScope } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { handsWork, isHandedWork } from './handed-work.ts';
import { writesOf } from './locked-parts.ts';
import { hasBlock } from './lost-brackets.ts';

/** A commit that stands too early. */
export interface EarlyCommit {
  readonly callee: string;
  readonly range: Range;
  /** In front of all the work, which then has no transaction; else between two writes. */
  readonly isFirst: boolean;
}

const COMMITS = /^(?:commit|Commit|commitTransaction|commit_transaction)$/;
/** A function of more lines than this is not looked through. */
const LONGEST = 80;
const CONTROL = /\b(?:commit|begin|rollback|start transaction|begin tx|transaction|savepoint|close|release)\b/;

/**
 * Commits that are new between two writes of a function whose writes all stood in front of its commit: half of it may be all that
 * stays. Also the one commit of a function that moved in front of all it does.
 */
export function earlyCommits(input: RuleInput): readonly EarlyCommit[] {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return [];
  if (!hasCommit(before)) return [];
  const { start, lines } = hunk.after;
  // The one that stood at the end may be the one that moved up.
  return after.calls.flatMap((call): readonly EarlyCommit[] => {
    const { line } = call.range.start;
    if (line < start - LONGEST || line >= start + lines + LONGEST || call.scope === '' || !commits(call)) return [];
    const isHere = (at: number): boolean => start <= at && at < start + lines;
    // Where a diff moved the work instead of the commit, the finding stands on the work.
    const told = isHere(line) ? line : workAround(after, call).behind.find(isHere);
    if (told === undefined) return [];
    const old = formerScope(input, call.scope)?.name;
    const [was, ...others] = before.calls.filter((other) => other.scope === old && commits(other));
    if (old === undefined || was === undefined || others.length > 0) return [];
    const said = {
      callee: COMMITS.test(lastName(call.callee)) ? call.callee : 'COMMIT',
      range: told === line ? call.range : rangeOfLine(input, 'after', told),
    };
    if (isMovedToFront(before, was, after, call)) return [{ ...said, isFirst: true }];
    return !isBetweenWrites(before, was) && isBetweenWrites(after, call) ? [{ ...said, isFirst: false }] : [];
  });
}

/** Of the old side, which stays the same from one keystroke to the next. */
const hasCommit = keepOf((facts: SourceFacts): boolean => facts.calls.some(commits));

/** By its name, or by the text it is handed: `client.query('COMMIT')`. */
function commits({ callee, args }: Call): boolean {
  return COMMITS.test(lastName(callee)) || args.some((argument) => /^['"`]\s*commit\b/i.test(argument));
}

/** All the work stood in front of the commit, and all of it stands behind; nothing opens or ends a transaction there. */
function isMovedToFront(before: SourceFacts, was: Call, after: SourceFacts, is: Call): boolean {
  if (after.language === 'python' && hasBlock(after, is.scope)) return false;
  const [old, now] = [workAround(before, was), workAround(after, is)];
  if (old.inFront.length === 0 || old.behind.length > 0 || now.inFront.length > 0 || now.behind.length < old.inFront.length) return false;
  return !after.calls.some((other) => other.scope === is.scope && other.range.start.line > is.range.start.line && opensOrCommits(other));
}

function opensOrCommits(call: Call): boolean {
  return commits(call) || /\b(?:begin|transaction|atomic|savepoint)\b/.test(words([lastName(call.callee), call.args[0] ?? ''].join(' ')));
}

interface Work {
  readonly inFront: readonly number[];
  readonly behind: readonly number[];
}

/** Lines with work in front of and behind a commit: statements that change rows, calls that by their name do, work that was handed over. */
function workAround(facts: SourceFacts, commit: Call): Work {
  const isWork = (call: Call): boolean =>
    call.kind === 'call' &&
    ((call.callee.includes('.') &&
      isWrite(call.callee) &&
      !/^(?:query|execute|exec|Exec|ExecContext|run)$/.test(lastName(call.callee)) &&
      !CONTROL.test(words(lastName(call.callee)))) ||
      isHandedWork(facts, call));
  const lines = new Set([
    ...facts.calls.filter((call) => call.scope === commit.scope && isWork(call)).map(({ range }) => range.start.line),
    ...facts.statements
      .filter(({ scope, verb }) => scope === commit.scope && /^(?:insert|update|delete|merge)$/.test(verb))
      .map(({ range }) => range.start.line),
    ...handsWork(facts, commit.scope),
  ]);
  const { line } = commit.range.start;
  return { inFront: [...lines].filter((at) => at < line), behind: [...lines].filter((at) => at > line) };
}

function isBetweenWrites(facts: SourceFacts, call: Call): boolean {
  const { scope, range } = call;
  const place = facts.scopes.find(({ name }) => name === scope);
  const { line } = range.start;
  // What stands in a loop around the commit is done piece by piece.
  const isInLoop = facts.loops.some(({ body }) => body.startLine <= line && line <= body.endLine);
  if (place === undefined || isInLoop) return false;
  // Of a commit that is a text its fellows are texts as well, and so are the begin and the rollback.
  if (!COMMITS.test(lastName(call.callee))) {
    const { inFront, behind } = workAround(facts, call);
    return inFront.length > 0 && behind.length > 0;
  }
  return writesOf(facts, place.startLine, line - 1).size > 0 && writesOf(facts, line + 1, place.endLine).size > 0;
}
