import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';

/** Commands of the clouds' own programs that open a store to everybody, or take away what keeps it closed. */
export function* publicCommands({ added, before }: RuleInput): Iterable<FindingDraft> {
  for (const command of added.commands) {
    const what = opens(command);
    if (what === undefined) continue;
    if (before?.commands.some((other) => other.name === command.name && opens(other) === what) === true) continue;
    const website =
      /(?:\b(?:s3|gs):\/\/|--(?:bucket|name|container-name)[= ]|-n )[\w.-]*\b(?:public|website|www|static|cdn|assets)\b/i.test(
        command.written,
      );
    yield {
      side: 'after',
      range: command.range,
      ...(website ? { severity: 'medium' as const } : {}),
      message: fitMessage(`${quote(what, 44)}: everybody may read it`),
    };
  }
}

/** The words of the command that open; undefined where it opens nothing. */
function opens({ name, words }: Command): string | undefined {
  const text = words.map((word) => word.text).join(' ');
  // What takes the right away names whom it takes it from.
  if (/\bch -d\b|\bremove-iam-policy-binding\b/.test(text)) return undefined;
  const found = OPENING.find(([program, pattern]) => program.test(name) && pattern.test(text));
  return found === undefined ? undefined : (found[1].exec(text)?.[0].trim() ?? undefined);
}

const OPENING: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:aws|awslocal|s3cmd|s5cmd|mc)$/, /--acl[= ](?:public-read-write|public-read|authenticated-read)\b|--acl-public\b/],
  [/^aws$/, /--grant-(?:read|write|full-control)[= ]\S*AllUsers/],
  [/^aws$/, /\bdelete-public-access-block\b/],
  [/^aws$/, /(?:BlockPublicAcls|IgnorePublicAcls|BlockPublicPolicy|RestrictPublicBuckets)=false/],
  [/^gsutil$/, /\b(?:allUsers|allAuthenticatedUsers):\w+|\b-[ug] All(?:Authenticated)?Users\b|-u AllUsers\b|-g AllUsers\b/i],
  [/^gsutil$/, /(?:\s-a|\bacl (?:\S+ )*(?:set|ch)) (?:-\S+ )*public-read(?:-write)?\b/],
  [/^gcloud$/, /--member[= ]'?"?(?:allUsers|allAuthenticatedUsers)\b/],
  [/^gcloud$/, /--(?:predefined-acl|canned-acl)[= ]public(?:-r|R)ead\w*/],
  [/^az$/, /--public-access[= ](?:blob|container)\b/],
  [/^az$/, /--allow-blob-public-access[= ]true\b/i],
  [/^mc$/, /\banonymous set (?:public|download|upload)\b|\bpolicy set (?:public|download|upload)\b/],
];
