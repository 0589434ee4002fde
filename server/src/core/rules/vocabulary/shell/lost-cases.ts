import type { CodeToken, Command, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { ENDS, isTest, scriptsOf } from './asked-still.ts';

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

interface CaseStatement {
  readonly subject: string;
  readonly line: number;
  /** What no other arm knows ends the script. */
  readonly refuses: boolean;
}

function casesIn({ tokens }: SourceFacts): readonly CaseStatement[] {
  return tokens.flatMap(({ text, line }, at): readonly CaseStatement[] => {
    if (text !== 'case') return [];
    const rest = tokens.slice(at + 1, at + 1 + LONGEST);
    const from = rest.findIndex((token) => token.text === 'in');
    const to = rest.findIndex((token) => token.text === 'esac');
    if (from < 1 || to < from) return [];
    const subject = rest.slice(0, from).map((token) => token.text);
    return [{ subject: subject.join(' ').replace(/^"(.*)"$/, '$1'), line, refuses: refusesRest(rest.slice(from + 1, to)) }];
  });
}

const LONGEST = 400;

function refusesRest(arms: readonly CodeToken[]): boolean {
  const at = arms.findIndex(({ text }) => text === '*)');
  const rest = at < 0 ? [] : arms.slice(at + 1);
  const end = rest.findIndex(({ text }) => ENDS.test(text));
  return end >= 0 && rest[end + 1]?.text !== '0';
}
