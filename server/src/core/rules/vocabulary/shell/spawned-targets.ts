import type { Call, Command, Option } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { boundAbove } from '../code/bindings.ts';
import { lastName, literal, shorten } from '../code/call-names.ts';
import { tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { flagsOf, isMutating, plainWords, sourceOf } from './command-parts.ts';
import { spawnedCommand, spawnedCommands, startsProgram } from './spawned.ts';
import { droppedPlace, isPlaceVariable, placeFlagsOf } from './target-flags.ts';

/** Programs that code starts, and that are no longer told where to act: by a word, by a variable, or by the helper they go through now. */
export function* lostSpawnTargets(input: RuleInput): Generator<FindingDraft> {
  yield* lostWords(input);
  yield* lostVariables(input);
  yield* lostByHelper(input);
}

/** `execFileSync('kubectl', ['--context', context, …])` without its context. */
function* lostWords(input: RuleInput): Generator<FindingDraft> {
  // What the language read as a command before may be a list by a name now, which it does not.
  const read = input.before?.language === 'shell' ? [] : input.removed.commands;
  const left = [...spawnedCommands(input.removed), ...boundCommands(input, 'before'), ...read];
  for (const after of [...spawnedCommands(input.added), ...boundCommands(input, 'after')]) {
    const words = new Set(plainWords(after));
    const at = left.findIndex((before) => before.name === after.name && plainWords(before).some((word) => words.has(word)));
    const [before] = at < 0 ? [] : left.splice(at, 1);
    if (before === undefined || !isMutating(after) || /\.\.\.|\*\w/.test(after.key)) continue;
    // The word behind the option is none where a variable gives it.
    const [only] = placeFlagsOf(after).length > 0 ? [] : placeFlagsOf(before);
    const lost = droppedPlace(before, after, input.after)?.flag.name ?? only?.name ?? lostOfSeveral(before, after);
    if (lost !== undefined)
      yield { side: 'after', range: after.range, message: fitMessage(`${quote(sourceOf(after), 34)} lost ${quote(lost, 28)}`) };
  }
}

/** One of several options that say where, by its long name, where none came: `['--context', context, '-n', namespace]`. */
function lostOfSeveral(before: Command, after: Command): string | undefined {
  const [old, now] = [placeFlagsOf(before), placeFlagsOf(after)].map((flags) => flags.map(({ name }) => name));
  if (old === undefined || now === undefined || now.length >= old.length || now.some((name) => !old.includes(name))) return undefined;
  return old.find((name) => name.startsWith('--') && !now.includes(name));
}

/** Programs that are started with a list which a name was bound to on lines of the hunk: `cmd = ["kubectl", …]` and `run(cmd)`. */
function boundCommands(input: RuleInput, side: 'before' | 'after'): readonly Command[] {
  const facts = input[side];
  const { start, lines } = input.hunk[side];
  if (facts === undefined || lines === 0) return [];
  const near = tokensOn(facts, start, start + lines);
  return facts.calls.flatMap((call) => {
    const { line } = call.range.start;
    // Most calls are told by their line: a file may have thousands, and as many hunks.
    if (line < start || line >= start + lines + MOST_LINES || !startsProgram(call)) return [];
    // `execa('kubectl', args)`: the program stands in front of its list.
    const program = literal(call.args[0]);
    const name = /^[A-Za-z_]\w*$/.exec(call.args[program === undefined ? 0 : 1] ?? '')?.[0];
    const bound = name === undefined ? undefined : boundAbove(facts, name, line);
    if (bound?.startsWith('[') !== true) return [];
    const stands = near.some((token, at) => token.text === name && token.line < start + lines && /^:?=$/.test(near[at + 1]?.text ?? ''));
    return stands ? (spawnedCommand({ ...call, args: [...(program === undefined ? [] : call.args.slice(0, 1)), bound] }) ?? []) : [];
  });
}

/** How far below its words a program is started. */
const MOST_LINES = 20;

/** `{ env: { DATABASE_URL: url } }` of a call that starts a program which changes something. */
function* lostVariables(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const option of input.removed.options) {
    const scope = /^env$/i.test(option.name) ? counterpartScope(input, option.scope) : undefined;
    if (scope === undefined || told.has(scope)) continue;
    const lost = (option.value.match(/\b[A-Z][A-Z\d_]{2,}\b/g) ?? []).find(
      (name) => isPlaceVariable(name) && !isGiven(input, scope, name, option),
    );
    const starts = input.after?.calls.find((call) => call.scope === scope && startsProgram(call) && mutates(call, input));
    if (lost === undefined || starts === undefined) continue;
    told.add(scope);
    const isHere = input.added.calls.includes(starts);
    yield {
      side: isHere ? 'after' : 'before',
      range: isHere ? starts.range : option.range,
      message: fitMessage(`${quote(shorten(starts.args.join(' '), 32), 34)} lost the variable ${quote(lost, 26)}`),
    };
  }
}

/** The variable, or another one that says where, is still given in the function. */
function isGiven({ after }: RuleInput, scope: string, name: string, old: Option): boolean {
  return (
    after?.options.some(
      (option) =>
        option.scope === scope &&
        ((/^env$/i.test(option.name) &&
          (option.value.includes(name) ||
            /^[\w.]+$/.test(option.value) ||
            /\.\.\.(?!process\.env\b)|\*\*(?!os\.environ\b)/.test(option.value))) ||
          (option.name === name && option.callee !== old.callee)),
    ) === true ||
    after?.calls.some((call) => call.scope === scope && /setenv|environ|putenv/i.test(call.callee) && call.args.join().includes(name)) ===
      true
  );
}

function mutates(call: Call, { after }: RuleInput): boolean {
  const command = spawnedCommand(call);
  const read = after?.commands.find((other) => other.range.start.line === call.range.start.line);
  return [command, read].some((one) => one !== undefined && isMutating(one));
}

/** A helper that runs one program with whatever it is given, after the places were taken out of what it is given. */
function* lostByHelper(input: RuleInput): Generator<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  for (const call of input.added.calls) {
    const text = call.args.join(' ');
    const name = startsProgram(call) ? /['"`]([a-z][\w-]*)['"`]\s*,\s*(?:\*|\.\.\.)/.exec(text)?.[1] : undefined;
    if (name === undefined || call.scope === '') continue;
    const old = before.commands.filter((command) => command.name === name && isMutating(command) && placeFlagsOf(command).length > 0);
    const [first] = old;
    const stays = new Set(after.commands.map((command) => command.key));
    if (first === undefined || old.some((command) => stays.has(command.key))) continue;
    const flags = placeFlagsOf(first).map((flag) => flag.name);
    if (flags.some((flag) => text.includes(flag))) continue;
    const uses = after.calls.filter((other) => lastName(other.callee) === lastName(call.scope));
    const bare = uses.find((use) => old.some((command) => saysTheSame(command, use)) && !/\*\w|\.\.\./.test(use.args.join(' ')));
    if (bare === undefined || flags.some((flag) => bare.args.join(' ').includes(flag))) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(
        `${quote(`${name} ${bare.args.flatMap((argument) => literal(argument) ?? []).join(' ')}`, 34)} lost ${quote(flags[0] ?? '', 26)}`,
      ),
    };
  }
}

/** The words that say what a command does are given to the helper. */
function saysTheSame(command: Command, use: Call): boolean {
  const values = new Set(flagsOf(command).map((flag) => flag.value));
  const verbs = plainWords(command)
    .filter((word) => !values.has(word))
    .slice(0, 2);
  const given = use.args.flatMap((argument) => literal(argument)?.split(' ') ?? []);
  return verbs.length > 0 && verbs.every((verb) => given.includes(verb));
}
