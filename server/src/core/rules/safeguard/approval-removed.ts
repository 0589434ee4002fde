import type { Call, Command, Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { movedText } from '../vocabulary/code/moved-text.ts';
import { changedOptions, numberOf } from '../vocabulary/code/option-changes.ts';
import { isExtracted, newCallsIn, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind, isApprovalText } from '../vocabulary/guards/guard-kinds.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import {
  changedSettings,
  countOf,
  isFalse,
  isInCalledWorkflow,
  isTrue,
  nameOf,
  placeOf,
  type SettingChange,
} from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A question to a person that is no longer asked while the work behind it stays: a confirmation in a program or a script, a
 * second person's approval, the number of approvals, an `environment` of a workflow's job, a manual job of a pipeline, an
 * `input` of a stage, and an audit whose failure no longer stops anything.
 *
 * ## Why it matters
 * It was the one moment at which somebody saw the scope before it happened. Without it a wrong argument runs to its end.
 *
 * ## When it is fine
 * Another approval took its place, or the work went away with the question. These are not flagged.
 *
 * ## What it misses
 * Rules of a host about who may merge or deploy, which are in no file.
 */
export default defineRule({
  id: 'safeguard/approval-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'medium',
  title: 'Nobody is asked any more',
  reads: ['calls', 'guards', 'conditions', 'options', 'settings', 'commands'],
  evidence: [
    { title: 'Kiro deleted and recreated an environment, 2025-12', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
    {
      title: 'Facebook 2021-10-04: an audit that did not stop a command',
      url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/',
    },
    {
      title: 'Reported retail order loss after AI-assisted changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    const flagged = new Set<string>();
    for (const draft of [...conditions(input), ...questions(input), ...values(input), ...pipelines(input), ...scripts(input)]) {
      const line = `${draft.side} ${draft.range.start.line}`;
      if (flagged.has(line)) continue;
      flagged.add(line);
      yield draft;
    }
  },
});

function* conditions(input: RuleInput): Iterable<FindingDraft> {
  const before = input.before?.calls ?? [];
  for (const guard of lostGuards(
    input,
    (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'approval' || isAnswer(input, candidate),
  )) {
    if (
      isAskedOtherwise(input, guard.scope) ||
      input.removed.calls.some((call) => call.scope === guard.scope && isQuestion(call) && callsInside(guard, [call]).length === 0)
    )
      continue;
    yield {
      side: 'before',
      range: guard.range,
      message: fitMessage(`\`${shorten(guard.test, 34)}\` no longer stops \`${shorten(guard.scope, 22) || 'the script'}\``),
    };
  }
  for (const condition of input.removed.conditions) {
    if (condition.kind !== 'wraps' || !isApprovalText(words(condition.test))) continue;
    const scope = counterpartScope(input, condition.scope);
    const stays =
      input.after?.calls.some((call) => scope !== undefined && within(call.scope, scope) && condition.guarded.includes(call.callee)) ??
      false;
    if (!stays || isAskedOtherwise(input, condition.scope) || newConditions(input, scope ?? '')) continue;
    yield {
      side: 'before',
      range: condition.range,
      message: fitMessage(`\`${shorten(condition.test, 34)}\` no longer holds \`${shorten(condition.guarded[0] ?? '', 22)}\``),
    };
  }
}

function newConditions(input: RuleInput, scope: string): boolean {
  return input.added.conditions.some((condition) => within(condition.scope, scope) && isApprovalText(words(condition.test)));
}

const ASKS =
  /^(confirm|prompt|question|keyInYN|keyInYNStrict|readline|readlineSync|input|raw_input|Scanln|Scanf|ask|askYesNo|yesno|select|inquirer|prompts|require_?[aA]pprovals?|request_?[aA]pprovals?|get_?[aA]pprovals?|wait_?[fF]or_?[aA]pprovals?|check_?[aA]pprovals?|assert_?[aA]pproved|ensure_?[aA]pproved|verify_?[aA]pprovals?|needs_?[aA]pproval|require_?[sS]ign_?[oO]ff|require_?[tT]wo_?[pP]erson|require_?[sS]econd_?[pP]erson|ensure_?[tT]wo_?[pP]erson|dual_?[cC]ontrol|four_?[eE]yes|[rR]equire(Approval|SecondApprover|TwoPerson|SignOff)|[aA]wait_?[aA]pproval|approval_?[gG]ate|manual_?[aA]pproval|require_?[cC]onfirmation|confirm_?\w+|RequiresApproval|TwoPersonRule|require_approval|audit_?command|auditCommand|assertChangeTicket)$/;

/** The check of what a person answered: `if (answer !== 'yes') return`. */
function isAnswer(input: RuleInput, guard: { readonly reads: readonly string[]; readonly test: string; readonly scope: string }): boolean {
  if (
    !/^(answer|reply|response|ok|yes|confirmed|proceed|sure|input|choice)$/i.test(guard.reads[0] ?? '') &&
    !/['"](y|yes|YES|Y)['"]/.test(guard.test)
  )
    return false;
  return input.before?.calls.some((call) => call.scope === guard.scope && isQuestion(call)) ?? false;
}

function isQuestion(call: Call): boolean {
  const name = lastName(call.callee);
  if (!ASKS.test(name)) return false;
  if (/^(input|select|question|prompt|prompts|readline|ask|Scanln|Scanf|inquirer)$/.test(name))
    return (
      /^(input$|(raw_input|window\.prompt|prompts?|rl\.question|readline|readlineSync|enquirer|inquirer)\b|fmt\.Scan|(questionary|click|typer|term|clack|p)\.)/.test(
        call.callee,
      ) || /sure|continue|proceed|confirm|\by\/n\b|\[y\b|yes/i.test(call.args.join(' '))
    );
  // A component that shows a dialog is asked by a person, not by the program.
  return !/^confirm_?(password|email|order|payment|subscription|signup|registration|code|token|booking|reservation|delivery)/i.test(name);
}

function* questions(input: RuleInput): Iterable<FindingDraft> {
  const lost = lostGuards(input, () => true);
  for (const call of input.removed.calls) {
    if (!isQuestion(call) || counterpartScope(input, call.scope) === undefined) continue;
    if (isAskedOtherwise(input, call.scope) || isExtracted(input, call) || isStillAsked(input, call) || !worksOn(input, call.scope))
      continue;
    if (lost.some((guard) => callsInside(guard, [call]).length > 0) || movedText(input, `${call.callee}(`, [lastName(call.callee)]))
      continue;
    yield {
      side: 'before',
      range: call.range,
      message: fitMessage(
        `\`${call.kind === 'decorator' ? '@' : ''}${shorten(call.callee, 30)}\` is no longer asked in \`${shorten(call.scope, 24) || 'the script'}\``,
      ),
    };
  }
}

function isStillAsked(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope) ?? call.scope;
  return input.after?.calls.some((other) => other.callee === call.callee && within(other.scope, scope)) ?? false;
}

/** Something is still done after the question. */
function worksOn(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope) ?? scope;
  const works = (input.after?.calls ?? []).filter(
    (call) => call.kind !== 'decorator' && within(call.scope, counterpart) && !/^(console|log|logger|print|echo)\b/.test(call.callee),
  );
  return works.length > 0 || (scope !== '' && input.after?.symbols.some((symbol) => symbol.name === counterpart) === true);
}

/** True where the function gained another question, or a check of an approval. */
function isAskedOtherwise(input: RuleInput, scope: string): boolean {
  return (
    newCallsIn(input, scope).some((call) => isQuestion(call) || isApprovalText(words(lastName(call.callee)))) ||
    newGuardsIn(input, scope).some((guard) => guardKind(guard, []) === 'approval')
  );
}

const COUNT =
  /^(min(imum)?|required|num(ber)?(_?of)?)_?(approvals?|approvers?|approving_?(reviews?|review_?count)|reviewers?|sign_?offs?)(_?count)?$|^(approvals_?(required|needed|before_merge)|approvers_?(required|needed)|required_?approving_?review_?count|approval_?count)$/i;
const SWITCH =
  /^(require_?(approval|confirmation|confirm|sign_?off|review|two_?person|second_?approver|manual_approval)s?|needs_?(approval|confirmation)|approval_?required|confirmation_?required|two_?person_?(rule|required)|manual_?approval|ask_?before\w*|confirm(ation)?|interactive)$/i;
const BYPASS =
  /^(auto_?approve[ds]?|auto_?confirm|skip_?(approval|confirm(ation)?|sign_?off)|assume_?yes|no_?confirm|bypass_?approval|force_?approve)$/i;

/** Numbers and switches that say how many are asked. */
function* values(input: RuleInput): Iterable<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    const what = weakened(after.name, before.value, after.value);
    if (what !== undefined) yield { side: 'after', range: after.range, message: fitMessage(`\`${shorten(after.name, 30)}\`: ${what}`) };
  }
  for (const change of changedSettings(input)) {
    const what = weakenedSetting(change);
    if (what !== undefined) yield { ...placeOf(change), message: fitMessage(`\`${shorten(nameOf(change), 34)}\`: ${what}`) };
  }
}

function weakened(name: string, before: string, after: string): string | undefined {
  const [old, now] = [numberOf(before), numberOf(after)];
  if (COUNT.test(name)) return old !== undefined && now !== undefined && now < old ? `${old} -> ${now}` : undefined;
  const isOn = (value: string): boolean =>
    /^(true|True|'always'|'any-change'|"always"|'broadening'|RequireApproval\.\w+)$/.test(value) && !/NEVER/.test(value);
  const isOff = (value: string): boolean => /^(false|False|'never'|"never"|RequireApproval\.NEVER|None|null)$/.test(value);
  if (SWITCH.test(name)) return isOn(before) && isOff(after) ? `${before} -> ${after}` : undefined;
  return BYPASS.test(name) && /^(true|True)$/.test(after) && !/^(true|True)$/.test(before) ? `${before} -> ${after}` : undefined;
}

function weakenedSetting(change: SettingChange): string | undefined {
  const { before, after } = change;
  if (before === undefined || change.resourceIsGone) return undefined;
  const name = nameOf(change);
  if (COUNT.test(name)) {
    const [old, now] = [countOf(before.value), after === undefined ? 0 : countOf(after.value)];
    return old !== undefined && now !== undefined && now < old ? `${old} -> ${now}` : undefined;
  }
  if (SWITCH.test(name) && isTrue(before.value) && (after === undefined || isFalse(after.value) || after.value === 'never'))
    return `true -> ${after === undefined ? 'removed' : String(after.value)}`;
  if (BYPASS.test(name) && isFalse(before.value) && after !== undefined && isTrue(after.value)) return 'false -> true';
  return undefined;
}

const DEPLOYS = /deploy|release|publish|apply|promote|rollout|migrate|push|destroy|terraform|kubectl|helm|upload|sync/i;

/** A job that waited for a person: the `environment` of a workflow's job, a manual job of a pipeline. */
function* pipelines(input: RuleInput): Iterable<FindingDraft> {
  if (input.after?.language === 'jenkins') yield* jenkinsInputs(input);
  if (!/(^|\/)\.github\/workflows\/|\.gitlab-ci|(^|\/)\.gitlab\/|azure-pipelines|\.circleci\//.test(input.path)) return;
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    if (before === undefined || before.value === null || change.resourceIsGone) continue;
    const name = nameOf(change);
    const isGate = path.at(-1) === 'environment' || (path.at(-2) === 'environment' && name === 'name');
    if (isGate && after === undefined && !stillHas(input, change, 'environment')) {
      yield {
        ...placeOf(change),
        message: fitMessage(`\`environment: ${shorten(String(before.value), 24)}\` no longer holds \`${shorten(jobOf(change), 24)}\``),
      };
    } else if (
      isGate &&
      typeof after?.value === 'string' &&
      isGuarded(String(before.value)) &&
      !isGuarded(String(after.value)) &&
      !after.value.includes('$')
    ) {
      yield {
        ...placeOf(change),
        message: fitMessage(
          `\`${shorten(jobOf(change), 22)}\` runs in \`${shorten(String(after.value), 18)}\`, not in \`${shorten(String(before.value), 18)}\``,
        ),
        severity: 'high',
      };
    } else if (name === 'when' && before.value === 'manual' && after?.value !== 'manual' && !stillHas(input, change, 'when')) {
      yield { ...placeOf(change), message: fitMessage(`\`when: manual\` no longer holds \`${shorten(jobOf(change), 30)}\``) };
    } else if (name === 'type' && before.value === 'approval' && after?.value !== 'approval') {
      yield { ...placeOf(change), message: fitMessage(`nobody approves \`${shorten(jobOf(change), 30)}\` any more`) };
    }
  }
}

/** `input` of a stage that is still there, or of one that only asked, where no other stage asks instead. */
function* jenkinsInputs({ removed, before, after }: RuleInput): Iterable<FindingDraft> {
  const stages = new Set(after?.scopes.map((scope) => scope.name));
  const asking = (settings: readonly Setting[] | undefined): ReadonlySet<string> =>
    new Set(settings?.flatMap((setting) => (setting.path.includes('input') ? [setting.scope] : [])) ?? []);
  const onlyAsked = (stage: string): boolean => before?.commands.some((command) => command.scope === stage) !== true;
  const [old, now] = [[...asking(before?.settings)].filter((stage) => stages.has(stage) || onlyAsked(stage)), asking(after?.settings)];
  const lost = old.filter((stage) => !now.has(stage));
  if (now.size >= old.length || after?.commands.length === 0) return;
  for (const setting of removed.settings) {
    if (!setting.path.includes('input') || !lost.includes(setting.scope)) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`nobody is asked any more in \`${shorten(setting.scope, 36)}\``),
    };
    return;
  }
}

function isGuarded(environment: string): boolean {
  return /prod|live|release|main/i.test(environment);
}

function jobOf(change: SettingChange): string {
  const { path, resource } = change;
  if (resource?.type === 'job') return resource.name;
  const at = path.indexOf('jobs');
  return (at >= 0 ? path[at + 1] : path[0]) ?? 'the job';
}

/** The key stands in the same job in another form: `environment: x` became `environment: { name: x }`. */
function stillHas(input: RuleInput, change: SettingChange, key: string): boolean {
  const own = change.before;
  if (own === undefined || (key === 'environment' && isInCalledWorkflow(input, own.resource, key))) return true;
  const at = own.path.lastIndexOf(key);
  const prefix = own.path.slice(0, at + 1).join('\u0000');
  return (
    input.after?.settings.some(
      (setting) =>
        setting.resource === own.resource &&
        setting.path.slice(0, at + 1).join('\u0000') === prefix &&
        (key !== 'when' || setting.value === 'manual'),
    ) ?? true
  );
}

const MUTATES =
  /^(rm|kubectl|terraform|helm|aws|gcloud|az|psql|mysql|docker|dropdb|redis-cli|git|ansible-playbook|pulumi|cdk|systemctl|rsync|mv|fly|heroku|vault|node|python3?|npm|npx|yarn|pnpm|rails|php|make|serverless|\.\/.*|.*\.sh|bash|sh|mongosh?|etcdctl|curl|ssh|scp|truncate|dd|mkfs|flyctl|railway|vercel)$/;

/** What is known of the packages is a check like others, and nobody's approval. */
const PACKAGE_AUDIT =
  /^(npx |corepack )?(npm|pnpm|yarn|bun|cargo|composer|bundle|bundler|pip-audit|uv|audit-ci|better-npm-audit|osv-scanner|govulncheck)\b/;

/** `read -p "Sure?"` of a script, and an audit that may fail now. */
function* scripts(input: RuleInput): Iterable<FindingDraft> {
  for (const command of input.removed.commands) {
    if (!isPrompt(command)) continue;
    const stays = input.after?.commands ?? [];
    if (stays.some(isPrompt) || isAskedByScript(input)) continue;
    // A function of a library that asked, for scripts that call it, and is still called so.
    const isHelper = command.scope !== '' && input.after?.scopes.some((scope) => scope.name === command.scope) === true;
    if (!isHelper && !stays.some((other) => MUTATES.test(other.name) || DEPLOYS.test(other.written))) continue;
    yield { side: 'before', range: command.range, message: fitMessage(`nobody is asked any more: \`${shorten(command.written, 44)}\``) };
  }
  for (const command of input.added.commands) {
    if (
      command.rescues === undefined ||
      !/^(true|:|exit|echo)$/.test(command.name) ||
      !/\b(audit|approve|approval|preflight|policy|conftest|guard|confirm|check-plan|sentinel|opa)\b/i.test(command.rescues) ||
      PACKAGE_AUDIT.test(command.rescues)
    )
      continue;
    if (command.name === 'exit' && !/exit 0$/.test(command.written)) continue;
    if (input.before === undefined || !input.before.commands.some((other) => other.written === command.rescues)) continue;
    yield { side: 'after', range: command.range, message: fitMessage(`\`${shorten(command.rescues, 40)}\` may fail and stops nothing`) };
  }
  for (const command of input.removed.commands) {
    if (
      !/(^|\/)[\w-]*(approv|sign-?off|preflight|two-person|change-?ticket|require-)[\w-]*(\.sh|\.py|\.ts|\.js)?$/i.test(
        command.name === '' ? '' : (command.words[0]?.text ?? command.name),
      )
    )
      continue;
    const stays = input.after?.commands ?? [];
    if (stays.some((other) => other.name === command.name) || !stays.some((other) => DEPLOYS.test(other.written))) continue;
    yield { side: 'before', range: command.range, message: fitMessage(`\`${shorten(command.written, 44)}\` is no longer run`) };
  }
}

/** A script of the same change asks, and is run here now. */
function isAskedByScript({ after, before, addedElsewhere, trees }: RuleInput): boolean {
  if (!addedElsewhere().commands.some(isPrompt)) return false;
  const old = new Set(before?.commands.map(({ written }) => written));
  return (
    after?.commands.some((command) => {
      const script = old.has(command.written) ? undefined : command.words.find(({ text }) => /\w\.(sh|bash)$|^\.\/\w/.test(text))?.text;
      if (script === undefined) return false;
      const path = script.replace(/^(\.\/)+/, '');
      return trees.after.paths().some((other) => {
        if (other !== path && !other.endsWith(`/${path}`)) return false;
        const content = trees.after.read(other);
        return content?.kind === 'text' && /\bread\s+-|\b(gum|whiptail|dialog)\b/.test(content.text);
      });
    }) === true
  );
}

function isPrompt(command: Command): boolean {
  return (
    (command.name === 'read' &&
      /\s-\w*p|-n\s*1|\b(answer|confirm|reply|REPLY|yn|ok|sure|choice|CONFIRM|ANSWER)\b/.test(command.written) &&
      command.pipedFrom === undefined &&
      !/-d|IFS/.test(command.written)) ||
    /^(gum|whiptail|dialog|zenity)$/.test(command.name)
  );
}
