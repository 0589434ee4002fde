import type { Command, FileFacts, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';

/**
 * ## What it sees
 * A workflow that runs with the repository's rights on somebody else's event (`pull_request_target`, `workflow_run`,
 * `issue_comment`) and checks out or fetches that person's code, or downloads what their run left. Either half may be the one
 * that was added. Also a condition that asked who sent the event, gone from a job that stays.
 *
 * ## Why it matters
 * A stranger's pull request runs with write access and secrets. Poisoned caches and published packages came from there.
 *
 * ## When it is fine
 * Jobs that only label or comment and check nothing out.
 *
 * ## What it misses
 * Refs that are put together in a script, and caches that the other event wrote.
 */
export default defineRule({
  id: 'access/ci-untrusted-trigger',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Runs a stranger’s code with the rights of the repository',
  reads: ['settings', 'commands'],
  evidence: [
    { title: 'zizmor: dangerous-triggers', url: 'https://docs.zizmor.sh/audits/#dangerous-triggers' },
    { title: 'TanStack cache poisoning, 2026', url: 'http://archlab.space/blogs/7e49ea16-810d-4d52-bec4-d4397fc3bec8' },
  ],
  *check({ added, removed, after, path }): Iterable<FindingDraft> {
    if (!/(^|\/)\.github\/workflows\//.test(path)) return;
    const trigger = triggersOf(after)[0];
    if (trigger !== undefined) yield* lostDoorkeepers(removed, after);
    const fetches = fetchesOf(after)[0];
    if (trigger === undefined) return;
    const addedTrigger = added.settings.find(isTrigger);
    const addedFetch =
      added.settings.find((setting) => isForeignRef(setting) || isForeignArtifact(setting, after)) ?? added.commands.find(fetchesHead);
    if (fetches === undefined) {
      if (addedTrigger !== undefined)
        yield {
          side: 'after',
          range: addedTrigger.range,
          severity: 'low',
          message: fitMessage(`${quote(triggerName(addedTrigger))} runs with the rights of the repository`),
        };
      return;
    }
    const place = addedFetch ?? addedTrigger;
    if (place === undefined) return;
    yield {
      side: 'after',
      range: place.range,
      message: fitMessage(`${quote(triggerName(trigger))} runs code of the pull request with secrets`),
    };
  },
});

const TRIGGER = /^(pull_request_target|workflow_run|issue_comment)$/;
const FOREIGN =
  /github\.event\.pull_request\.head|github\.head_ref|github\.event\.workflow_run\.head|github\.event\.issue\.number|github\.event\.pull_request\.number|refs\/pull\/|steps\.[\w-]+\.outputs\.(head|sha|ref|branch|pr)|inputs\.(pr|pull|head|ref|sha)/;

const DOORKEEPER =
  /author_association|head\.repo\.(full_name|fork|owner)|github\.actor\b|github\.event\.(sender|comment\.user|pull_request\.user|label)|github\.repository_owner|\.labels|team|contains\(fromJSON/;

/** A condition that asked who it was that sent the event, of a job that stays. */
function* lostDoorkeepers(removed: FileFacts, after: SourceFacts | undefined): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    if (nameOf(setting) !== 'if' || !DOORKEEPER.test(String(setting.value))) continue;
    const stays = after?.resources.some((resource) => resource.key === setting.resource) ?? false;
    const asks =
      after?.settings.some(
        (other) => nameOf(other) === 'if' && other.resource === setting.resource && DOORKEEPER.test(String(other.value)),
      ) ?? false;
    if (stays && !asks)
      yield {
        side: 'before',
        range: setting.range,
        message: fitMessage(`nothing asks any more who sent it: ${quote(String(setting.value), 40)}`),
      };
  }
}

/** `on: pull_request_target`, `on: [pull_request_target]`, `on: { pull_request_target: … }`. */
function isTrigger(setting: Setting): boolean {
  return (
    setting.path[0] === 'on' && (TRIGGER.test(setting.path[1] ?? '') || (setting.path.length <= 2 && TRIGGER.test(String(setting.value))))
  );
}

function triggerName(setting: Setting): string {
  return TRIGGER.test(setting.path[1] ?? '') ? (setting.path[1] ?? '') : String(setting.value);
}

function isForeignRef(setting: Setting): boolean {
  return /^(ref|repository)$/.test(nameOf(setting)) && FOREIGN.test(String(setting.value));
}

/** What the other workflow built is as foreign as the code it was built from. */
function isForeignArtifact(setting: Setting, facts: SourceFacts | undefined): boolean {
  const downloads = nameOf(setting) === 'uses' && /(^|\/)(action-)?download-artifact@/.test(String(setting.value));
  return downloads && triggersOf(facts).some((trigger) => triggerName(trigger) === 'workflow_run');
}

/** `gh pr checkout`, and a fetch of `refs/pull/…`. */
function fetchesHead(command: Command): boolean {
  const words = command.words.map((word) => word.text).join(' ');
  return (
    (command.name === 'gh' && /^gh pr checkout\b/.test(words)) ||
    (command.name === 'git' && /^git (fetch|pull|checkout)\b.*(pull\/|head_ref|_head_)/.test(words))
  );
}

function triggersOf(facts: SourceFacts | undefined): readonly Setting[] {
  return facts?.settings.filter(isTrigger) ?? [];
}

function fetchesOf(facts: SourceFacts | undefined): readonly unknown[] {
  return [
    ...(facts?.settings.filter((setting) => isForeignRef(setting) || isForeignArtifact(setting, facts)) ?? []),
    ...(facts?.commands.filter(fetchesHead) ?? []),
  ];
}
