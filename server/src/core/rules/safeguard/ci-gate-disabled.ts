import type { Command, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { type GateKind, gateKind, gateOf, gateOfName, severityOfGate } from '../vocabulary/guards/gate-kinds.ts';
import { changedSettings, isFalse, isTrue, nameOf, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { changedCommands, flagsOf } from '../vocabulary/shell/command-parts.ts';
import { narrowedTriggers, removedChecks } from '../vocabulary/shell/gate-loss.ts';

/**
 * ## What it sees
 * A check of a pipeline (GitHub, GitLab, Jenkins and their like), a git hook or a package script that may fail without stopping anything (`continue-on-error`,
 * `allow_failure`, `|| true`, `--exit-zero`), that no longer runs (`if: false`, its step or job removed, its trigger narrowed,
 * `"test": "echo skipped"`), or for which a deploy no longer waits (`needs`).
 *
 * ## Why it matters
 * Everything stays green. What the check would have caught goes out with the next change and with every one after it.
 *
 * ## When it is fine
 * Linters and optional jobs are told as notes. A check that moved to another job, another file or another script is still
 * there, and a new job that may fail takes nothing away.
 *
 * ## What it misses
 * Which checks the host requires before a merge, and a script of another file that stops checking.
 */
export default defineRule({
  id: 'safeguard/ci-gate-disabled',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A check no longer stops a bad change',
  reads: ['settings', 'commands', 'resources'],
  evidence: [
    { title: 'Agents weakening tests', url: 'https://github.com/diberry/squad/issues/39' },
    { title: 'Amazon retail, 2026: changes of a high blast radius', url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages' },
  ],
  *check(input): Iterable<FindingDraft> {
    const place = placeOfGates(input);
    yield* excusedCommands(input, place);
    yield* weakerFlags(input, place);
    if (place === 'none') return;
    for (const change of changedSettings(input)) {
      const found = judgeSetting(change, input);
      if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
    }
    if (place !== 'scripts') yield* removedChecks(input);
    if (place === 'pipeline') yield* narrowedTriggers(input);
  },
});

type Place = 'pipeline' | 'hooks' | 'scripts' | 'none';

function placeOfGates({ path }: RuleInput): Place {
  if (
    /(^|\/)\.github\/(workflows|actions)\/|(^|\/)\.gitlab(-ci)?[^/]*\.ya?ml$|(^|\/)(\.gitlab|\.circleci|\.buildkite)\/|(^|\/)(azure-pipelines|bitbucket-pipelines|\.travis|\.drone|cloudbuild|buildspec|appveyor)[^/]*\.ya?ml$|(^|\/)Jenkinsfile([._-][^/]*)?$/.test(
      path,
    )
  )
    return 'pipeline';
  if (
    /(^|\/)(\.husky|\.githooks)\/|(^|\/)\.?lefthook[^/]*\.(ya?ml|toml|json)$|(^|\/)\.pre-commit-config\.ya?ml$|(^|\/)\.lintstagedrc/.test(
      path,
    )
  )
    return 'hooks';
  return /(^|\/)package\.json$/.test(path) ? 'scripts' : 'none';
}

type Judgement = { readonly severity: Severity; readonly message: string };

// ---- A check whose failure is excused ----

const EXCUSES = /^(true|:|echo|printf|exit 0|return 0|log|warn|info)\b|^:$/;

function* excusedCommands(input: RuleInput, place: Place): Generator<FindingDraft> {
  const { added, removed, after } = input;
  const told = new Set<string>();
  for (const command of added.commands) {
    const failed = command.rescues;
    if (failed === undefined || told.has(failed) || !EXCUSES.test(command.written)) continue;
    const kind = gateKind(lastCommand(failed));
    if (kind === undefined || kind === 'build') continue;
    // `npm test || { echo failed; exit 1; }` stops.
    if (
      after?.commands.some(
        (other) => other.rescues === failed && /^(exit( [^0]\S*)?|return [^0]\S*|false|die\b.*|fail\b.*|abort\b.*)$/.test(other.written),
      )
    )
      continue;
    if (
      [...removed.commands].some(
        (other) => other.rescues !== undefined && EXCUSES.test(other.written) && gateKind(lastCommand(other.rescues)) === kind,
      )
    )
      continue;
    told.add(failed);
    // A script that nobody waits for may look at a test's output; a pipeline and a hook are gates.
    const isGate =
      place !== 'none' ||
      stopsTheRest(command, after) ||
      /(^|[/._-])(ci|check|checks|test|tests|verify|validate|release|deploy|gate|preflight|pre-?commit|pre-?push|build)([/._-]|$)|(^|\/)(Makefile|GNUmakefile)$|Dockerfile/i.test(
        input.path,
      );
    const severity = severityOfGate(kind, command.scope);
    yield {
      side: 'after',
      range: command.range,
      severity: isGate ? severity : severity === 'high' ? 'medium' : 'low',
      message: fitMessage(`${quote(failed, 36)} may fail unseen: ${quote(`|| ${command.written}`, 20)}`),
    };
  }
}

/** A script that stops at the first failure asked this before it went on to its work. */
function stopsTheRest(command: Command, after: SourceFacts | undefined): boolean {
  const errexit = after?.commands.find(
    ({ name, words }) => name === 'set' && words.some(({ text }) => (/^-[a-z]+$/.test(text) && text.includes('e')) || text === 'errexit'),
  );
  return (
    errexit !== undefined &&
    errexit.range.start.line < command.range.start.line &&
    (after?.commands.some(
      (other) =>
        other.scope === command.scope &&
        other.range.start.line > command.range.end.line &&
        /\b(?:deploy|apply|rollout|release|publish|promote|migrate|drain|delete|destroy|drop|remove|restart|scale|push|upgrade|install|switch|cut-?over|import|restore|truncate|sync)\b/.test(
          other.written,
        ) &&
        !/^(?:echo|printf|log|grep)\b/.test(other.written),
    ) ??
      false)
  );
}

/** The command that decides: the last of a list, the first of a pipe. */
function lastCommand(text: string): string {
  return (
    (text.split(/&&|;/).at(-1) ?? '')
      .split('|')[0]
      ?.trim()
      .replace(/^(sudo|time|npx|env|\w+=\S*)\s+/, '') ?? ''
  );
}

// ---- A check that runs and says yes ----

const WEAKER =
  /^(--passWithNoTests|--pass-with-no-tests|--exit-zero|--no-fail\S*|--soft-fail|--skip-?tests?|-DskipTests(=true)?|-Dmaven\.test\.skip(=true)?|--no-tests|--no-bail|--allow-no-tests|--allow-empty-tests|--if-present|--skip-(e2e|integration|unit|security|audit)|--no-audit|--testPathIgnorePatterns|--deselect|--ignore-tests?|--no-error|--continue-on-failure|--warn-only|--skip-check(s)?|--suppress-tests)$/;
/** Numbers and levels that say from where on a check fails. */
const LEVELS =
  /^--?(audit-level|severity-threshold|fail-on|fail-severity|exit-code|max-warnings|cov-fail-under|fail-under|threshold|coverage-threshold|min-coverage|severity)$/;
const ORDER = ['any', 'info', 'negligible', 'low', 'moderate', 'medium', 'high', 'critical', 'none'];

function* weakerFlags(input: RuleInput, place: Place): Generator<FindingDraft> {
  for (const { before, after } of changedCommands(input)) {
    const kind = gateOf(after) ?? gateOf(before) ?? (place === 'none' ? undefined : buildTool(after));
    if (kind === undefined) continue;
    const old = flagsOf(before);
    for (const flag of flagsOf(after)) {
      const was = old.find((other) => other.name === flag.name);
      const isWeaker = WEAKER.test(flag.name)
        ? was === undefined &&
          !/^(false|no|0)$/i.test(flag.value ?? '') &&
          !old.some((other) => WEAKER.test(other.name)) &&
          !runsElsewhere(flag.name, input)
        : LEVELS.test(flag.name) && was !== undefined && isLower(flag.name, was.value ?? '', flag.value ?? '');
      const excludes = flag.name === '-x' && /^(test|check|integrationTest)$/.test(flag.value ?? '') && was === undefined;
      if (!isWeaker && !excludes) continue;
      const said = flag.value === undefined ? flag.name : `${flag.name} ${flag.value}`;
      yield {
        side: 'after',
        range: after.range,
        severity: flag.name === '--if-present' ? 'medium' : severityOfGate(kind),
        message: fitMessage(`${quote(before.words.map((word) => word.source).join(' '), 30)} passes more now: ${quote(said, 28)}`),
      };
      break;
    }
  }
}

/** A build that leaves the tests to another step of the same pipeline. */
function runsElsewhere(flag: string, { after }: RuleInput): boolean {
  if (!/skip-?tests?$/i.test(flag)) return false;
  return (
    after?.commands.some((command) => gateOf(command) === 'tests' && !flagsOf(command).some((other) => WEAKER.test(other.name))) ?? false
  );
}

function buildTool(command: Command): GateKind | undefined {
  return /^(mvn|mvnw|gradle|gradlew)$/.test(command.name) ? 'tests' : undefined;
}

function isLower(name: string, before: string, after: string): boolean {
  const [old, fresh] = [Number(before), Number(after)];
  if (before !== '' && after !== '' && !Number.isNaN(old) && !Number.isNaN(fresh))
    return /max-warnings/.test(name) ? fresh > old : fresh < old;
  const [from, to] = [ORDER.indexOf(before.split(',')[0]?.toLowerCase() ?? ''), ORDER.indexOf(after.split(',')[0]?.toLowerCase() ?? '')];
  return from >= 0 && to > from;
}

// ---- Switches of a step or a job ----

const EXCUSE =
  /^(continue-on-error|continueOnError|allow_failure|soft_fail|soft-fail|allow-failure|ignore-failure|continue_on_error|ignore_failure)$/;

function judgeSetting(change: SettingChange, input: RuleInput): Judgement | undefined {
  const { before, after } = change;
  const name = nameOf(change);
  if (change.path[0] === 'scripts' && change.path.length === 2) return packageScript(change);
  if (change.resourceIsGone || after === undefined) return undefined;
  const value = after.value;
  const excused = EXCUSE.test(name) && isTrue(value) && !isTrue(before?.value);
  const never =
    (/^(if|condition)$/.test(name) && /^(false|\$\{\{\s*false\s*\}\}|never\(\)|'?never'?|0)$/.test(String(value))) ||
    (name === 'when' && /^(never|manual)$/.test(String(value)) && before?.value !== value) ||
    (name === 'skip' && isTrue(value)) ||
    (name === 'enabled' && isFalse(value));
  const lenient =
    /^(fail_ci_if_error|fail-build|fail-on-error|fail_on_error|fail-on-findings|fail_on_findings|error-on-missing|abort-on-fail)$/.test(
      name,
    ) &&
    isFalse(value) &&
    (before === undefined || isTrue(before.value));
  const exitCode = /^exit-?code$/i.test(name) && String(value) === '0' && before !== undefined && String(before.value) !== '0';
  const threshold =
    /^(fail-on-severity|severity|severity-cutoff|fail-on|threshold)$/.test(name) &&
    before !== undefined &&
    isLower(name, String(before.value), String(value));
  const anyway = runsAnyway(change, input);
  if (anyway !== undefined) return anyway;
  if (!(excused || never || lenient || exitCode || threshold)) return undefined;
  // What a new job tells of itself weakens nothing, unless it took over the check of another job.
  if (change.resourceIsNew && !(excused || never)) return undefined;
  const { kind, label, isNew } = stepAround(change, input);
  if (isNew || (kind === undefined && !(lenient || exitCode || threshold))) return undefined;
  const what = never ? 'no longer runs' : 'may fail and nothing stops';
  return {
    severity: kind === undefined ? 'medium' : severityOfGate(kind, label),
    message: `${quote(label, 34)} ${what}: ${quote(`${name}: ${String(value)}`, 26)}`,
  };
}

/** `if: always()` of a job that deploys: it waits for its `needs` and no longer asks how they ended. */
function runsAnyway({ path, before, after, resource, resourceIsNew }: SettingChange, input: RuleInput): Judgement | undefined {
  const ANYWAY = /\balways\(\)|\bfailure\(\)|!\s?cancelled\(\)/;
  const value = String(after?.value ?? '');
  if (path.length !== 1 || path[0] !== 'if' || resource?.type !== 'job' || resourceIsNew || !ANYWAY.test(value)) return undefined;
  if (ANYWAY.test(String(before?.value ?? '')) || /\bneeds\.|\bsuccess\(\)/.test(value)) return undefined;
  const own = input.after?.settings.filter((setting) => setting.resource === resource.key) ?? [];
  const waits = own.flatMap((setting) => (setting.path[0] === 'needs' && typeof setting.value === 'string' ? [setting.value] : []));
  const does = own.flatMap((setting) => (/^(run|uses|environment)$/.test(nameOf(setting)) ? [String(setting.value)] : []));
  if (waits.length === 0 || !DEPLOYS.test([resource.name, ...does].join(' '))) return undefined;
  return {
    severity: 'high',
    message: `${quote(resource.name, 24)} runs even where ${quote(waits.join(', '), 30)} failed: ${quote(value, 24)}`,
  };
}

const DEPLOYS = /\b(deploy|release|publish|promote|ship|rollout|roll-out|terraform|helm|kubectl|production|prod|live|push)\w*\b/i;

/** The step, or else the job, that a switch belongs to; what it runs says what it is. */
function stepAround(
  change: SettingChange,
  { before, after, path }: RuleInput,
): { readonly kind: GateKind | undefined; readonly label: string; readonly isNew: boolean } {
  const prefix = change.path.slice(0, -1);
  const inside = (facts: SourceFacts | undefined): readonly Setting[] =>
    facts?.settings.filter(
      (other) =>
        other.resource === (change.after?.resource ?? '') &&
        prefix.every((part, at) => other.path[at] === part) &&
        typeof other.value === 'string',
    ) ?? [];
  const now = inside(after);
  const texts = now
    .filter((other) => !/^(name|if|id|shell|with|env|runs-on|image|stage|when|key|path)$/.test(nameOf(other)))
    .flatMap((other) => String(other.value).split('\n'));
  const job = change.resource?.name ?? (/(^|\/)\.?lefthook/.test(path) ? (prefix.at(-1) ?? '') : '');
  const label =
    String(
      now.find((other) => nameOf(other) === 'name' && other.path.length === prefix.length + 1)?.value ??
        (prefix.length > 1 ? (now.find((other) => /^(run|uses|script|command)$/.test(nameOf(other)))?.value ?? job) : job),
    ).split('\n')[0] ?? '';
  const kinds = texts.map((text) => gateKind(text.trim().replace(/^\$\s/, ''))).filter((kind) => kind !== undefined && kind !== 'build');
  const named = gateOfName(`${label} ${prefix.length <= 1 ? job : ''}`);
  const strongest = (['security', 'tests', 'types', 'plan', 'lint'] as const).find((kind) => kinds.includes(kind));
  return {
    kind: strongest ?? (named === 'build' ? undefined : named),
    label: label === '' ? job : label,
    isNew: inside(before).length === 0 && !tookPlace(change, prefix, strongest, { before, after }),
  };
}

/**
 * A step that was written anew or got a name, or whose job did: what the job, or the file where the job is new, ran before of
 * that kind and had to succeed, no other step runs now.
 */
function tookPlace(
  { after: own, resourceIsNew }: SettingChange,
  prefix: readonly string[],
  kind: GateKind | undefined,
  { before, after }: Pick<RuleInput, 'before' | 'after'>,
): boolean {
  if (kind === undefined || own === undefined || (prefix.length === 0 && !resourceIsNew)) return false;
  const isInside = (other: Setting): boolean => other.resource === own.resource && prefix.every((part, at) => other.path[at] === part);
  const checks = (facts: SourceFacts | undefined): readonly Setting[] =>
    facts?.settings.filter(
      (other) =>
        (resourceIsNew || other.resource === own.resource) &&
        typeof other.value === 'string' &&
        /^(run|script|command|uses|\d+)$/.test(nameOf(other)) &&
        other.value.split('\n').some((line) => gateKind(line.trim()) === kind),
    ) ?? [];
  const mayFail = (check: Setting): boolean =>
    before?.settings.some(
      (other) =>
        other.resource === check.resource &&
        EXCUSE.test(nameOf(other)) &&
        isTrue(other.value) &&
        other.path.slice(0, -1).every((part, at) => check.path[at] === part),
    ) === true;
  const old = checks(before);
  return old.length > 0 && (!resourceIsNew || !old.every(mayFail)) && checks(after).every(isInside);
}

const NO_OP = /^(echo\b[^&|;]*|exit 0|true|:|node -e ['"]?['"]?|)$/;

/** `"test": "echo skipped"`, and a check taken from before a publish. */
function packageScript({ path, before, after }: SettingChange): Judgement | undefined {
  const script = path[1] ?? '';
  const old = String(before?.value ?? '');
  if (before === undefined || NO_OP.test(old.replace(/^echo .*&& exit 1$/, ''))) return undefined;
  const kind = gateOfName(script) ?? gateKind(old);
  if (after !== undefined) {
    const fresh = String(after.value);
    if (
      kind === undefined ||
      kind === 'build' ||
      /^echo .*(&& )?exit 1/.test(old) ||
      !NO_OP.test(fresh.replace(/\s*&&\s*(exit 0|true)$/, ''))
    )
      return undefined;
    return { severity: severityOfGate(kind), message: `the script ${quote(script, 20)} does nothing any more: ${quote(fresh, 30)}` };
  }
  const gate = old
    .split('&&')
    .map((part) => gateKind(part.trim()))
    .find((found) => found !== undefined && found !== 'build' && found !== 'lint');
  return /^pre(publish\w*|pack|deploy|release|version|push|commit)$/.test(script) && gate !== undefined
    ? { severity: 'medium', message: `${quote(script, 20)} no longer runs ${quote(old, 36)}` }
    : undefined;
}
