import type { Finding } from '../../core/model/finding.ts';
import type { Side } from '../../core/model/range.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { AppError } from '../app-error.ts';

/** One expected finding, drawn as carets under the line it stands on. Characters are 0-based, `end` exclusive. */
export interface Expectation {
  readonly path: string;
  readonly side: Side;
  /** 1-based on its side. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  /** `family/construct`, with ` [severity]` where it is not the rule's own, then `: message`. */
  readonly text: string;
}

/** Both worlds and the verdict in one readable picture. */
export interface Fixture {
  readonly before: ReadonlyMap<RepoPath, string>;
  readonly after: ReadonlyMap<RepoPath, string>;
  readonly expected: readonly Expectation[];
}

/**
 * Reads a fixture. Column 0 says what a line is: ` ` kept, `-` removed, `+` added, `~` an expectation about the line above
 * (carets stand under its characters), `#` a remark before the first file. `//- path` starts a file. An empty line is kept.
 * Errors: `bad-usage` with the line.
 */
export function parseFixture(text: string): Fixture {
  const before = new Map<RepoPath, string[]>();
  const after = new Map<RepoPath, string[]>();
  const expected: Expectation[] = [];
  let path: RepoPath | undefined;
  let last: { side: Side; line: number } | undefined;
  const lines = text.replace(/\n$/, '').split('\n');
  for (const [index, line] of lines.entries()) {
    const where = `line ${index + 1} of the fixture`;
    if (line.startsWith('//- ')) {
      // A fixture names its files itself; they are what RepoPath promises.
      path = line.slice(4).trim() as RepoPath;
      last = undefined;
    } else if (path === undefined) {
      if (!line.startsWith('#'))
        throw new AppError('bad-usage', `${where}: expected "//- path" or a remark, found ${JSON.stringify(line)}`);
    } else if (line.startsWith('~')) {
      if (last === undefined) throw new AppError('bad-usage', `${where}: expected a line of code above an expectation`);
      expected.push({ path, ...last, ...carets(line, where) });
    } else {
      last = addLine(before, after, path, line, where);
    }
  }
  return { before: join(before), after: join(after), expected };
}

/** Draws an expectation as it would stand in a fixture. */
export function drawExpectation(expectation: Expectation): string {
  const carets = '^'.repeat(Math.max(1, expectation.end - expectation.start));
  return `${expectation.path}:${expectation.line} (${expectation.side})\n~${' '.repeat(expectation.start)}${carets} ${expectation.text}`;
}

function carets(line: string, where: string): { start: number; end: number; text: string } {
  const match = /^~( *)(\^+) +(\S.*)$/.exec(line);
  if (match === null) throw new AppError('bad-usage', `${where}: expected "~ ^^^ rule: message", found ${JSON.stringify(line)}`);
  const [, space = '', marks = '', text = ''] = match;
  return { start: space.length, end: space.length + marks.length, text };
}

function addLine(
  before: Map<RepoPath, string[]>,
  after: Map<RepoPath, string[]>,
  path: RepoPath,
  line: string,
  where: string,
): { side: Side; line: number } {
  const mark = line === '' ? ' ' : line[0];
  const code = line.slice(1);
  if (mark !== ' ' && mark !== '-' && mark !== '+')
    throw new AppError('bad-usage', `${where}: expected a line that starts with a space, - + or ~, found ${JSON.stringify(line)}`);
  const old = mark === '+' ? undefined : push(before, path, code);
  const fresh = mark === '-' ? undefined : push(after, path, code);
  return fresh === undefined ? { side: 'before', line: old ?? 0 } : { side: 'after', line: fresh };
}

function push(side: Map<RepoPath, string[]>, path: RepoPath, code: string): number {
  const lines = side.get(path) ?? [];
  side.set(path, lines);
  return lines.push(code);
}

function join(side: ReadonlyMap<RepoPath, string[]>): ReadonlyMap<RepoPath, string> {
  return new Map([...side].map(([path, lines]) => [path, `${lines.join('\n')}\n`]));
}

/** A finding as an expectation. `ownSeverity` is what its rule says of itself: only another one is written. */
export function expectationOf(
  file: string,
  finding: Finding,
  ownSeverity: string | undefined,
  fixture: Pick<Fixture, 'before' | 'after'>,
): Expectation {
  const severity = ownSeverity === finding.severity ? '' : ` [${finding.severity}]`;
  const { start, end } = finding.range;
  // A fixture's paths are what it names.
  const text = fixture[finding.side].get(file as RepoPath)?.split('\n')[start.line - 1] ?? '';
  return {
    path: file,
    side: finding.side,
    line: start.line,
    start: start.character,
    end: end.line > start.line ? text.length : end.character,
    text: `${finding.rule}${severity}: ${finding.message}`,
  };
}

export function sameExpectation(a: Expectation, b: Expectation): boolean {
  return a.path === b.path && a.side === b.side && a.line === b.line && a.start === b.start && a.end === b.end && a.text === b.text;
}
