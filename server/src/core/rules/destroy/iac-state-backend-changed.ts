import type { Command } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { shownValue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { changedCommands } from '../vocabulary/shell/command-parts.ts';

/**
 * ## What it sees
 * Terraform's state somewhere else: another backend, bucket, key, prefix or workspace, a backend block that is taken out, the lock
 * of the state that is, and a state file that is added to the repository, changed or removed. Terragrunt's `remote_state` too, and
 * other values that `init` is given by
 * `-backend-config`.
 *
 * ## Why it matters
 * With an empty state Terraform knows nothing of what runs, and plans to make it all again, or to delete what another state holds.
 * In the incident an agent worked with a state that had been left on another machine.
 *
 * ## When it is fine
 * A module that had no backend yet, and a block that only went to another file.
 *
 * ## What it misses
 * Backend values that a script puts together from several variables.
 */
export default defineRule({
  id: 'destroy/iac-state-backend-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Points Terraform at another state',
  reads: ['settings', 'commands', 'calls'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
  ],
  *check(input) {
    if (STATE_FILE.test(input.path)) {
      const [first] = [...input.added.settings, ...input.removed.settings];
      const what = input.before === undefined ? 'is now in the repository' : input.after === undefined ? 'is gone' : 'was edited by hand';
      if (first !== undefined)
        yield {
          side: input.added.settings.length > 0 ? 'after' : 'before',
          range: first.range,
          message: fitMessage(`the state file ${what}`),
        };
      return;
    }
    let isToldWhole = false;
    for (const change of changedSettings(input)) {
      const what = judge(change, input);
      if (what === undefined || (isToldWhole && change.after === undefined)) continue;
      if (isBlock(change)) isToldWhole = true;
      yield { ...placeOf(change), message: fitMessage(what) };
    }
    yield* givenToInit(input);
    yield* declaredInCode(input);
  },
});

/** CDKTF declares its backend by a class: `new S3Backend(this, { … })`. */
function* declaredInCode({ added, removed, after }: RuleInput): Iterable<FindingDraft> {
  const backend = /^(S3|Gcs|Azurerm|Remote|Cloud|Local|Http|Consul|Pg|Cos|Oss|Swift)Backend$/;
  const name = (callee: string): string => callee.slice(callee.lastIndexOf('.') + 1);
  for (const old of removed.calls) {
    if (old.kind !== 'new' || !backend.test(name(old.callee))) continue;
    if (after?.calls.some((call) => call.kind === 'new' && name(call.callee) === name(old.callee)) === true) continue;
    const now = added.calls.find((call) => call.kind === 'new' && backend.test(name(call.callee)));
    if (now !== undefined)
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`the state leaves ${quote(name(old.callee), 16)} for ${quote(name(now.callee), 16)}`),
      };
  }
}

/** Backend values on the command line of `init`, written out or by a variable that the same file sets. */
function* givenToInit(input: RuleInput): Iterable<FindingDraft> {
  const isInit = ({ name, written }: Command): boolean => /^(terraform|tofu|terragrunt)$/.test(name) && /\binit\b/.test(written);
  const values = ({ words }: Command): readonly string[] =>
    words.flatMap(({ text }, at) =>
      /^--?backend-config=./.test(text)
        ? [text.replace(/^[^=]*=/, '')]
        : /^--?backend-config$/.test(words[at - 1]?.text ?? '')
          ? [text]
          : [],
    );
  for (const { before, after } of changedCommands(input)) {
    // Pulumi is told where its state lies when it logs in.
    const [from, to] = [loginOf(before), loginOf(after)];
    if (from !== undefined && to !== undefined && from !== to)
      yield { side: 'after', range: after.range, message: fitMessage(`another state: ${quote(from, 24)} -> ${quote(to, 24)}`) };
    if (!isInit(after)) continue;
    const [old, now] = [values(before), values(after)];
    const changed = now.find((value) => !old.includes(value) && old.some((other) => other.split('=')[0] === value.split('=')[0]));
    if (changed !== undefined) yield { side: 'after', range: after.range, message: fitMessage(`another state: ${quote(changed, 44)}`) };
  }
  const inits = (input.after?.commands ?? []).filter(isInit).flatMap(values);
  for (const change of changedSettings(input)) {
    const name = change.path.findLast((part) => !/^\d+$/.test(part)) ?? '';
    const { before, after } = change;
    if (before === undefined || after === undefined || before.value === after.value || !/^\w+$/.test(name)) continue;
    const isGiven =
      inits.some((value) => value.includes(`$${name}`) || value.includes(`\${${name}}`)) ||
      /^(TF_WORKSPACE|TF_DATA_DIR|TF_STATE_NAME|TF_CLI_ARGS_init)$/.test(name);
    if (isGiven)
      yield {
        ...placeOf(change),
        message: fitMessage(`another state: ${quote(name, 20)} ${String(before.value)} -> ${shownValue(after.value)}`),
      };
  }
}

function loginOf({ name, words }: Command): string | undefined {
  return name === 'pulumi' && words[1]?.text === 'login'
    ? words.slice(2).find(({ text }) => /^(--local|-l|\w+:\/\/.*)$/.test(text))?.text
    : undefined;
}

const STATE_FILE = /\.tfstate(\.backup)?$|(^|\/)terraform\.tfstate\.d\//;
const WHERE =
  /^(bucket|key|prefix|path|container_name|storage_account_name|resource_group_name|workspace_key_prefix|workspace_dir|hostname|organization|name|tags|project|address|conn_str|schema_name|secret_suffix|namespace|endpoint|region|role_arn|profile|backend)$/;
const LOCK = /^(dynamodb_table|use_lockfile|lock_address|lock_table)$/;

function judge(change: SettingChange, input: RuleInput): string | undefined {
  const { before, after, path } = change;
  const place = placeIn(change, input);
  if (place === undefined || before === undefined || before.value === after?.value) return undefined;
  if (after === undefined && isElsewhere(change, input)) return undefined;
  if (isBlock(change)) {
    const kind = (path[0] ?? '').replace(/^backend\./, '');
    const now = input.after?.settings.find(
      (setting) => setting.resource === before.resource && setting.path.length === 1 && BLOCK.test(setting.path[0] ?? ''),
    );
    return `the state leaves ${quote(kind, 16)}${now === undefined ? '' : ` for ${quote((now.path[0] ?? '').replace(/^backend\./, ''), 16)}`}`;
  }
  const name = path.at(-1) ?? '';
  const isLocked = input.after?.settings.some(
    (setting) =>
      setting.resource === before.resource && LOCK.test(setting.path.at(-1) ?? '') && setting.value !== false && setting.value !== '',
  );
  if (LOCK.test(place) && (after === undefined || after.value === false))
    return isLocked === true ? undefined : `${quote(place)} removed: nothing locks the state`;
  if (!WHERE.test(place) && !WHERE.test(name)) return undefined;
  return `another state: ${quote(place, 24)} ${String(before.value)} -> ${shownValue(after?.value)}`;
}

const BLOCK = /^(backend\.\w+|cloud)$/;

function isBlock({ path, before }: SettingChange): boolean {
  return path.length === 1 && before?.value === null && BLOCK.test(path[0] ?? '');
}

/** The name of a setting of a backend; undefined for anything else. */
function placeIn({ path, resource }: SettingChange, input: RuleInput): string | undefined {
  if (
    /\.tfbackend(\.json)?$|(^|\/)backend[\w.-]*\.(hcl|conf|config|tfvars|json|tfvars\.json)$|(^|\/)(tf-?)?backends?\/[\w.-]+\.(hcl|conf|config|tfvars|tfbackend|tfvars\.json)$/.test(
      input.path,
    ) &&
    resource === undefined &&
    path.length === 1
  )
    return path[0];
  // Pulumi's own project file: `backend: { url: … }`.
  if (/(^|\/)Pulumi(\.[\w-]+)?\.ya?ml$/.test(input.path) && path.join('.') === 'backend.url') return 'backend';
  if (resource?.type === 'terraform' && BLOCK.test(path[0] ?? '')) return path[1] === 'workspaces' ? 'name' : (path[1] ?? '');
  if (resource?.type === 'remote_state') return path[0] === 'config' ? (path[1] ?? '') : (path[0] ?? '');
  return undefined;
}

/** A `terraform` block may go to a file of its own. */
function isElsewhere({ before, path }: SettingChange, input: RuleInput): boolean {
  return input
    .addedElsewhere()
    .settings.some(
      (setting) => setting.path.join('/') === path.join('/') && setting.value === before?.value && setting.resource === before?.resource,
    );
}
