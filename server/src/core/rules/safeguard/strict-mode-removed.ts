import type { Command, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { lostShellOfSteps, lostTrap } from '../vocabulary/shell/lost-shells.ts';
import { sourcedFacts, sourcedFiles } from '../vocabulary/shell/sourced-files.ts';
import { unjoinedCommands } from '../vocabulary/shell/unjoined-commands.ts';

/**
 * ## What it sees
 * A script that no longer stops by itself: `set -e`, `set -u` or `set -o pipefail` taken out, turned off, or moved into
 * parentheses where it holds for nothing else; the same in a first line (`#!/bin/bash -eu`), in make's `.SHELLFLAGS` and in a
 * Dockerfile's `SHELL`; and `${NAME:?}` that became `${NAME:-}` or `$NAME`. A command that ran only where the one before it succeeded
 * (`pg_dump shop && dropdb shop`) and now runs whatever became of it, a `trap … ERR` that is gone,
 * and the shell that all steps of a workflow are started with.
 *
 * ## Why it matters
 * The next line runs although the one before it failed, or with an empty path. `rm -rf "$DIR/"*` with an empty variable is how
 * an updater removed home directories.
 *
 * ## When it is fine
 * The options are written in another way, or a file that is sourced sets them, and asks for the variables. A script that goes away altogether is not
 * flagged, nor is a variable that is tested or given a value instead.
 *
 * ## What it misses
 * `set +e` that was there before and whose `set -e` behind it moved, and scripts in strings of other languages.
 */
export default defineRule({
  id: 'safeguard/strict-mode-removed',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'A script no longer stops on errors or missing variables',
  reads: ['commands', 'settings', 'tokens'],
  evidence: [
    { title: 'ShellCheck SC2115', url: 'https://www.shellcheck.net/wiki/SC2115' },
    { title: 'Steam for Linux removed home directories', url: 'https://github.com/valvesoftware/steam-for-linux/issues/3671' },
  ],
  *check(input): Iterable<FindingDraft> {
    if (input.before === undefined || input.after === undefined) return;
    yield* lostOptions(input, input.before, input.after);
    yield* turnedOff(input);
    yield* lostFlags(input);
    yield* lostGuards(input, input.before, input.after);
    yield* unjoinedCommands(input);
    yield* lostTrap(input);
    yield* lostShellOfSteps(input);
  },
});

const MEANING = {
  e: 'goes on after a command that fails',
  u: 'takes a missing variable for an empty one',
  pipefail: 'does not see a failure inside a pipe',
} as const;
type Strict = keyof typeof MEANING;

/** What a `set` turns on: `-euo pipefail`, `-o errexit`. */
function turnsOn(command: Command, sign: '-' | '+' = '-'): readonly Strict[] {
  if (command.name !== 'set') return [];
  const words = command.words.slice(1).map((word) => word.text);
  return words.flatMap((word, at): readonly Strict[] => {
    if (!word.startsWith(sign)) return [];
    const letters = /^[-+][A-Za-z]+$/.test(word) ? word.slice(1) : '';
    const named = letters.endsWith('o') ? (words[at + 1] ?? '') : '';
    return [
      ...(letters.includes('e') || named === 'errexit' ? (['e'] as const) : []),
      ...(letters.includes('u') || named === 'nounset' ? (['u'] as const) : []),
      ...(named === 'pipefail' ? (['pipefail'] as const) : []),
    ];
  });
}

/** What holds for a script as a whole; what is set in parentheses ends with them. */
function strictnessOf(commands: readonly Command[], scopes?: ReadonlySet<string>): ReadonlySet<Strict> {
  const live = commands.filter((command) => command.subshell !== true && (scopes === undefined || scopes.has(command.scope)));
  return new Set(live.flatMap((command) => turnsOn(command)));
}

function* lostOptions(input: RuleInput, before: SourceFacts, after: SourceFacts): Generator<FindingDraft> {
  // Each step of a workflow, each target of a makefile and each RUN has a shell of its own; a script is one.
  const isScript = after.language === 'shell';
  for (const command of input.removed.commands) {
    const lost = turnsOn(command);
    if (lost.length === 0 || command.subshell === true) continue;
    const own = new Set([command.scope]);
    const now = isScript ? strictnessOf(after.commands) : strictnessOf(after.commands, own);
    // GitHub starts every step with `bash -e`.
    const given = /(^|\/)\.github\//.test(input.path) ? 'e' : '';
    const gone = lost.filter((option) => !now.has(option) && option !== given);
    const stays = isScript || after.commands.some((other) => other.scope === command.scope && other.name !== 'set');
    if (gone.length === 0 || !stays || isSetElsewhere(input, gone)) continue;
    // Commands of a RUN are commonly joined with `&&` instead, which stops as well.
    const joined = after.language === 'dockerfile' || before.language === 'dockerfile';
    const first = gone[0] ?? 'e';
    const options = gone.length === 1 ? MEANING[first] : `stops no more: ${gone.map((option) => OPTION[option]).join(', ')}`;
    yield {
      side: 'before',
      range: command.range,
      ...(joined ? { severity: 'low' as const } : {}),
      message: fitMessage(`without ${quote(command.written, 26)} it ${options}`),
    };
  }
}

const OPTION: Readonly<Record<Strict, string>> = { e: 'errexit', u: 'nounset', pipefail: 'pipefail' };

/** A file that the script sources and that sets them. */
function isSetElsewhere(input: RuleInput, gone: readonly Strict[]): boolean {
  return sourcedFiles(input).some((path) => {
    const content = input.trees.after.read(path);
    const text = content?.kind === 'text' ? content.text : '';
    return gone.every((option) =>
      option === 'pipefail' ? /\bpipefail\b/.test(text) : new RegExp(`set -[a-z]{0,6}${option}|${OPTION[option]}`).test(text),
    );
  });
}

/** `set +e` at the top of a script, or a first option that takes the strictness back. One around a single command is common. */
function* turnedOff({ added, after }: RuleInput): Generator<FindingDraft> {
  if (after?.language !== 'shell') return;
  for (const command of added.commands) {
    const off = turnsOn(command, '+');
    if (off.length === 0 || command.subshell === true) continue;
    const back = after.commands.some(
      (other) => other.range.start.line > command.range.start.line && off.some((option) => turnsOn(other).includes(option)),
    );
    if (!back)
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`${quote(command.written, 26)}: from here it ${MEANING[off[0] ?? 'e']}`),
      };
  }
}

/** `.SHELLFLAGS := -eu -o pipefail -c` and `SHELL ["bash", "-o", "pipefail", "-c"]`. */
function* lostFlags({ removed, after }: RuleInput): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    if (!isShellSetting(setting) || !/pipefail|errexit|-[a-z]*e/.test(String(setting.value))) continue;
    const now = after?.settings.filter(isShellSetting).map((other) => String(other.value)) ?? [];
    const gone = ['pipefail'].filter((word) => String(setting.value).includes(word) && !now.some((value) => value.includes(word)));
    if (now.length > 0 && gone.length === 0) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(String(setting.path.at(-1)))} no longer stops the shell on an error`),
    };
  }
}

function isShellSetting(setting: Setting): boolean {
  return setting.path.length === 1 && /^(\.SHELLFLAGS|SHELL)$/.test(setting.path[0] ?? '') && /\s-|"-/.test(` ${String(setting.value)}`);
}

/** `${NAME:?}` in a word or in an assignment. */
function* lostGuards(input: RuleInput, before: SourceFacts, after: SourceFacts): Generator<FindingDraft> {
  const { removed, added } = input;
  if (guardsIn(before).size === 0) return;
  // What the script sources asks it, tests it or gives it a value.
  const scripts = [after, ...sourcedFacts(input)];
  const still = new Set(scripts.flatMap((facts) => [...guardsIn(facts)]));
  const told = new Set<string>();
  for (const fact of [...removed.commands, ...removed.settings]) {
    for (const name of guardNames(fact)) {
      if (
        told.has(name) ||
        still.has(name) ||
        !isUsed(name, after) ||
        scripts.some((facts) => isChecked(name, facts, before)) ||
        isAskedAsParameter(name, fact, after, before) ||
        isAskedByFunction(name, scripts)
      )
        continue;
      told.add(name);
      const wipes = after.commands.find((command) => deletesBelow(command, name));
      const use =
        (wipes !== undefined && added.commands.includes(wipes) ? wipes : undefined) ??
        [...added.commands, ...added.settings].find((other) => mentions(other, name));
      // `set -u` still stops on a variable that is not set at all, unless a default stands in.
      const half = strictnessOf(after.commands).has('u') && !defaults(after).has(name);
      yield {
        side: use === undefined ? 'before' : 'after',
        range: (use ?? fact).range,
        ...(half ? { severity: 'low' as const } : wipes === undefined ? {} : { severity: 'high' as const }),
        message: fitMessage(`nothing stops the script any more where ${quote(name)} is empty`),
      };
    }
  }
}

/** `rm -rf "$SCRATCH/tiles"`: of an empty name it is `/tiles`. */
function deletesBelow({ name, words }: Command, variable: string): boolean {
  const isAll = words.some(({ text }) => text === '--recursive' || (/^-[a-zA-Z]+$/.test(text) && /r/i.test(text)));
  return name === 'rm' && isAll && words.some(({ text }) => text.startsWith(`$${variable}/`) || text.startsWith(`\${${variable}}/`));
}

type Script = Pick<SourceFacts, 'commands' | 'settings'>;

const guardsIn = keepOf((facts: Script): ReadonlySet<string> => new Set([...facts.commands, ...facts.settings].flatMap(guardNames)));

/** Variables for which something else stands in where they are missing: `${NAME:-}`. */
function defaults(facts: SourceFacts): ReadonlySet<string> {
  const texts = [...facts.commands, ...facts.settings].map(textOf);
  return new Set(texts.flatMap((text) => [...text.matchAll(/\$\{([A-Za-z_]\w*|[0-9]):?-/g)].map((match) => match[1] ?? '')));
}

function textOf(fact: Command | Setting): string {
  return 'written' in fact ? fact.written : typeof fact.value === 'string' ? fact.value : '';
}

function guardNames(fact: Command | Setting): readonly string[] {
  return [...textOf(fact).matchAll(/\$\{([A-Za-z_]\w*|[0-9]):?\?/g)].map((match) => match[1] ?? '');
}

function mentions(fact: Command | Setting, name: string): boolean {
  return [...textOf(fact).matchAll(/\$\{?([A-Za-z_]\w*|[0-9])/g)].some((match) => match[1] === name);
}

function isUsed(name: string, facts: SourceFacts): boolean {
  return facts.commands.some((command) => mentions(command, name)) || facts.settings.some((setting) => mentions(setting, name));
}

/** A function of the scripts that ends them where what it is handed is empty: `need DB`, `require "$DB"`. */
function isAskedByFunction(name: string, scripts: readonly Script[]): boolean {
  const commands = scripts.flatMap((script) => script.commands);
  const asks = (body: string): boolean =>
    commands.some(({ scope, name: own, words }) => scope === body && TESTS.test(own) && words.some(({ text }) => /^-[nz]$/.test(text))) &&
    commands.some(({ scope, name: own }) => scope === body && /^(exit|return|die|fail|fatal|abort)$/.test(own));
  return commands.some(
    (command) =>
      command.words.slice(1).some(({ text }) => text === name || text === `$${name}` || text === `\${${name}}`) && asks(command.name),
  );
}

const TESTS = /^(\[|\[\[|test)$/;

/** A test of the variable, or a value that is given to it instead. */
function isChecked(name: string, after: Script, before: SourceFacts): boolean {
  const tested = after.commands.some(
    (command) =>
      TESTS.test(command.name) && mentions(command, name) && command.words.some((word) => /^-[nzdefv]$|^==?$|^!=$/.test(word.text)),
  );
  const assigns = (facts: Script): boolean =>
    facts.settings.some(
      (setting) =>
        setting.path.length === 1 && setting.path[0] === name && setting.value !== '' && (!mentions(setting, name) || hasDefault(setting)),
    );
  return tested || (assigns(after) && !assigns(before));
}

/** A parameter is asked by the name that it was given: `TAG="${1:-}"` and `[ -n "$TAG" ]`; or by how many there are, `[ $# -ge 1 ]`. */
function isAskedAsParameter(parameter: string, old: Command | Setting, after: SourceFacts, before: SourceFacts): boolean {
  if (!/^[1-9]$/.test(parameter)) return false;
  if (stopsOn('#', after) && !stopsOn('#', before)) return true;
  const name = 'path' in old ? (old.path.at(-1) ?? '') : '';
  const holds = after.settings.filter((setting) => setting.path.length === 1 && setting.path[0] === name && mentions(setting, parameter));
  return name !== '' && holds.length > 0 && (holds.every(givesLiteral) || (stopsOn(name, after) && isChecked(name, after, before)));
}

/** `TAG="${1:-latest}"`. */
function givesLiteral({ value }: Setting): boolean {
  return /^\$\{\d:-[^$`}]+\}$/.test(String(value));
}

/** What ends the script, or a function that is called for it, where a test of the name asks so. */
function stopsOn(name: string, { commands }: SourceFacts): boolean {
  return commands.some(({ name: own, rescues = '', requires = '', unless = '' }) => {
    const tests = [rescues, requires, unless].flatMap((test) => [...test.matchAll(/\$\{?([A-Za-z_]\w*|[0-9#])/g)]);
    return STOPS.test(own) && tests.some((match) => match[1] === name);
  });
}

const STOPS = /^(?:exit|return|die|fail|fatal|abort|usage|help|error)\w*$/;

/** `OUT=${OUT:-./out}`: a literal takes the place of an empty value. */
function hasDefault({ path, value }: Setting): boolean {
  const [, name, other] = /^\$\{(\w+):-([^$`}]+)\}$/.exec(String(value)) ?? [];
  return name === path[0] && other !== undefined;
}
