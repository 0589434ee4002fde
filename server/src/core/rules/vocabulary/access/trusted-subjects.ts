import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';

/** A role that a workload of somebody else's may take, by a pattern that fits more of them now. */
export interface TrustedSubject {
  readonly range: Range;
  readonly was: string;
  readonly now: string;
}

/** The subject of a token of GitHub, GitLab, Bitbucket or a cluster, as a trust policy or a pool names it. */
const SUBJECT = /(?:^|[.:/])(?:sub|subject|repository|repository_owner|namespace_path|project_path|job_workflow_ref|environment|ref)$/;
const TOKEN = /^(?:repo|project_path|system:serviceaccount|organization|ref|assertion\.\w+)[:=]|^[\w.-]+\/[\w.*-]+$/;

/** `repo:acme/shop:ref:refs/heads/main` that became `repo:acme/*`, in the same place of the same statement. */
export function* trustedSubjects(input: RuleInput): Generator<TrustedSubject> {
  for (const setting of input.added.settings) {
    const now = String(setting.value);
    if (!now.includes('*') || !TOKEN.test(now) || !isSubject(input.after, setting)) continue;
    const old = input.removed.settings.filter(
      (other) => other.resource === setting.resource && TOKEN.test(String(other.value)) && headOf(other) === headOf(setting),
    );
    const others = old.length > 0 ? old : goneSubjects(input);
    const was = others.map(({ value }) => String(value)).find((value) => value !== now && covers(now, value));
    if (was !== undefined) yield { range: setting.range, was, now };
  }
}

/** Subjects that the file named before and names no more, wherever they stood: a policy in JSON that became a document of its own. */
function goneSubjects({ before, after }: RuleInput): readonly Setting[] {
  const stays = new Set(after?.settings.map(({ value }) => value));
  return (before?.settings ?? []).filter((old) => TOKEN.test(String(old.value)) && !stays.has(old.value) && isSubject(before, old));
}

/** The key says that it is the subject (`token.actions.githubusercontent.com:sub`), or the `variable` beside it does. */
function isSubject(facts: SourceFacts | undefined, setting: Setting): boolean {
  const at = setting.path.findIndex((part) => SUBJECT.test(part) && /[.:/]/.test(part));
  if (at >= 0) return true;
  const list = setting.path.findIndex((part) => /^(?:values|Values)$/.test(part));
  return (
    list > 0 &&
    settingsUnder(facts, setting, setting.path.slice(0, list)).some(
      (other) =>
        nameOf(other) === 'variable' &&
        SUBJECT.test(String(other.value)) &&
        /oidc|githubusercontent|gitlab|bitbucket|token|oauth/i.test(String(other.value)),
    )
  );
}

/** The way to it without the place in a list. */
function headOf({ path }: Setting): string {
  return path.filter((part) => !/^\d+$/.test(part)).join('/');
}

/** A pattern with `*` fits everything that the other one fits. */
function covers(pattern: string, other: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => escaped(part))
    .join('.*');
  return pattern.length < 300 && pattern.split('*').length < 6 && new RegExp(`^${source}$`).test(other);
}
