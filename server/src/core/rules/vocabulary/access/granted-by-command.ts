import type { Command } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isDryRun } from '../shell/command-parts.ts';

/** A command that gives somebody the rights of an administrator. */
export interface GrantedPower {
  readonly range: Range;
  /** The role or the policy. */
  readonly power: string;
}

/** Clouds, with the words that give a role and what that role must be called to mean nearly everything. */
const GIVES: readonly (readonly [RegExp, RegExp, RegExp])[] = [
  [
    /^gcloud$/,
    /\badd-iam-policy-binding\b/,
    /\broles\/(?:owner|editor|iam\.(?:securityAdmin|serviceAccountTokenCreator|serviceAccountAdmin|serviceAccountKeyAdmin)|resourcemanager\.(?:organizationAdmin|projectIamAdmin))\b/,
  ],
  [
    /^aws$/,
    /\biam (?:attach-(?:user|role|group)-policy|put-(?:user|role|group)-policy|create-role|put-role-permissions)\b/,
    /\b(?:AdministratorAccess|PowerUserAccess|IAMFullAccess)\b/,
  ],
  [/^az$/, /\brole assignment create\b|\bad sp create-for-rbac\b/, /--role[= ]["']?(?:Owner|Contributor|User Access Administrator)\b/],
];

/** Commands of this hunk that give such a role, which no command of the file gave before. */
export function* grantedByCommand({ added, before }: RuleInput): Generator<GrantedPower> {
  for (const command of added.commands) {
    const power = powerOf(command);
    if (power === undefined || isDryRun(command) || before?.commands.some((other) => powerOf(other) === power) === true) continue;
    yield { range: command.range, power };
  }
}

function powerOf({ name, words }: Command): string | undefined {
  const gives = GIVES.find(([program]) => program.test(name));
  if (gives === undefined) return undefined;
  const text = words.map((word) => word.text).join(' ');
  return gives[1].test(text) ? gives[2].exec(text)?.[0] : undefined;
}
