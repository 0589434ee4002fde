import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { isDryName } from './dry-names.ts';

/** A flag that was on where nobody said so, and that is declared without a default now, which is off. */
export interface LostDefault {
  readonly name: string;
  readonly call: Call;
}

/** `@Option(names = "--dry-run", defaultValue = "true")` that lost its default, in whatever way the parser of the command line is told. */
export function lostDryDefaults({ before, after, added }: RuleInput): readonly LostDefault[] {
  if (before === undefined || after === undefined || !added.calls.some(declares)) return [];
  const was = new Set(flagsOf(before).flatMap(({ name, call }) => (call.args.some(isOnByDefault) ? [name] : [])));
  if (was.size === 0) return [];
  const isSetOn = (flag: string): boolean => after.options.some(({ name, value }) => words(name) === flag && /^(?:true|True)$/.test(value));
  const isGone = (flag: string): boolean =>
    !flagsOf(after).some(({ name, call }) => name === flag && call.args.some((argument) => isOnByDefault(argument) || SAID.test(argument)));
  return flagsOf(after).filter(({ name, call }) => was.has(name) && added.calls.includes(call) && isGone(name) && !isSetOn(name));
}

/** `default=True`, `defaultValue = "true"`, `{ type: 'boolean', default: true }`, and the plain `true` of commander. */
function isOnByDefault(argument: string): boolean {
  return /^(?:true|True)$|\bdefault(?:_?value(?:_t)?|Value)?['"]?\s?[=:]\s?['"]?(?:true|True|1)\b/.test(argument);
}

/** Another default, which other readers judge, or none because it must be given. */
const SAID = /\bdefault(?:_?value(?:_t)?|Value)?['"]?\s?[=:]|\brequired['"]?\s?[=:]\s?(?:true|True)|\bstore_false\b/;

function declares({ kind, callee }: Call): boolean {
  return kind === 'decorator'
    ? /^(?:Option|option|arg|clap|structopt|Parameter|click\.option|typer\.option|Flag)$/.test(callee)
    : /^(?:option|addOption|add_argument|add_option|boolean|flag|switch|Option|BooleanOptionalAction)$/.test(lastName(callee));
}

/** Flags of a file that keep an act from happening, by their names in words. */
const flagsOf = keepOf((facts: SourceFacts): readonly LostDefault[] =>
  facts.calls.filter(declares).flatMap((call) => {
    const [name] = namesOf(facts, call).filter(isDryName);
    return name === undefined ? [] : [{ name: words(name), call }];
  }),
);

function namesOf(facts: SourceFacts, { args, range, kind }: Call): readonly string[] {
  const long = /--([a-z][\w-]*)/.exec(args.join(' '))?.[1] ?? literal(args[0] ?? '');
  if (long !== undefined) return [long];
  const below =
    kind === 'decorator'
      ? facts.symbols.find((symbol) => symbol.kind === 'property' && symbol.range.start.line > range.end.line)
      : undefined;
  return below === undefined ? [] : [lastName(below.name)];
}
