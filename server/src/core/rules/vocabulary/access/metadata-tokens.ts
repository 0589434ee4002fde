import type { Command, Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { changedOptions } from '../code/option-changes.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, changeName, placeOf } from '../settings/settings.ts';
import { isDryRun } from '../shell/command-parts.ts';

/** What makes the metadata service of a machine ask for a token first, so that a request forged through a proxy gets nothing. */
const TOKENS = /^(?:\w+_)?(?:http_?tokens|require_?imds_?v2|imds_?v2_?required|disable_?imds_?v1)$/i;
const ASKED = /^['"`]?(?:[\w.]+\.)?(?:required|v2\.0|true)['"`]?$/i;
const UNASKED = /^['"`]?(?:[\w.]+\.)?(?:optional|false|null|no_?preference)?['"`]?$/i;
const ENDPOINT_OFF = /^['"`]?(?:[\w.]+\.)?(?:disabled|false)['"`]?$/i;

/**
 * The demand for a token that a machine's metadata service loses (IMDSv2): `http_tokens = "optional"` in Terraform, CloudFormation,
 * eksctl, kops and Karpenter, `requireImdsv2: false` in a program that declares the machine, and the commands that set either.
 */
export function* unaskedMetadataTokens(input: RuleInput): Generator<FindingDraft> {
  yield* ofSettings(input);
  yield* ofOptions(input);
  yield* ofCommands(input);
}

const MESSAGE = 'gives its credentials to requests without a token';

function* ofSettings(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, resourceIsGone } = change;
    if (before === undefined || resourceIsGone || !TOKENS.test(changeName(change)) || !ASKED.test(String(before.value))) continue;
    if (after !== undefined && !UNASKED.test(String(after.value ?? ''))) continue;
    // The block that held it may be another's now, or the service is off.
    const beside = settingsUnder(input.after, before, before.path.slice(0, -1));
    const holder = settingsUnder(input.after, before, before.path.slice(0, Math.max(0, before.path.length - 2)));
    if (after === undefined && (holder.length === 0 || isGivenOtherwise(beside))) continue;
    if (beside.some((other) => /^http_?endpoint$/i.test(nameOf(other)) && ENDPOINT_OFF.test(String(other.value)))) continue;
    yield { ...placeOf(change), severity: 'high', message: fitMessage(`${quote(changeName(change), 30)}: ${MESSAGE}`) };
  }
}

/** Under another name, or by a merge or a block made in a loop, which bring what is not written. */
function isGivenOtherwise(beside: readonly Setting[]): boolean {
  return beside.some((setting) => {
    const name = nameOf(setting);
    return /^(?:<<|for_each|Fn::Transform)$/.test(name) || (TOKENS.test(name) && !UNASKED.test(String(setting.value ?? '')));
  });
}

function* ofOptions(input: RuleInput): Generator<FindingDraft> {
  const told = new Set(input.after?.settings.map(({ range }) => range.start.line));
  for (const { before, after } of changedOptions(input)) {
    if (!TOKENS.test(after.name) || !ASKED.test(before.value) || !UNASKED.test(after.value) || told.has(after.range.start.line)) continue;
    yield { side: 'after', range: after.range, severity: 'high', message: fitMessage(`${quote(after.name, 30)}: ${MESSAGE}`) };
  }
  for (const option of input.removed.options) {
    if (!TOKENS.test(option.name) || !ASKED.test(option.value) || option.callee === '') continue;
    // The machine is still declared, and neither that nor another name says it there.
    const stays = input.after?.calls.find((call) => call.callee === option.callee && call.scope === option.scope);
    if (stays === undefined || stays.args.some((argument) => argument.includes('...'))) continue;
    const left = factsInside(input.after?.options ?? [], stays.range);
    if (left.length === 0 || left.some(({ name }) => TOKENS.test(name))) continue;
    yield { side: 'before', range: option.range, severity: 'high', message: fitMessage(`${quote(option.name, 30)} gone: ${MESSAGE}`) };
  }
}

function* ofCommands({ added, before }: RuleInput): Generator<FindingDraft> {
  for (const command of added.commands) {
    if (command.name !== 'aws' || !isOpened(command) || isDryRun(command)) continue;
    if (before?.commands.some((other) => other.name === 'aws' && isOpened(other)) === true) continue;
    yield { side: 'after', range: command.range, severity: 'high', message: fitMessage(`\`http-tokens optional\` ${MESSAGE}`) };
  }
}

function isOpened({ words }: Command): boolean {
  return /--http-tokens[ =]optional\b|\bHttpTokens=optional\b|"HttpTokens": ?"optional"/.test(words.map(({ text }) => text).join(' '));
}
