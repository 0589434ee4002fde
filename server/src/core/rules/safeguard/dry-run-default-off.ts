import type { Call, FileFacts, Guard, Option, SourceFacts, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, shorten, words } from '../vocabulary/code/call-names.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { changedOptions, type OptionChange } from '../vocabulary/code/option-changes.ts';
import { newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { changedFields, isOn, plainDefault } from '../vocabulary/guards/default-values.ts';
import { isBranchOfDryRun } from '../vocabulary/guards/dry-branches.ts';
import { isDryName, isForceName } from '../vocabulary/guards/dry-names.ts';
import { lostDryDefaults } from '../vocabulary/guards/lost-dry-defaults.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { negatedSwitches } from '../vocabulary/guards/negated-switches.ts';
import { droppedDryRuns } from '../vocabulary/shell/dry-runs.ts';
import { isTurnedMode, turnedModes } from '../vocabulary/shell/mode-defaults.ts';

/**
 * ## What it sees
 * A default that kept a dangerous act from happening by itself and no longer does: `dryRun`, `confirm`, `preview` turned off,
 * `permanent`, `force`, `hard` turned on, `--apply` that became `--no-apply`; in scripts, pipelines and arguments of containers a
 * command that lost its `--dry-run`, and a variable that
 * decides it; a mode whose default only looked (`plan`) and now acts (`apply`).
 *
 * ## Why it matters
 * The next person runs the script as they ran it last time, and this time it does it.
 *
 * ## When it is fine
 * A command that asks in another way; the change then names it in review.
 *
 * ## What it misses
 * A flag of the command line whose default a chain of calls sets (`new Option('--apply').default(true)`).
 */
export default defineRule({
  id: 'safeguard/dry-run-default-off',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'A dangerous act now happens by default',
  reads: ['options', 'calls', 'commands', 'settings', 'guards', 'symbols'],
  evidence: [
    {
      title: 'Atlassian 2022-04: the site deletion script',
      url: 'https://www.atlassian.com/engineering/post-incident-review-april-2022-outage',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* droppedDryRuns(input);
    yield* turnedModes(input);
    const named = changedOptions(input).map(namedByCall(input));
    const ofCommandLine = new Set([
      ...named.filter(isOfCommandLine),
      ...changedFlags(input),
      ...changedAttributes(input),
      ...changedFields(input),
    ]);
    for (const change of new Set([...named, ...ofCommandLine, ...movedDefaults(input)])) {
      const { before, after } = change;
      const isOff = isDryName(after.name) && isOn(before.value) && /^(false|0|None|False)$/.test(plainDefault(after.value));
      const isAct = isForceName(after.name) || (ofCommandLine.has(change) && isActName(after.name));
      const isDone = isAct && /^(false|False|0)$/.test(plainDefault(before.value)) && isOn(after.value);
      if (isOff || isDone || isTurnedMode(after.name, modeOf(before.value), modeOf(after.value)))
        yield {
          side: 'after',
          range: after.range,
          message: fitMessage(
            `\`${shorten(after.name, 24)}\` is \`${plainDefault(after.value)}\` by default now, was \`${plainDefault(before.value)}\``,
          ),
        };
    }
    for (const { name, call } of lostDryDefaults(input))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(name, 24)}\` is off where nobody asks for it now, it was on`),
      };
    yield* turnedAround(input);
    yield* turnedOn(input);
    yield* takenBack(input);
    for (const guard of lostGuards(
      input,
      ({ test }) => /\b(dry run|dryrun|no op|noop|check only|preview only)\b/.test(words(test)) || isUnasked(test),
    )) {
      if (isBranchOfDryRun(input, guard) || isAskedForNow(input, guard)) continue;
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 30)}\` no longer keeps \`${shorten(guard.scope, 24) || 'the script'}\` from doing it`),
      };
    }
  },
});

/** `'plan'` of itself, of `typer.Option('plan')` and of `Mode.PLAN`. */
function modeOf(value: string): string {
  return /^(?:[\w.]*(?:Option|Argument|Field)\((?:default=)?)?["']?(?:[A-Z]\w*(?:\.|::))?([\w-]+)["']?/.exec(value)?.[1] ?? '';
}

/** What had to be asked for (`--apply`) is asked for no more, and a dry run is: `--preview`, which is off where nobody says so. */
function* turnedAround(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  if (before === undefined) return;
  const was = switches(before).find(({ name }) => isActName(name))?.name;
  if (was === undefined || (after !== undefined && [...switches(after), ...after.options].some(({ name }) => isActName(name)))) return;
  const old = new Set(switches(before).map(({ name }) => words(name)));
  // A setting of the same name does nothing by itself; a condition asks this one.
  const asked = new Set([...(after?.guards ?? []), ...(after?.conditions ?? [])].flatMap(({ reads }) => reads.map(words)));
  for (const { name, range } of switches(input.added)) {
    if (!isDryName(name) || old.has(words(name)) || !asked.has(words(name))) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`it acted with \`${shorten(was, 18)}\` alone; now it does unless \`${shorten(name, 18)}\` is given`),
    };
    return;
  }
}

/** `typer.Option(False, '--commit')`, or a default that goes by the name of the switch that it stands in (`namedByCall`). */
function isOfCommandLine({ before, after }: OptionChange): boolean {
  return after.name !== before.name || /^[\w.]*(?:Option|Argument|boolean)\(/.test(before.value);
}

/** A switch that had to be given has a default that is on: `--execute`, which is `execute: bool = Option(True, …)` now. */
function* turnedOn(input: RuleInput): Iterable<FindingDraft> {
  const { before } = input;
  if (before === undefined) return;
  const was = new Set(switches(before).flatMap(({ name }) => (isActName(name) ? [words(name)] : [])));
  if (was.size === 0) return;
  const paired = new Set(changedOptions(input).map(({ after }) => after));
  for (const option of input.added.options) {
    if (!isOn(option.value) || paired.has(option)) continue;
    const { name, range, value } = namedByCall(input)({ before: option, after: option }).after;
    if (was.has(words(name)))
      yield {
        side: 'after',
        range,
        message: fitMessage(`\`${shorten(name, 24)}\` is \`${plainDefault(value)}\` by default now, it had to be given`),
      };
  }
}

/** What had to be asked for (`--apply`) happens unless it is taken back: `--no-apply`, which parsers read as on where nobody says so. */
function* takenBack(input: RuleInput): Iterable<FindingDraft> {
  const { before, after } = input;
  const isField = ({ kind, type }: SymbolFact): boolean => kind === 'property' && /^bool(ean)?$/i.test(type);
  const asked = (facts: SourceFacts | undefined): ReadonlySet<string> =>
    new Set(
      [...(facts === undefined ? [] : switches(facts)), ...(facts?.symbols.filter(isField) ?? [])].map(({ name }) => words(lastName(name))),
    );
  const fresh = negatedSwitches(input.added).filter(({ act }) => isActName(act));
  if (fresh.length === 0) return;
  const [was, is] = [asked(before), asked(after)];
  for (const { act, name, range } of fresh) {
    if (!was.has(act) || is.has(act)) continue;
    yield {
      side: 'after',
      range,
      message: fitMessage(`\`${shorten(act, 18)}\` had to be asked for; now it happens unless \`${shorten(name, 20)}\` is given`),
    };
    return;
  }
}

/** `if not apply: … continue`: whoever did not ask for it only saw what would happen. */
function isUnasked(test: string): boolean {
  const name = /^(?:not |!)((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*)$/.exec(test)?.[1];
  return name !== undefined && /^(apply|execute|commit|for real|really|live run|do it|perform)$/.test(words(lastName(name)));
}

/** The other way round: `--apply`, which is off unless it is given, and `if not args.apply: … continue` in the place of the dry run. */
function isAskedForNow(input: RuleInput, { scope }: Guard): boolean {
  return (
    newGuardsIn(input, scope).some(({ test }) => isUnasked(test)) &&
    input.after !== undefined &&
    switches(input.after).some(({ name }) => isActName(name))
  );
}

/** A switch of a command line that had to be given before anything happened. */
function isActName(name: string): boolean {
  return isForceName(name) || /^(commit|write|save|run|go|do it|act|no dry run|no preview)$/.test(words(name));
}

type Switch = Pick<Option, 'name' | 'range'>;

/** What is off unless somebody asks for it. */
const switches = keepOf((facts: Pick<FileFacts, 'calls' | 'options'>): readonly Switch[] => [
  ...facts.calls.flatMap((call) => switchOf(call) ?? []),
  ...facts.options.filter(({ value, callee }) => callee === '' && /^(false|False)$/.test(plainDefault(value))),
]);

/** `add_argument('--apply', action='store_true')`, `flag.Bool("apply", false, …)`, `.option('--apply', …, false)`: off unless given. */
function switchOf({ kind, callee, args, range }: Call): Switch | undefined {
  const named = args.map((argument) => literal(argument)).find((text) => text !== undefined);
  const isFlags = /(^|\.)(Bool|BoolP|BoolVar|BoolVarP|BoolFlag)$/.test(callee);
  const long = /^(?:-\w, ?)?--([a-z][\w-]*)$/.exec(
    args.map((argument) => literal(argument) ?? '').find((text) => text.includes('--')) ?? '',
  )?.[1];
  const name = long ?? (isFlags ? named : undefined);
  const isOff =
    args.some((argument) => /^action\s*=\s*['"]store_true|^is_flag\s*=\s*True|^default\s*=\s*False|^false$/.test(argument)) ||
    (/(^|\.)(option|addOption)$/.test(callee) && args.length <= 2);
  return kind === 'assertion' || name === undefined || !isOff ? undefined : { name, range };
}

/** `@click.option('--dry-run', default=True)`: the default goes by the name that the call gives it. */
function namedByCall(input: RuleInput): (change: OptionChange) => OptionChange {
  return (change) => {
    if (!/^(default|default_value|default_value_t|defaultValue|DefaultValue|Value|initial|initialValue)$/.test(change.after.name))
      return change;
    // `'dry-run': { type: 'boolean', default: true }` says it by the key around it.
    const path = change.after.key.startsWith(`${change.after.callee}(`) ? change.after.key.slice(change.after.callee.length + 1) : '';
    const around = /(?<![\w-])([\w-]+)['"]?\.\w+:/.exec(path.slice(0, path.indexOf(':') + 1))?.[1];
    if (around !== undefined) return { ...change, after: { ...change.after, name: around } };
    const call = input.after?.calls.find(
      (other) =>
        (other.callee === change.after.callee || (change.after.callee === '' && other.kind === 'decorator')) &&
        other.range.start.line <= change.after.range.start.line &&
        other.range.end.line >= change.after.range.end.line &&
        (/^(\w+ ?= ?[{[]? ?)?['"]-/.test(other.args[0] ?? '') ||
          (DECLARES.test(lastName(other.callee)) && literal(other.args[0]) !== undefined)),
    );
    const given = call?.args.map((argument) => literal(argument.replace(/^\w+\s*=\s*/, '')) ?? '') ?? [];
    // `dest='dry_run'` of argparse, and click's second name, say what the default belongs to.
    const own = call?.args.map((argument) => /^dest\s*=\s*['"](\w+)['"]$/.exec(argument)?.[1]).find((text) => text !== undefined);
    const second =
      call?.kind === 'decorator' && given[0]?.startsWith('-') === true
        ? call.args
            .slice(1)
            .map((argument) => literal(argument) ?? '')
            .find((text) => /^[a-z]\w*$/.test(text))
        : undefined;
    const name = own ?? second ?? given.find((argument) => argument.startsWith('--')) ?? given.find((argument) => /^\w/.test(argument));
    return name === undefined
      ? change
      : { ...change, after: { ...change.after, name: name.replace(/^--/, '').split(/[/ ,=]/)[0] ?? name } };
  };
}

/** A default that went from a parameter to a record of defaults, or back: the only one of its name in the file, then and now. */
function movedDefaults(input: RuleInput): readonly OptionChange[] {
  const paired = new Set(changedOptions(input).map((change) => change.after.name));
  const only = (options: readonly Option[] | undefined, name: string): Option | undefined => {
    const [first, ...others] = (options ?? []).filter((option) => option.name === name && option.callee === '');
    return others.length === 0 ? first : undefined;
  };
  return input.added.options.flatMap((option) => {
    if (paired.has(option.name) || !(isDryName(option.name) || isForceName(option.name))) return [];
    const [before, after] = [only(input.before?.options, option.name), only(input.after?.options, option.name)];
    return before === undefined || after !== option || before.value === after.value ? [] : [{ before, after }];
  });
}

/** How yargs, commander, cac, clap, argparse and their kin declare an option by its bare name. */
const DECLARES = /^(option|options|addOption|flag|boolean|positional|arg|Arg::new|add_argument|add_option|new|Option|Argument|switch|opt)$/;

/** `flag.Bool("dry-run", true, …)` and its kin, whose second argument is the default. */
function changedFlags(input: RuleInput): readonly OptionChange[] {
  const flags = (calls: readonly Call[]): readonly Option[] =>
    calls.flatMap((call) => {
      const isOption = /(^|\.)option$/.test(call.callee);
      if (!isOption && !/(^|\.)(Bool|BoolP|BoolVar|BoolVarP|BoolFlag|boolean|addBooleanOption)$/.test(call.callee)) return [];
      const at = call.args.findIndex((argument) => literal(argument) !== undefined);
      const value = call.args.slice(at + 1).find((argument) => /^(true|false)$/.test(argument));
      const given = literal(call.args[at]);
      // Commander's options are declared as they are given: `-f, --force`.
      const name = isOption ? /^(?:-\w, ?)?--([a-z][\w-]*)$/.exec(given ?? '')?.[1] : given;
      return name === undefined || value === undefined ? [] : [{ ...call, name, value, callee: call.callee }];
    });
  return flags(input.added.calls).flatMap((after) => {
    const before = flags(input.removed.calls).find((other) => other.name === after.name);
    return before === undefined || before.value === after.value ? [] : [{ before, after }];
  });
}

/** `#[arg(long, default_value_t = true)] dry_run: bool` of clap: the default goes by the name of the field below it. */
function changedAttributes(input: RuleInput): readonly OptionChange[] {
  const defaults = (calls: readonly Call[], side: 'before' | 'after'): readonly Option[] =>
    calls.flatMap((call) => {
      const said = call.kind === 'decorator' && /^(arg|clap|structopt)$/.test(call.callee) ? call.args.join(', ') : '';
      const value = /\bdefault_value(?:_t)? ?= ?['"]?(true|false)\b/.exec(said)?.[1];
      if (value === undefined) return [];
      const below = input[side]?.symbols.find(({ kind, range }) => kind === 'property' && range.start.line > call.range.end.line);
      const name = /\blong ?= ?['"]([\w-]+)['"]/.exec(said)?.[1] ?? (below === undefined ? '' : lastName(below.name));
      return name === '' ? [] : [{ ...call, name, value }];
    });
  return defaults(input.added.calls, 'after').flatMap((after) => {
    const before = defaults(input.removed.calls, 'before').find((other) => other.name === after.name);
    return before === undefined || before.value === after.value ? [] : [{ before, after }];
  });
}
