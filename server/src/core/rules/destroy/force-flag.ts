import type { Command } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { words as wordsOf } from '../vocabulary/code/call-names.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { changedCommands, flagsOf, isDryRun, isHarmlessProgram, plainWords, sourceOf } from '../vocabulary/shell/command-parts.ts';
import { heldFlags } from '../vocabulary/shell/held-flags.ts';
import { mirroredCopies, mirroringWord } from '../vocabulary/shell/mirrored-copies.ts';

/**
 * ## What it sees
 * A switch that takes away the question or the check of a command that changes something: `--force`, `--yes`,
 * `--skip-checks`, `--no-verify`, `--grace-period=0`, on a new command or on one that was run without it; `yes |` before it;
 * and `--delete` or `--prune` on a copy or an apply that had none. Also such a switch in a list or a variable that a command
 * takes its words from, and `force` of an Ansible module that formats or resizes a disk.
 *
 * ## Why it matters
 * The check was there for the day the input is wrong. A mistyped number took a storage service of half the internet down, and
 * an audit that did not stop a command took down a backbone.
 *
 * ## When it is fine
 * Package managers, linters, builds, local files, and commands that only read or only run dry.
 *
 * ## What it misses
 * A variable that turns the question off without naming a switch, and the switch of a program that only its own help explains.
 */
export default defineRule({
  id: 'destroy/force-flag',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A dangerous command no longer asks or checks',
  reads: ['commands', 'calls', 'settings', 'tokens'],
  evidence: [
    { title: 'Amazon S3, 28 February 2017', url: 'https://aws.amazon.com/message/41926/' },
    { title: 'Facebook, 4 October 2021', url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/' },
  ],
  *check(input): Iterable<FindingDraft> {
    const pairs = new Map(changedCommands(input).map(({ before, after }) => [after, before]));
    for (const command of input.added.commands) {
      if (isLocal(command) || isToldElsewhere(command) || isForTests(command, input.path) || isDryRun(command)) continue;
      const before = pairs.get(command);
      const switches = forceSwitches(command).filter((flag) => before === undefined || !forceSwitches(before).includes(flag));
      // One word for another with the same meaning is no change: `-f` -> `--force`.
      const gained = before === undefined || forceSwitches(before).length < forceSwitches(command).length;
      const answered = command.pipedFrom === 'yes' && before?.pipedFrom !== 'yes';
      const flag = answered ? 'yes |' : gained ? switches[0] : undefined;
      if (flag === undefined || !isAdministrative(command, flag, before !== undefined)) continue;
      const severity = before === undefined ? severityOfNew(command, flag, input.path) : 'high';
      yield {
        side: 'after',
        range: command.range,
        severity,
        message: fitMessage(`${quote(sourceOf(command), 40)}: ${quote(flag)} ${meaningOf(flag)}`),
      };
    }
    yield* mirrors(input);
    yield* heldFlags(input, (flag) => NO_QUESTION.test(flag) || NO_CHECK.test(flag));
  },
});

/** A copy that deletes now what its target alone had. */
function* mirrors(input: RuleInput): Iterable<FindingDraft> {
  for (const { command, by } of mirroredCopies(input))
    yield { side: 'after', range: command.range, message: fitMessage(`${quote(sourceOf(command), 40)}: ${quote(by)} also deletes`) };
  const word = mirroringWord(input);
  if (word !== undefined)
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', word.line),
      message: fitMessage(`${quote(word.text, 30)}: ${quote(word.program, 20)} also deletes`),
    };
}

const NO_QUESTION =
  /^(--yes|--assume-yes|--assumeyes|--no-confirm|--noconfirm|--skip-confirm(ation)?|--auto-confirm|--confirm|--no-prompt|--noprompt|--no-?interactive|--no-?input|--non-interactive|--noinput|--batch-mode|--quiet-confirm|--approve|--auto-approve|--i-am-sure|--yes-i-really-(really-)?mean-it|--yes-i-really-mean-it-not-faking|--assume-default-for-untracked|--disable-prompts|--dangerously-skip-permissions|--no-ask|--ignore-confirm)$/;
const NO_CHECK =
  /^(--force(-\w+)*|--skip-\w*(check|checks|validation|validations|safety|preflight|verify|verification|tests|backup|snapshot|audit|lint|hooks|guard|guards|health|health-check|approval)\w*|--no-(verify|check|checks|validate|validation|preflight|safety|safety-checks|backup|snapshot|hooks|audit|health-check|wait-for-drain|preserve-root|guard|rollback)|--unclean\S*|--ignore-(errors|checks|warnings|safety|not-found-errors|preflight-errors|daemonsets-errors|audit|failures|health|quorum|lag|min-healthy)|--disable-(checks|validation|safety|eviction|safety-checks|hooks|audit)|--(unsafe|allow-unsafe|bypass\S*|override\S*|accept-data-loss|allow-data-loss|allow-destructive|allow-destroy|delete-emptydir-data|grace-period|now|dangerous|reckless|hard|permanent|purge|cascade|overwrite-existing|validate|no-dry-run|nodryrun|execute-now|really|break-glass|emergency))$/;
/** What these force is a new start, a colour or a build, and no answer to a question. */
const HARMLESS_FORCE =
  /^--force-(conflicts|recreate|rebuild|colou?rs?|exclude|reinstall|rm|with-lease|if-includes|interactive|local|new-deployment|update|install|fetch|pull|download|refresh|ssl|https|build|run|publish-on-change|unsafe-inline)$/;
const DELETES = /^(--delete(-(after|before|excluded|during|removed))?|--prune|--remove-orphans|--purge|--del)$/;

/** Switches of a command that take away a question or a check, as written. */
function forceSwitches(command: Command): readonly string[] {
  return flagsOf(command).flatMap(({ name, value }) => {
    if ((/^(false|no)$/i.test(value ?? '') && name !== '--validate') || HARMLESS_FORCE.test(name)) return [];
    if (name === '--now' && command.name === 'systemctl') return [];
    if (name === '--validate') return value === 'false' ? ['--validate=false'] : [];
    if (name === '--grace-period') return value === '0' ? ['--grace-period=0'] : [];
    if (name === '--confirm' && !/^(heroku|pg|dokku|kafka\S*|oc)$/.test(command.name)) return [];
    if (NO_QUESTION.test(name) || NO_CHECK.test(name) || DELETES.test(name)) return [name];
    return SHORT[command.name]?.test(name) === true || (isOwnScript(command) && /^-(y|f|yf|fy)$/.test(name)) ? [name] : [];
  });
}

/** Programs whose short `-f` or `-y` is such a switch. */
const SHORT: Readonly<Record<string, RegExp>> = {
  docker: /^-(f|af|fa)$/,
  podman: /^-(f|af|fa)$/,
  zfs: /^-[^fR\W]*[fR]\w*$/,
  zpool: /^-[^f\W]*f\w*$/,
  lvremove: /^-[^fy\W]*[fy]\w*$/,
  vgremove: /^-[^fy\W]*[fy]\w*$/,
  mdadm: /^-f$/,
  pg_resetwal: /^-f$/,
  mysqladmin: /^-[^f\W]*f\w*$/,
  az: /^-y$/,
  eksctl: /^-y$/,
  pulumi: /^-[^yf\W]*[yf]\w*$/,
  cdk: /^-f$/,
  gh: /^-y$/,
  gcloud: /^(-q|--quiet)$/,
  bq: /^-f$/,
  gsutil: /^-d$/,
  fly: /^-y$/,
  flyctl: /^-y$/,
  doctl: /^-f$/,
  virsh: /^-f$/,
  mkfs: /^-[fF]$/,
  shutdown: /^-[rhn]$/,
};

const ACTS =
  /\b(apply|delete|destroy|remove|rm|rb|drop|purge|prune|flush|truncate|reset|restore|wipe|clean|deploy|publish|unpublish|promote|release|rollback|rollout|upgrade|uninstall|replace|drain|cordon|evict|terminate|stop|kill|shutdown|reboot|restart|scale|rotate|revoke|migrate|migration|import|sync|mirror|push|merge|failover|switchover|promote|decommission|deprovision|teardown|down|rebalance|reindex|repair|resize|move|takeover|detach|disable|deregister|cancel|expire|ban|rename|repartition|gc|init|put|set|commit|system|volume|cleanup|retire|capacity|billing)\b/;

/** Switches that are dangerous enough by themselves on a program that changes something. */
function isAdministrative(command: Command, flag: string, wasThere: boolean): boolean {
  if (command.name === 'rm' || command.name === 'git')
    return command.name === 'git' && flag === '--no-verify' && /^(commit|push|merge)$/.test(plainWords(command)[0] ?? '');
  const text = wordsOf([command.name, ...plainWords(command).slice(0, 4)].join(' '));
  if (DELETES.test(flag))
    return wasThere && !/^(rsync|aws|gsutil|rclone|azcopy|s3cmd|mc|lftp|gcloud)$/.test(command.name) && ACTS.test(text);
  if (isBuild(command)) return false;
  return (
    ACTS.test(text) ||
    (wasThere && isOwnScript(command) && !/\b(build|lint|test|format|fmt|check|generate|gen|setup|install|bootstrap|docs?)\b/.test(text))
  );
}

/** Nobody was asked before either; what counts is what the new command can do. */
function severityOfNew(command: Command, flag: string, path: string): Severity {
  const inPipeline = /(^|\/)(\.github|\.circleci|\.buildkite|\.gitlab)\/|(^|\/)(\.gitlab-ci|azure-pipelines)/.test(path);
  if (command.name === 'git') return inPipeline ? 'low' : 'medium';
  // A runner that is short of space is thrown away with its images.
  if (/^(docker|podman)$/.test(command.name) && inPipeline) return 'low';
  const text = wordsOf([command.name, ...plainWords(command).slice(0, 4)].join(' '));
  if (DESTROYS.test(text)) return 'high';
  return NO_QUESTION.test(flag) || flag.length <= 3 ? 'low' : 'medium';
}

const DESTROYS =
  /\b(delete|destroy|remove|rm|rb|drop|purge|prune|flush|truncate|reset|wipe|unpublish|drain|evict|terminate|shutdown|decommission|deprovision|teardown|failover|switchover|takeover|resetwal|retire|revoke|detach|deregister)\b/;

/** What it changes is on the machine it runs on, and is made again by running something. */
function isLocal(command: Command): boolean {
  return (
    isHarmlessProgram(command.name) ||
    /^(cp|mv|ln|rm|rmdir|kill|pkill|killall|umount|tar|install|chown|chmod|make|cmake|npx|husky|mktemp|ssh|scp|gem|bundle|composer|nvm|asdf|rustup|conda|mamba|playwright|prettier|xcodebuild|brew|swift|pod|dotnet|mvn|gradle|gradlew|yarn|pnpm|bun|uv|poetry|pipenv|mkdocs|mike|gh-pages)$/.test(
      command.name,
    )
  );
}

/** Wiping a database and destroying infrastructure have rules of their own, which know when it is fine. */
function isToldElsewhere(command: Command): boolean {
  const text = `${command.name} ${plainWords(command).join(' ')}`;
  return (
    /^(prisma|rails|rake|alembic|knex|typeorm|drizzle-kit|sequelize(-cli)?|flyway|liquibase|dropdb|mix|diesel|sqlx|goose|terraform|tofu|terragrunt|cdktf)\b/.test(
      text,
    ) ||
    /^(pulumi|cdk|sst|sls|serverless|eksctl|heroku|fly|flyctl) \S*(destroy|remove|delete|down|reset|up|deploy)/.test(text) ||
    /\b(manage\.py|artisan) (flush|reset_db|reset_schema|migrate|collectstatic|createsuperuser|makemigrations|migrate:\S+|db:\S+|loaddata|compress|compilemessages)\b/.test(
      text,
    ) ||
    /^helm (uninstall|delete)\b/.test(text)
  );
}

const FOR_TESTS =
  /(^|[\s.:_/=-])(tests?|e2e|dev|develop|development|local|localhost|sandbox|preview|ephemeral|scratch|kind|minikube|k3d|localstack|playwright|cypress)([\s.:_/-]|$)/i;

function isForTests(command: Command, path: string): boolean {
  return (
    FOR_TESTS.test(command.scope) ||
    FOR_TESTS.test(plainWords(command).slice(1).join(' ')) ||
    /(^|[/._-])(tests?|e2e|dev|local|sandbox|preview)[._-][^/]*$|[._-](tests?|e2e|dev|local|preview)\.[a-z]+$/i.test(path)
  );
}

function isBuild(command: Command): boolean {
  const text = plainWords(command).slice(0, 2).join(' ');
  if (command.name === 'npm') return !/^(publish|unpublish|deprecate|dist-tag|access|owner)\b/.test(text);
  return /^(docker|podman)$/.test(command.name) && /^(build|buildx|pull|rmi|image|builder|container|network|rm|compose)/.test(text);
}

/** A script of the repository, or a program nobody but the team knows. */
function isOwnScript(command: Command): boolean {
  const first = command.words[0]?.text ?? '';
  return (
    /^(\.{0,2}\/|[\w.-]+\/)/.test(first) ||
    /\.(sh|py|js|ts|rb|mjs|pl)$/.test(first) ||
    /(ctl|-tool|-admin|-cli|admin)$/.test(first) ||
    (/^(bash|sh|python3?|node|ruby|tsx|ts-node)$/.test(command.name) && /\.(sh|py|js|ts|rb|mjs)$/.test(plainWords(command)[0] ?? ''))
  );
}

function meaningOf(flag: string): string {
  if (DELETES.test(flag)) return 'also deletes';
  return NO_QUESTION.test(flag) || /^(-y|-q|yes \|)$/.test(flag) ? 'answers its question' : 'skips its checks';
}
