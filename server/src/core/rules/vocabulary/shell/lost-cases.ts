import type { Command } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { isTest, scriptsOf } from './asked-still.ts';
import { casesIn } from './case-statements.ts';

/** A `case` that ended a script at whatever it did not know, and the work that no longer waits for it. */
export interface LostCase {
  /** What was asked, as written: `$(hostname)`. */
  readonly subject: string;
  readonly range: Range;
  readonly work: Command;
}

/**
 * `case "$(hostname)" in db-staging-*) ;; *) exit 1 ;; esac` that is gone, where nothing of the script asks for its subject any more. What
 * sorts the arguments of a script is no such question.
 */
export function* lostCases(input: RuleInput, works: (command: Command) => boolean): Iterable<LostCase> {
  const { before, after, hunk } = input;
  if (before?.language !== 'shell' || after?.language !== 'shell') return;
  const work = after.commands.find(works);
  if (work === undefined) return;
  const asked = [
    ...casesIn(after).map(({ subject }) => subject),
    ...[...after.commands, ...scriptsOf(input).reached].filter(isTest).map(({ written }) => written),
  ];
  for (const { subject, line, refuses } of casesIn(before)) {
    if (!refuses || line < hunk.before.start || line >= hunk.before.start + hunk.before.lines || SORTS.test(subject)) continue;
    const names = subject.match(/[A-Za-z_][\w-]*/g) ?? [];
    if (names.length === 0 || asked.some((text) => names.some((name) => text.includes(name)))) continue;
    yield { subject, range: rangeOfLine(input, 'before', line), work };
  }
}

/** An argument, or what a loop over the arguments calls one. */
const SORTS = /^["']?\$\{?(\d|[*@]|opt\w*|arg\w*|option|flag|key|cmd|command|action|verb|mode|subcommand|reply|REPLY|answer|yn|choice)\b/;
