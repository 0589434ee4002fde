import type { Command, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { keepOf } from '../code/kept.ts';
import { casesIn } from './case-statements.ts';
import { ENDS } from './command-parts.ts';

/** How a test of a script is asked now: so that it stops the work, so that it stops nothing, or not at all. */
export interface AskedStill {
  readonly isAsked: boolean;
  /** The commands that ask the same of this file and let the script go on. */
  readonly idle: readonly Command[];
}

export function isTest({ name, written }: Command): boolean {
  return (
    /^(\[|\[\[|test)$/.test(name) ||
    ((name === '' || name === written) && written.startsWith('((')) ||
    (name === 'grep' && /\s-\w*q/.test(written))
  );
}

/** The commands of a script and those of the functions that the change brought in another file, which the script calls. */
export const scriptsOf = keepOf((input: RuleInput) => {
  const own = input.after?.commands ?? [];
  const elsewhere = input.addedElsewhere().commands;
  const bodies = new Map<string, Command[]>();
  for (const command of [...own, ...elsewhere])
    if (command.scope !== '') bodies.set(command.scope, [...(bodies.get(command.scope) ?? []), command]);
  const called = new Set(own.map(({ name }) => name));
  for (let size = -1; size < called.size; ) {
    size = called.size;
    for (const { scope, name } of elsewhere) if (called.has(scope)) called.add(name);
  }
  return { bodies, reached: elsewhere.filter(({ scope }) => scope === '' || called.has(scope)) };
});

/** The same is asked in another place or another way: a function, a file that came along, `${NAME:?}`. */
export function askedStill(input: RuleInput, test: Command, work: Command | undefined): AskedStill {
  const { before, after } = input;
  const { bodies, reached } = scriptsOf(input);
  const known = new Set(before?.commands.map((command) => command.key));
  const keys = withArguments(input, keysOf(test));
  const speaks = ({ words, written }: Command): boolean =>
    keys.some((name) =>
      /^\d$|^\W$/.test(name)
        ? words.some(({ expansions }) => expansions.some((expansion) => expansion.name === name))
        : written.includes(name),
    );
  // A function of the script that asks, and of nothing that the test asked of.
  const isOwnOfOther = (name: string): boolean => {
    const own = (after?.commands ?? []).filter((command) => command.scope === name && isTest(command));
    return / (=|==|!=) /.test(test.written) && keys.length > 0 && own.length > 0 && !own.some(speaks);
  };
  const ends = (command: Command): boolean => {
    const body = bodies.get(command.name);
    return body === undefined ? isEnd(command) : body.some(isEnd);
  };
  const literals = literalsOf(test);
  const ofValue = comparesText(test);
  // How many arguments there are, or whether one is empty or a file, is no question about what it says.
  const isLess = ({ written }: Command): boolean =>
    ofValue && /^(?:test|\[\[?|\(\() (?:! )?(?:-[a-zA-Z] \S+|["']?\$#.*)(?: \]\]?| \)\))?$/.test(written);
  const isHanded = ({ words }: Command): boolean => words.slice(1).some(({ text }) => literals.includes(text));
  const checks = (command: Command): boolean => {
    const { name } = command;
    const body = bodies.get(name);
    if (body === undefined) return CHECKS.test(name) && !isOwnOfOther(name);
    return body.some((inner) => {
      const isAbout = speaks(inner) || speaks(command) || isHanded(command);
      if (isTest(inner)) return isAbout && !isLess(inner) && stops(inner, body, ends);
      return isAbout && inner.name === 'read' && body.some(ends);
    });
  };
  const idle: Command[] = [];
  const asks = (command: Command, among: readonly Command[]): boolean => {
    if (isTest(command) && (command.written === test.written || (!known.has(command.key) && speaks(command) && !isLess(command)))) {
      if (stops(command, among, ends) || (after !== undefined && among === after.commands && holds(after, command, work))) return true;
      if (among === after?.commands) idle.push(command);
      return false;
    }
    if (known.has(command.key)) return false;
    if (!ofValue && command.words.some((word) => word.expansions.some((expansion) => expansion.guarded && keys.includes(expansion.name))))
      return true;
    return checks(command);
  };
  const own = after?.commands ?? [];
  const isSorted =
    after !== undefined &&
    casesIn(after).some(
      ({ subject, refuses, refused }) =>
        (refuses || literals.some((literal) => refused.includes(literal))) && keys.some((key) => subject.includes(key)),
    );
  const isSaid =
    own.filter((command) => asks(command, own)).length > 0 ||
    isSorted ||
    reached.some((command) => command.scope === '' && asks(command, reached));
  // What it was about has another name now: then it is one of as many ways to end as there were.
  const isRenamed = keys.length > 0 && !own.some(speaks) && keys.every((key) => /^\w+$/.test(key)) && idle.length === 0;
  return {
    isAsked: isSaid || (isRenamed && countEnds([...own, ...reached], bodies) >= countEnds(before?.commands ?? [], NO_BODIES)),
    idle,
  };
}

const NO_BODIES: ReadonlyMap<string, readonly Command[]> = new Map();

/** Places at which the script ends early; what a function such as `die` does itself is one for each of its calls. */
function countEnds(commands: readonly Command[], bodies: ReadonlyMap<string, readonly Command[]>): number {
  const onlyEnds = (name: string): boolean => {
    const body = bodies.get(name);
    return body?.some(isEnd) === true && !body.some((inner) => isTest(inner) || inner.unless !== undefined || inner.rescues !== undefined);
  };
  return commands.filter((command) => (isEnd(command) || onlyEnds(command.name)) && !(command.scope !== '' && onlyEnds(command.scope)))
    .length;
}

const CHECKS = /^(require|assert|ensure|check|guard|confirm|verify|must|validate|need|needs)[_-]?\w*$/i;

/** Variables that a test reads, and the commands whose output it compares. */
function keysOf(test: Command): readonly string[] {
  const names = test.words.flatMap((word) => word.expansions.map((expansion) => expansion.name)).filter((name) => name !== '');
  // Arithmetic reads a variable by its bare name.
  const bare = test.name.startsWith('((') ? (test.written.match(/\b[A-Za-z_]\w*/g) ?? []) : [];
  return [...names, ...bare, ...(test.written.match(/\$\([^()$]{2,60}\)/g) ?? [])];
}

/** With `$#`, and `$1` or `$@`, beside a variable that is an argument or all of them: `HOST="$1"`, `HOSTS="$*"`. */
function withArguments({ trees, path, hunk }: RuleInput, names: readonly string[]): readonly string[] {
  const content = trees.before.read(hunk.previousPath ?? path);
  const text = content?.kind === 'text' ? content.text : '';
  const given = names.flatMap((name) => {
    const argument = /^\w+$/.test(name) ? new RegExp(`(?:^|\\s)${name}="?\\$\\{?([*@]|\\d)`).exec(text)?.[1] : undefined;
    return argument === undefined ? [] : ['#', ...(/\d/.test(argument) ? [argument] : ['@', '*'])];
  });
  return [...names, ...given];
}

/** `[[ "$TARGET" == *-production ]]`: it asks what a value says, and not whether there is one. */
function comparesText({ name, words }: Command): boolean {
  const at = words.findIndex(({ text }) => /^(?:==?|!=|=~)$/.test(text));
  const literal = words[at + 1];
  return (
    /^(?:test|\[\[?)$/.test(name) &&
    at > 0 &&
    (words[at - 1]?.expansions.length ?? 0) > 0 &&
    literal?.expansions.length === 0 &&
    /[A-Za-z]/.test(literal.text)
  );
}

/** `90` and `logkeeper` of what is compared. */
function literalsOf({ words }: Command): readonly string[] {
  return words
    .slice(1)
    .flatMap(({ text, expansions, dynamic }) =>
      expansions.length === 0 && !dynamic && !/^(?:\]\]?|[=!<>]=?~?|==|-\w+|)$/.test(text) ? [text] : [],
    );
}

export function isEnd({ name, written }: Command): boolean {
  return ENDS.test(name) && !/^(exit|return) 0$/.test(written);
}

/** What ends the script stands behind it: `|| exit 1`, `&& exit 1`, or inside its `if`. */
export function stops(test: Command, commands: readonly Command[], ends: (command: Command) => boolean = isEnd): boolean {
  const from = test.range.start.line;
  const inScope = commands.filter(({ scope }) => scope === test.scope);
  if (inScope.some((command) => (command.rescues === test.written || command.unless === test.written) && ends(command))) return true;
  const ending = inScope.find(
    (command) =>
      command.range.start.line >= from &&
      command.range.start.line <= from + 4 &&
      command.unless !== test.written &&
      command.rescues === undefined &&
      ends(command) &&
      command !== test,
  );
  if (ending === undefined) return false;
  // Another question stands between the two: then it is that one which stops.
  return !inScope.some(
    (command) =>
      command !== test &&
      isTest(command) &&
      command.range.start.line > from &&
      command.range.start.line <= ending.range.start.line &&
      command.rescues === undefined,
  );
}

/** The work stands inside the `if` of the test. */
function holds({ tokens }: SourceFacts, test: Command, work: Command | undefined): boolean {
  const from = test.range.start.line;
  if (work === undefined || work.range.start.line <= from) return false;
  let depth = 0;
  for (const { text, line } of tokens) {
    if (line < from) continue;
    if (text === 'if') depth += 1;
    if (text === 'fi') depth -= 1;
    if (text === 'fi' && depth <= 0) return work.range.start.line <= line;
  }
  return false;
}
