import type { Option, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { grantedByCommand } from '../vocabulary/access/granted-by-command.ts';
import { trustedSubjects } from '../vocabulary/access/trusted-subjects.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { nameOf, settingsUnder, valueUnder } from '../vocabulary/settings/setting-index.ts';

/**
 * ## What it sees
 * A policy that allows every action (`*`), every action of a service (`s3:*`), all but some (`NotAction`), or writing to every
 * resource; an administrator's role that is attached, of AWS, Google or Azure. In Terraform, CloudFormation and policies in
 * JSON, in programs that declare them (CDK, Pulumi), in the lists and tables that a policy takes its actions from, and in commands
 * of a cloud's own program. Also a trust in tokens of a pipeline that fits more of them: `repo:acme/*`.
 *
 * ## Why it matters
 * Whoever holds the role can do anything with it: an agent with an operator's full rights deleted and recreated an environment
 * that it was asked to repair.
 *
 * ## When it is fine
 * Deny statements, actions that only read, a key's own policy that gives the account its key, and a wildcard that was there
 * before.
 *
 * ## What it misses
 * Actions that the caller of a module gives, and what several narrow statements allow together.
 */
export default defineRule({
  id: 'access/iam-wildcard',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Allows every action or every resource',
  reads: ['settings', 'options', 'calls', 'commands'],
  evidence: [
    { title: 'checkov CKV_AWS_62, CKV_AWS_63 and CKV_AWS_355', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
    { title: 'An environment deleted and recreated, 2025', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
  ],
  *check(input) {
    const seen = new Set<string>();
    for (const setting of input.added.settings) {
      const found = judgeRole(setting) ?? judgeStatement(setting, input);
      if (found === undefined || seen.has(found.about)) continue;
      seen.add(found.about);
      yield { side: 'after', range: setting.range, severity: found.severity, message: fitMessage(found.message) };
    }
    yield* inConstructs(input);
    yield* inLists(input);
    for (const { range, power } of grantedByCommand(input))
      yield { side: 'after', range, message: fitMessage(`gives ${quote(power, 40)}: may do almost anything`) };
    for (const { range, now } of trustedSubjects(input))
      yield { side: 'after', range, severity: 'high', message: fitMessage(`${quote(now, 48)} may take the role now`) };
  },
});

/** Actions of a cloud that nobody gives as a whole to a program, by the service they belong to. */
const SERVICE_ACTIONS =
  /^(iam|sts|s3|kms|ec2|rds|rds-data|dynamodb|lambda|sqs|sns|ssm|secretsmanager|organizations|cloudformation|cloudtrail|logs|ecs|eks|ecr|route53|elasticache|es|redshift|glue|athena|kinesis|states|events|apigateway|cloudfront|autoscaling|elasticloadbalancing|backup|batch|cognito-idp|ses|elasticfilesystem|fsx|emr|elasticmapreduce|sagemaker|bedrock|codebuild|codepipeline|wafv2|guardduty|config|account|billing|access-analyzer|acm):\*$/;

/** Lists of actions that a policy takes by name: local values, variables and their values, a constant of a program. */
function* inLists(input: RuleInput): Generator<FindingDraft> {
  const told = new Set<string>();
  for (const setting of input.added.settings) {
    const value = String(setting.value);
    const type = input.after?.resources.find((resource) => resource.key === setting.resource)?.type;
    const isHeld = /^(locals|variable|module)$/.test(type ?? '') || (type === undefined && /\.tfvars$/.test(input.path));
    const list = setting.path.filter((part) => !/^\d+$/.test(part)).join('/');
    if (!isHeld || told.has(`${setting.resource} ${list}`) || /deny|denied|forbid|block|restrict/i.test(list)) continue;
    const isEverything = value === '*' && /action|verb|permission/i.test(list);
    if (!isEverything && !SERVICE_ACTIONS.test(value) && !ADMIN_ROLE.test(value)) continue;
    // `Owner` alone may be anything: a tag, a column.
    if (!/[:/]/.test(value) && !isEverything && !/role|polic/i.test(list)) continue;
    if (input.before?.settings.some((other) => other.value === setting.value && other.resource === setting.resource) === true) continue;
    told.add(`${setting.resource} ${list}`);
    const message = `${quote(list, 24)} holds ${quote(value, 36)}: ${SERVICE_ACTIONS.test(value) ? 'every action of the service' : 'may do almost anything'}`;
    yield {
      side: 'after',
      range: setting.range,
      severity: SERVICE_ACTIONS.test(value) && !isEverywhere(setting, input) ? 'high' : 'critical',
      message: fitMessage(message),
    };
  }
  for (const option of input.added.options) {
    if (option.callee !== '' || !/action|verb|permission|polic|grant|allow/i.test(`${option.name} ${option.scope}`)) continue;
    if (/deny|denied|forbid|block/i.test(option.name) || partOf(option) !== undefined) continue;
    const isWide = (text: string): string | undefined =>
      [...text.matchAll(/['"]([\w-]+:\*)['"]/g)].map((match) => match[1] ?? '').find((action) => SERVICE_ACTIONS.test(action));
    const wide = isWide(option.value);
    if (wide === undefined || input.before?.options.some((other) => isWide(other.value) === wide) === true || told.has(wide)) continue;
    told.add(wide);
    yield {
      side: 'after',
      range: option.range,
      severity: 'high',
      message: fitMessage(`${quote(option.name, 24)} holds ${quote(wide)}: every action of the service`),
    };
  }
}

/** The entry that holds the list of actions holds every resource beside it. */
function isEverywhere(setting: Setting, { after }: RuleInput): boolean {
  const at = setting.path.findIndex((part) => /^actions?$/i.test(part));
  if (at < 0) return false;
  return settingsUnder(after, setting, setting.path.slice(0, at)).some(
    (other) => /^resources?$/i.test(other.path[at] ?? '') && other.value === '*',
  );
}

interface Judgement {
  readonly severity: Severity;
  readonly message: string;
  /** One finding per statement. */
  readonly about: string;
}

const ADMIN_ROLE =
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

function judgeRole(setting: Setting): Judgement | undefined {
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

const ACTION_KEY = /^(Action|actions)$/;
const NOT_ACTION_KEY = /^(NotAction|not_actions)$/;
const RESOURCE_KEY = /^(Resource|resources)$/;

function judgeStatement(setting: Setting, input: RuleInput): Judgement | undefined {
  const at = setting.path.findIndex((element) => ACTION_KEY.test(element) || NOT_ACTION_KEY.test(element) || RESOURCE_KEY.test(element));
  if (at < 0 || setting.path.length > at + 2) return undefined;
  const key = setting.path[at] ?? '';
  const prefix = setting.path.slice(0, at);
  if (!isStatement(setting, prefix, input.after) || isDenied(setting, prefix, input.after)) return undefined;
  const about = `${setting.resource} ${prefix.join('/')}`;
  const actions = valuesUnder(setting, prefix, ACTION_KEY, input.after);
  const everywhere = valuesUnder(setting, prefix, RESOURCE_KEY, input.after).some((resource) => resource === '*');
  // What a variable holds is not known.
  if (NOT_ACTION_KEY.test(key) && !/^(\*|[\w-]+:[\w*?]+)$/.test(String(setting.value))) return undefined;
  if (NOT_ACTION_KEY.test(key)) return { severity: 'critical', message: `${quote(key)} allows every action but those it names`, about };
  const value = String(setting.value);
  if (ACTION_KEY.test(key)) {
    if (isOwnKeyPolicy(setting, prefix, input.after)) return undefined;
    if (value === '*' || value === '*:*')
      return {
        severity: 'critical',
        message: `allows every action${everywhere ? ' on every resource' : ''}: ${quote(`${key} = *`)}`,
        about,
      };
    if (!/^[\w-]+:\*$/.test(value)) return undefined;
    return {
      severity: everywhere ? 'critical' : 'high',
      message: `allows ${quote(value)}: every action of the service${everywhere ? ', on everything' : ''}`,
      about,
    };
  }
  if (actions.every((action) => action.startsWith('kms:')) && isForSomebody(setting, prefix, input.after)) return undefined;
  // What a variable holds is not known, and is no reason to stop anybody.
  const writes = actions.filter((action) => /^(\*|[\w-]+:[\w*?]+)$/.test(action) && !isReadOnly(action));
  if (value !== '*' || writes.length === 0 || hadWildcard(setting, prefix, input.before)) return undefined;
  // A condition narrows what an action that has no resource of its own may touch.
  const isNarrowed = settingsUnder(input.after, setting, prefix).some((other) =>
    /^(Condition|condition(#.*)?)$/.test(other.path[prefix.length] ?? ''),
  );
  const widest = writes.find((action) => action === '*' || action.endsWith(':*')) ?? writes[0] ?? '';
  return {
    severity: isNarrowed
      ? 'low'
      : widest === '*' || widest.endsWith(':*') || wasNarrow(valuesUnder(setting, prefix, RESOURCE_KEY, input.before))
        ? 'critical'
        : 'high',
    message: `allows ${quote(widest)} on every resource`,
    about,
  };
}

function isStatement(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  if (prefix.some((element) => /^(Statement|statement(#.*)?)$/.test(element))) return true;
  return valueUnder(facts, setting, prefix, /^Effect$/) !== undefined;
}

function isDenied(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  return /^deny$/i.test(String(valueUnder(facts, setting, prefix, /^(Effect|effect)$/) ?? ''));
}

/** A key's policy must give the account its own key, or nobody can change it again. */
function isOwnKeyPolicy(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  if (setting.value !== 'kms:*') return false;
  return settingsUnder(facts, setting, prefix).some(
    (other) => /principal/i.test(other.path.slice(prefix.length).join('/')) && /:root\b|account/i.test(String(other.value)),
  );
}

/** A policy that names whom it is for belongs to the key itself: there `*` is that key, and it says nothing of others. */
function isForSomebody(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  const named = settingsUnder(facts, setting, prefix).filter((other) => /^principals?(#.*)?$/i.test(other.path[prefix.length] ?? ''));
  return named.length > 0 && named.every((other) => other.value !== '*');
}

/** The statement named its resources until now: an identity that is in use gets all others. */
const wasNarrow = (resources: readonly string[]): boolean => resources.length > 0 && !resources.includes('*');

function hadWildcard(setting: Setting, prefix: readonly string[], facts: SourceFacts | undefined): boolean {
  return (
    valuesUnder(setting, prefix, RESOURCE_KEY, facts).includes('*') &&
    valuesUnder(setting, prefix, ACTION_KEY, facts).some((action) => !isReadOnly(action))
  );
}

function valuesUnder(setting: Setting, prefix: readonly string[], names: RegExp, facts: SourceFacts | undefined): readonly string[] {
  return settingsUnder(facts, setting, prefix).flatMap((other) => (names.test(nameOf(other)) ? [String(other.value)] : []));
}

/** Actions that only look, and those that exist for no single resource. */
function isReadOnly(action: string): boolean {
  const verb = action.slice(action.indexOf(':') + 1);
  return (
    /^(Get|List|Describe|Head|Lookup|Search|Query|Scan|BatchGet|View|Read|Check|Test|Estimate|Simulate|Filter|Select)/.test(verb) ||
    /^(cloudwatch:PutMetricData|xray:Put\w+|logs:(CreateLogStream|PutLogEvents|CreateLogGroup)|ssmmessages:\w+|sts:GetCallerIdentity|ec2messages:\w+)$/.test(
      action,
    )
  );
}

type StatementPart = 'actions' | 'notActions' | 'resources' | 'effect';

/** What an option of a statement says: by a construct in any language, or by the words of a policy document in a dictionary. */
function partOf({ name, callee }: Option): StatementPart | undefined {
  const isConstruct = /(^|\.)PolicyStatement(Props|Args)?(\.Builder\.create)?$/.test(callee);
  const isDocument =
    /^(Action|NotAction|Resource|Effect)$/.test(name) &&
    /(^|\.)(dumps|JSONMarshal|to_json|ToJSONString|\w*Policy|\w*PolicyDocument)$/.test(callee);
  const part = /^(actions|not_?actions|resources|effect)$/i
    .exec(isDocument && name !== 'Effect' ? `${name}s` : name)?.[0]
    .toLowerCase()
    .replace('_', '');
  if (part === undefined || (!isConstruct && !isDocument)) return undefined;
  return part === 'notactions' ? 'notActions' : part === 'actions' ? 'actions' : part === 'resources' ? 'resources' : 'effect';
}

/** `new PolicyStatement({ actions: ['*'], resources: ['*'] })` and managed policies of CDK. */
function* inConstructs(input: RuleInput): Generator<FindingDraft> {
  for (const option of input.added.options) {
    const name = partOf(option);
    if (name === undefined) continue;
    const beside = (name: StatementPart): string =>
      input.after?.options.find(
        (other) =>
          partOf(other) === name && other.callee === option.callee && Math.abs(other.range.start.line - option.range.start.line) <= 6,
      )?.value ?? '';
    if (/DENY/i.test(beside('effect')) || name === 'effect') continue;
    const everywhere = /['"]\*['"]/.test(name === 'resources' ? option.value : beside('resources'));
    const actions = [...(name === 'resources' ? beside('actions') : option.value).matchAll(/['"]((?:[\w-]*:)?[\w*]+)['"]/g)].map(
      (match) => match[1] ?? '',
    );
    if (name === 'notActions')
      yield { side: 'after', range: option.range, message: fitMessage(`${quote('notActions')} allows every action but those it names`) };
    else if (name === 'actions') {
      const wide = actions.find((action) => action === '*' || /^[\w-]+:\*$/.test(action));
      if (wide !== undefined)
        yield {
          side: 'after',
          range: option.range,
          severity: wide === '*' || everywhere ? 'critical' : 'high',
          message: fitMessage(`allows ${quote(wide)}${everywhere ? ' on every resource' : ': every action of the service'}`),
        };
    } else if (
      everywhere &&
      !input.added.options.some((other) => partOf(other) === 'actions' && other.callee === option.callee && /\*/.test(other.value))
    ) {
      const writes = actions.filter((action) => !isReadOnly(action));
      const old = input.removed.options.filter((other) => partOf(other) === 'resources' && other.callee === option.callee);
      const isWider = wasNarrow(old.flatMap(({ value }) => (/['"]\*['"]/.test(value) ? ['*'] : [value])));
      if (writes.length > 0)
        yield {
          side: 'after',
          range: option.range,
          severity: isWider || writes.some((action) => action.endsWith('*')) ? 'critical' : 'high',
          message: fitMessage(`allows ${quote(writes[0] ?? '')} on every resource`),
        };
    }
  }
  for (const call of input.added.calls) {
    if (
      /fromAwsManagedPolicyName$/.test(call.callee) &&
      /AdministratorAccess|PowerUserAccess|IAMFullAccess/.test(call.args[0] ?? '') &&
      !cameAlong(input, call)
    )
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`attaches ${quote((call.args[0] ?? '').slice(1, -1), 36)}: may do almost anything`),
      };
  }
}
