import type { Setting } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import {
  bypassFlag,
  isAgentNotes,
  isAgentSettings,
  isDangerous,
  isDestructive,
  isUnlimited,
} from '../vocabulary/settings/agent-settings.ts';
import { widerTools } from '../vocabulary/settings/agent-tools.ts';
import { isFalse, isTrue, shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A coding agent that may do more without asking: `Bash(*)` and its like allowed, entries taken off a list of what is denied or
 * asked about, approval turned off, hooks removed, servers of tools approved beforehand or no longer held to reading or to a folder, `--dangerously-skip-permissions` in
 * scripts, workflows and instructions.
 *
 * ## Why it matters
 * Each question that is gone was the last moment in which a person saw the command. An agent that deleted a home directory had not
 * been asked to ask.
 *
 * ## When it is fine
 * Narrower rules, one more program that only reads, and more entries on the list of what is denied.
 *
 * ## What it misses
 * Settings in a person's own folder, and instructions that say it in words of their own.
 */
export default defineRule({
  id: 'safeguard/agent-permission-bypass',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Lets an agent act without asking',
  reads: ['settings', 'commands', 'calls', 'options'],
  evidence: [
    {
      title: 'Amazon Q extension 1.84: a prompt that wipes',
      url: 'https://www.pillar.security/blog/analyzing-the-amazon-q-incident-using-the-sail-framework',
    },
    { title: 'rm -rf of a home directory by an agent', url: 'https://github.com/anthropics/claude-code/issues/10077' },
  ],
  *check(input) {
    const told = new Set<string>();
    const once = function* (about: string, draft: FindingDraft): Generator<FindingDraft> {
      if (!told.has(about)) yield draft;
      told.add(about);
    };
    for (const found of [
      ...flags(input),
      ...(isAgentSettings(input.path) && !isAgentNotes(input.path) ? settings(input) : []),
      ...notes(input),
      ...widerTools(input),
    ])
      yield* once(`${found.side} ${found.range.start.line} ${found.message}`, found);
  },
});

/** The option on a command line, in a workflow's arguments, in an array of them, in instructions to run it. */
function* flags({ added, removed, path }: RuleInput): Generator<FindingDraft> {
  const had = new Set([
    ...removed.commands.map((command) => bypassFlag(command.written)),
    ...removed.settings.map((setting) => bypassFlag(String(setting.value))),
  ]);
  const draft = (range: FindingDraft['range'], flag: string): FindingDraft => ({
    side: 'after',
    range,
    message: fitMessage(`${quote(flag, 50)}: nobody is asked`),
  });
  const seen = new Set<number>();
  for (const command of added.commands) {
    const flag = bypassFlag(command.written);
    const isAgent =
      /^(claude|codex|gemini|cursor-agent|amp|aider|q|kiro|copilot|opencode|goose|qwen|droid|crush|auggie|cline)$/.test(command.name) ||
      /\b(claude|codex|gemini|cursor-agent|aider|copilot|opencode|goose|amp|qwen|kiro)\b/.test(command.written);
    if (flag === undefined || had.has(flag) || (!/dangerously|trust-all|bypass|permission/.test(flag) && !isAgent)) continue;
    seen.add(command.range.start.line);
    yield draft(command.range, flag);
  }
  for (const setting of added.settings) {
    const flag = typeof setting.value === 'string' ? bypassFlag(setting.value) : undefined;
    if (
      flag === undefined ||
      had.has(flag) ||
      seen.has(setting.range.start.line) ||
      [...seen].some((line) => line >= setting.range.start.line && line <= setting.range.end.line)
    )
      continue;
    const isAgent =
      isAgentSettings(path) ||
      isAgentNotes(path) ||
      /claude|codex|gemini|agent|aider|copilot|args/i.test(`${setting.path.join('/')} ${setting.value}`);
    const forbids = /\b(never|don'?t|do not|must not|avoid|without|no)\b/i.test(String(setting.value)) && isAgentNotes(path);
    if (isAgent && !forbids) yield draft(setting.range, flag);
  }
  for (const call of added.calls) {
    const flag = call.args
      .map((arg) => bypassFlag(arg))
      .find((found) => found !== undefined && /dangerously|bypass|trust-all|yolo/.test(found));
    if (
      flag !== undefined &&
      !seen.has(call.range.start.line) &&
      !/^(expect|assert|console\.\w+|log\w*|describe|it|test|.*\.includes|.*\.indexOf|.*\.option|.*\.addOption|.*\.flag)$/.test(call.callee)
    ) {
      seen.add(call.range.start.line);
      yield draft(call.range, flag);
    }
  }
  for (const option of added.options) {
    const flag = bypassFlag(option.value);
    const isOn =
      /^(permissionMode|permission_mode|approvalPolicy|approval_policy|sandboxMode|sandbox_mode)$/.test(option.name) &&
      /^['"](bypassPermissions|never|danger-full-access)['"]$/.test(option.value);
    const isSwitch =
      /^(dangerouslySkipPermissions|allowDangerouslySkipPermissions|dangerously_skip_permissions|yolo)$/.test(option.name) &&
      /^(true|True)$/.test(option.value);
    if (
      (isOn || isSwitch || (flag !== undefined && /dangerously|bypass|trust-all|yolo/.test(flag))) &&
      !seen.has(option.range.start.line)
    ) {
      seen.add(option.range.start.line);
      yield draft(option.range, flag ?? `${option.name}: ${option.value}`);
    }
  }
}

const ALLOW =
  /^(allow|allowed|allowed_?tools|allowed_?commands|auto_?approve\w*|always_?allow\w*|auto_?allow\w*|trusted_?(tools|commands)|whitelist|core_?tools|includeTools|chat\.tools\.terminal\.autoApprove|toolPermissions|permissions?|tools|yoloAllow\w*|commandAllowlist|allowlist|cascadeCommandsAllowList|allowedPaths)$/i;
const DENY =
  /^(deny|denied|denied_?tools|denied_?commands|disallowed_?tools|blocked\w*|blocklist|denylist|block|exclude_?tools|forbidden\w*|never_?allow\w*|commandDenylist|cascadeCommandsDenyList|protected\w*|deleteFileProtection|sensitive\w*)$/i;
const ASK = /^(ask|confirm|require_?approval_?for|require_?confirmation|ask_?before\w*|prompt_?for)$/i;
const GUARD =
  /(require_?(approval|confirmation|permission|review)s?|ask_?before\w*|confirm\w*(before|actions?|commands?)?|prompt_?before\w*|approval_?required|delete_?file_?protection|dotfiles?_?protection|mcp_?tools_?protection|human_?in_?the_?loop|sandbox(ed|ing)?(\.enabled)?|sandbox_?enabled|workspace\.trust\.enabled|safe_?mode|review_?required|read_?only(_?mode)?|network_?isolation|manual_?approval|dry_?run)$/i;
const BYPASS_SWITCH =
  /^(dangerously\w*|.{0,80}auto_?approve\w{0,40}|.{0,80}auto_?run(\w{0,40}enabled)?|yolo(_?mode)?|.{0,80}\.yolo|.{0,80}yoloMode|auto_?accept\w*|enableAllProjectMcpServers|disable_?(all_?)?hooks|skip_?(permissions?|confirm|approval)\w*|trust(_?all\w*)?|bypass\w*|full_?auto|always_?allow\w*|no_?confirm\w*|unrestricted\w*|allow_?all\w*|yes[_-]?always|auto_?confirm\w*|auto_?execute\w*|chat\.tools\.(global\.)?autoApprove|allowUnsandboxedCommands|dangerouslyDisableSandbox|skipDangerousModePermissionPrompt|allowDangerous\w*|trusted)$/i;
const MODE =
  /^(defaultMode|permission_?mode|approval_?(mode|policy)|mode|ask_?for_?approval|sandbox(_?mode)?|cascadeAutoExecutionPolicy|security_?level|auto_?execution\w*|GOOSE_MODE|run_?mode)$/i;
const OPEN_MODE =
  /^(bypassPermissions|dontAsk|yolo|never|danger-full-access|auto|full-?auto|full|turbo|none|off|disabled|unrestricted|always|auto_edit|allow-all)$/i;

/** What a settings file of an agent says. */
function* settings(input: RuleInput): Generator<FindingDraft> {
  yield* lists(input);
  for (const change of changedSettings(input)) {
    const found = judge(change, input);
    if (found !== undefined) yield { ...placeOf(change), severity: found.severity, message: fitMessage(found.message) };
  }
  const hooks = (facts: RuleInput['before']): readonly Setting[] =>
    facts?.settings.filter(
      (setting) => setting.path[0] === 'hooks' && setting.value !== null && setting.value !== '[]' && setting.value !== '{}',
    ) ?? [];
  const events = (facts: RuleInput['before']): readonly string[] => [...new Set(hooks(facts).map((setting) => setting.path[1] ?? ''))];
  const gone = events(input.before).filter((event) => !events(input.after).includes(event));
  const first = input.removed.settings.find((setting) => setting.path[0] === 'hooks' && gone.includes(setting.path[1] ?? ''));
  if (first !== undefined && input.after !== undefined)
    yield { side: 'before', range: first.range, message: fitMessage(`the hook ${quote(gone.join(', '), 30)} no longer runs`) };
}

function* lists({ added, removed, after }: RuleInput): Generator<FindingDraft> {
  const inList = (setting: Setting, names: RegExp): boolean => setting.path.slice(0, -1).some((element) => names.test(element));
  const broader = after?.settings.filter((setting) => inList(setting, DENY)).map((setting) => String(setting.value)) ?? [];
  for (const setting of added.settings) {
    if (!inList(setting, ALLOW) || inList(setting, DENY)) continue;
    // `"Bash(*)": "allow"` and `{ "rm": true }` name what is allowed by their key.
    const isKeyed = setting.value === true || /^(allow|always|auto)$/i.test(String(setting.value));
    const value = isKeyed ? (setting.path.at(-1) ?? '') : String(setting.value);
    if (!isUnlimited(value) && !isDangerous(value) && !(isKeyed && /^(rm|sudo|curl|wget|bash|sh|\/.*\.\*.*\/|\*)$/.test(value))) continue;
    yield {
      side: 'after',
      range: setting.range,
      severity: isUnlimited(value) || isDestructive(value) ? 'critical' : 'high',
      message: fitMessage(`allows ${quote(value, 34)} without asking`),
    };
  }
  for (const setting of removed.settings) {
    if (setting.value === null || after === undefined) continue;
    const isDeny = inList(setting, DENY);
    if (!isDeny && !inList(setting, ASK)) continue;
    const value = String(setting.value);
    const covered = broader.some(
      (other) => other === value || (other.endsWith('*)') && value.startsWith(other.slice(0, -2).replace(/:$/, ''))),
    );
    const stillAsked = after.settings.some((other) => other.value === setting.value && (inList(other, ASK) || inList(other, DENY)));
    if (!covered && !stillAsked)
      yield {
        side: 'before',
        range: setting.range,
        severity: isDeny ? 'critical' : 'high',
        message: fitMessage(`no longer ${isDeny ? 'denies' : 'asks about'} ${quote(value, 40)}`),
      };
  }
}

function judge(change: SettingChange, input: RuleInput): { readonly severity: Severity; readonly message: string } | undefined {
  const { path, before, after } = change;
  const name = path.at(-1) ?? '';
  const full = path.join('.');
  if (before?.value === after?.value) return undefined;
  const is = (severity: Severity): { readonly severity: Severity; readonly message: string } => ({
    severity,
    message: `${quote(
      path
        .slice(-2)
        .filter((part) => !/^\d+$/.test(part))
        .join('.'),
      40,
    )}: ${before === undefined ? 'unset' : shownValue(before.value)} -> ${shownValue(after?.value)}`,
  });
  const [on, wasOn] = [after !== undefined && isTrue(after.value), before !== undefined && isTrue(before.value)];
  const isEditor = /\.vscode\/settings\.json$|\.code-workspace$|\.devcontainer/.test(input.path);
  if (isEditor && !/chat|copilot|agent|claude|cursor|cline|roo|codex|gemini|mcp|ai\b|windsurf|continue|workspace\.trust/i.test(full))
    return undefined;
  if (BYPASS_SWITCH.test(name) || BYPASS_SWITCH.test(full)) return on && !wasOn ? is('critical') : undefined;
  if (MODE.test(name))
    return after !== undefined && OPEN_MODE.test(String(after.value)) && !OPEN_MODE.test(String(before?.value ?? ''))
      ? is('critical')
      : /^acceptEdits$/.test(String(after?.value)) && before !== undefined && !OPEN_MODE.test(String(before.value))
        ? is('high')
        : undefined;
  if (GUARD.test(name) || GUARD.test(full))
    return wasOn && (after === undefined || isFalse(after.value))
      ? is('critical')
      : before === undefined && after !== undefined && isFalse(after.value) && !change.resourceIsNew
        ? is('critical')
        : undefined;
  if (/^(enabled)$/i.test(name) && GUARD.test(path.at(-2) ?? ''))
    return wasOn && (after === undefined || isFalse(after.value)) ? is('critical') : undefined;
  if (/^disableBypassPermissionsMode$/.test(name)) return before !== undefined && after?.value !== 'disable' ? is('critical') : undefined;
  return undefined;
}

const LICENCE =
  /\b(without (asking|confirmation|approval|permission|prompting)|no (confirmation|approval|permission) (is )?(needed|required)|(do not|don'?t|never) (ask|wait) for (confirmation|approval|permission)|skip (all )?(confirmations?|approvals?|permission prompts?)|auto-?approve (all|every|any)|you may run any command|bypass (the )?(hooks|permissions|approval))\b/i;
const RULE_TO_ASK =
  /\b(always ask|ask (for confirmation|before|first)|must (ask|confirm)|never (run|execute|delete|drop|push|force)|do not (run|execute|delete|drop|push|force)|require(s)? (approval|confirmation|a human))\b/i;

/** Instructions: a line that lets it act without asking; a line that made it ask and is gone. */
function* notes({ added, removed, after, path }: RuleInput): Generator<FindingDraft> {
  if (!isAgentNotes(path)) return;
  for (const setting of added.settings) {
    const value = String(setting.value);
    const name = setting.path[0] ?? '';
    if (
      /^(tools|allowed-tools|allowedTools)$/.test(name) &&
      value.match(/(?:[^,(]|\([^)]*\)?)+/g)?.some((tool) => /^(\*|Bash\(\s*(?:\*\s*)?\)|Bash\(:\*\))$/.test(tool.trim()))
    )
      yield { side: 'after', range: setting.range, message: fitMessage(`allows ${quote(value, 40)} without asking`) };
    else if (/^permission-?mode$/i.test(name) && OPEN_MODE.test(value))
      yield { side: 'after', range: setting.range, message: fitMessage(`${quote(name)}: ${value}`) };
    else if (name === 'line' && LICENCE.test(value) && !/\b(never|don'?t|do not|must not)\b.{0,40}\bwithout\b/i.test(value))
      yield {
        side: 'after',
        range: setting.range,
        severity: 'high',
        confidence: 'medium',
        message: fitMessage(`tells the agent: ${quote(value, 50)}`),
      };
  }
  for (const setting of removed.settings) {
    const value = String(setting.value);
    if (setting.path[0] !== 'line' || !RULE_TO_ASK.test(value) || after === undefined) continue;
    const again = added.settings.some((other) => RULE_TO_ASK.test(String(other.value)) && share(value, String(other.value)) >= 0.5);
    if (!again)
      yield {
        side: 'before',
        range: setting.range,
        severity: 'medium',
        confidence: 'medium',
        message: fitMessage(`no longer tells the agent: ${quote(value, 44)}`),
      };
  }
}

function share(a: string, b: string): number {
  const split = (text: string): readonly string[] => text.toLowerCase().match(/[a-z]+/g) ?? [];
  const left = new Set(split(a));
  const right = split(b);
  return right.filter((word) => left.has(word)).length / Math.max(1, right.length);
}
