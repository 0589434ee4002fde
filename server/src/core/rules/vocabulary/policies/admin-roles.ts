import type { Setting } from '../../../model/facts.ts';
import { quote } from '../../quote.ts';
import { nameOf } from '../settings/setting-index.ts';
import type { Judgement } from './wide-grant.ts';

/** A role that is attached, by a setting, and may do almost anything. */
export function judgeRole(setting: Setting): Judgement | undefined {
  const value = String(setting.value);
  const name = nameOf(setting);
  const isGiven =
    (ROLE_KEY.test(name) && ADMIN_ROLE.test(value)) ||
    (ADMIN_ADDRESS.test(value) && !setting.path.some((part) => NAMED_ONLY.test(part))) ||
    (POLICIES_KEY.test(name) &&
      /^(AdministratorAccess|PowerUserAccess|IAMFullAccess|AmazonS3FullAccess|AmazonDynamoDBFullAccess)$/.test(value));
  if (!isGiven) return undefined;
  return {
    severity: (/FullAccess$/.test(value) && !/IAMFullAccess/.test(value)) || /^roles\/\w+\.admin$/.test(value) ? 'high' : 'critical',
    message: `attaches ${quote(value.split('/').at(-1) ?? value, 36)}: may do almost anything`,
    about: `${setting.resource} ${value}`,
  };
}

/** Roles of a cloud that may do almost anything, as its own names or addresses say them. */
export const ADMIN_ROLE =
  /(^|\/)(AdministratorAccess|PowerUserAccess|IAMFullAccess|\w*FullAccess|SystemAdministrator|DatabaseAdministrator)$|^roles\/(owner|editor|iam\.(securityAdmin|serviceAccountTokenCreator|serviceAccountAdmin|serviceAccountKeyAdmin|admin)|resourcemanager\.(organizationAdmin|projectIamAdmin)|(storage|cloudsql|container|compute|bigquery|secretmanager|pubsub|spanner|datastore|cloudkms)\.admin)$|^(Owner|Contributor|User Access Administrator)$/;
const ROLE_KEY =
  /^(policy_arn|policy_arns|managed_policy_arns|ManagedPolicyArns|role|roles|role_definition_name|permissions_boundary|managed_policies|policyArn|policyArns|managedPolicies|roleDefinitionName|policy_arn_list|iam_role_additional_policies|role_policy_arns|predefined_role)$/;
/** A policy by its own address says what it is, whatever key holds it. */
const ADMIN_ADDRESS =
  /^arn:(aws[\w-]{0,12}|\$\{[\w.:]{1,40}\}):iam::aws:policy\/(job-function\/)?(AdministratorAccess|PowerUserAccess|IAMFullAccess|SystemAdministrator)$/;
/** Keys whose lists take a policy of the cloud by its bare name too: a function of SAM, a role of a framework. */
const POLICIES_KEY = /^(Policies|policies|attach_policies|managed_policy|managed_policies|attachPolicyARNs|iam_managed_policies)$/;
/** Places where a policy is named and given to nobody. */
const NAMED_ONLY =
  /^(Condition|condition(#.*)?|permissions_?boundary|PermissionsBoundary|deny\w*|forbid\w*|block\w*|exclude\w*|ignore\w*)$/i;
