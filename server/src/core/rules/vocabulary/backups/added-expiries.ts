import type { Call, Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName } from '../code/call-names.ts';
import { settingsOf, settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';
import { changedCommands, plainWords } from '../shell/command-parts.ts';
import { daysKept, weakened } from './backup-settings.ts';

/**
 * Rules of a bucket that stands by which objects are deleted for their age, added or made stricter: in Terraform, CloudFormation, CDK,
 * a document of the cloud's own, a command, or a call.
 */
export function* addedExpiries(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const change of changedSettings(input)) {
    const rule = ruleOf(change, input);
    const { before, after } = change;
    if (rule === undefined || after === undefined || weakened(change) !== undefined || isOfNewBucket(change, input)) continue;
    const [old, now] = [daysKept(before?.value), daysKept(after.value)];
    if (now === undefined || (old !== undefined && old <= now) || isPassing(rule, change) || told.has(after.resource)) continue;
    told.add(after.resource);
    const of = change.resource?.name ?? '';
    const what = old === undefined ? `after ${now} d from now on` : `after ${now} d; it was ${old} d`;
    yield { ...placeOf(change), message: fitMessage(`objects${of === '' ? '' : ` of ${quote(of, 28)}`} are deleted ${what}`) };
  }
  for (const call of input.added.calls)
    if (expiresInCode(call, input))
      yield { side: 'after', range: call.range, message: fitMessage(`${quote(lastName(call.callee), 36)} deletes objects for their age`) };
  const kept = new Set(changedCommands(input).map(({ after }) => after));
  for (const command of input.added.commands)
    if (!kept.has(command) && expires(command, input))
      yield {
        side: 'after',
        range: command.range,
        message: fitMessage(`${quote(plainWords(command).slice(0, 3).join(' '), 44)} deletes objects for their age`),
      };
}

/** The path of the rule that the setting gives an age; undefined for any other setting. */
function ruleOf({ path, before, after }: SettingChange, { after: facts, path: file }: RuleInput): readonly string[] | undefined {
  const [name = '', parent = ''] = [path.at(-1), path.at(-2)];
  const list = path.findIndex((part) => /^(rules?|lifecycle_?rules?)(#.*)?$/i.test(part));
  const own = after ?? before;
  if (list < 0 || own === undefined) return undefined;
  if (own.resource === '' && !/lifecycle/i.test(file)) return undefined;
  const rule = path.slice(
    0,
    /#/.test(path[list] ?? '') || path[list + 1] === 'condition' || !isPlace(path[list + 1]) ? list + 1 : list + 2,
  );
  if (/^expiration$/i.test(parent) && /^days$/i.test(name)) return rule;
  if (/^(ExpirationInDays|expiration)$/.test(name) && own.value !== null) return rule;
  const deletes = settingsUnder(facts, own, rule).some(({ path: other, value }) => other.at(-2) === 'action' && value === 'Delete');
  return parent === 'condition' && name === 'age' && deletes ? rule : undefined;
}

/** An entry of a list, by its number or its name; a key of the rule is none. */
function isPlace(part: string | undefined): boolean {
  return part !== undefined && !/^(expiration|condition|filter|status|action|id|prefix|Expiration|ExpirationInDays)$/.test(part);
}

/** What nobody keeps by its name, and rules that are off or that go by more than the age. */
function isPassing(rule: readonly string[], { after, resource, path }: SettingChange): boolean {
  return after === undefined || PASSING.test(`${resource?.name ?? ''} ${rule.join(' ')} ${path.join(' ')}`);
}

const PASSING =
  /(^|[^a-z])(te?mp|thumb(nail)?s?|renditions?|cache|scratch|logs?|access-?logs?|artifacts?|builds?|previews?|incomplete|exports?|trash|results?|stag(e|ing)|abort\w*|dev|test|sandbox)([^a-z]|$)/i;

function isOfNewBucket(change: SettingChange, input: RuleInput): boolean {
  const { resource, resourceIsNew, after } = change;
  if (after === undefined) return true;
  const own = settingsOf(input.after, after.resource);
  const rule = ruleOf(change, input) ?? [];
  const said = own.filter(({ path }) => rule.every((part, at) => path[at] === part)).map(({ value }) => String(value));
  if (said.some((value) => value === 'Disabled' || PASSING.test(value))) return true;
  if (!resourceIsNew) return input.before === undefined;
  if (!/lifecycle/i.test(resource?.type ?? '')) return true;
  const bucket = String(own.find(({ path }) => path.length === 1 && path[0] === 'bucket')?.value ?? '');
  const name = /^[\w]+\.([\w-]+)\./.exec(bucket)?.[1];
  if (PASSING.test(bucket)) return true;
  const isBucket = (other: { readonly type: string; readonly name: string }): boolean =>
    other.type === 'aws_s3_bucket' && other.name === name;
  const isHere = input.after?.resources.some(isBucket) === true;
  return (isHere && input.before?.resources.some(isBucket) !== true) || input.addedElsewhere().resources.some(isBucket);
}

const PUTS = /^(put_?bucket_?lifecycle(_?configuration)?(Command)?|add_?lifecycle_?rule|set_?lifecycle|add_?lifecycle_?delete_?rule)$/i;

function expiresInCode({ callee, args }: Call, input: RuleInput): boolean {
  const name = lastName(callee);
  const text = args.join(', ');
  if (!PUTS.test(name) || PASSING.test(text) || input.before === undefined) return false;
  const deletes =
    /\bexpir\w*['"]?\s*[:=]\s*(\{|\w*\.?Duration|cdk|\d|&)|\bExpirationInDays\b|['"]Delete['"]/i.test(text) || /delete/i.test(name);
  return deletes && !input.before.calls.some((other) => lastName(other.callee) === name);
}

/** `aws s3api put-bucket-lifecycle-configuration`, `gsutil lifecycle set`, `gcloud storage buckets update --lifecycle-file`. */
function expires(command: Command, input: RuleInput): boolean {
  const { name, written, words } = command;
  const isSet =
    (name === 'aws' && /\bput-bucket-lifecycle(-configuration)?\b/.test(written)) ||
    (name === 'gsutil' && /\blifecycle set\b/.test(written)) ||
    (name === 'gcloud' && /--lifecycle-file\b/.test(written));
  if (!isSet || PASSING.test(written)) return false;
  const text = words.map((word) => documentIn(word.text, input) ?? '').join(' ') || written;
  return /"?Expiration(InDays)?"?|"Delete"/.test(text) && !PASSING.test(text);
}

/** The document that a word names, or is. */
function documentIn(word: string, { path, trees }: RuleInput): string | undefined {
  if (word.includes('{')) return word;
  const file = /(?:file:\/\/|=|^)\.?\/?([\w./-]+\.json)$/.exec(word)?.[1];
  if (file === undefined) return undefined;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  for (const place of [file, `${folder}${file}`]) {
    const content = trees.after.read(place as typeof path);
    if (content?.kind === 'text') return content.text;
  }
  return undefined;
}
