import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { newArgumentWords, startedPrograms } from '../code/argument-words.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { isTrue } from '../settings/setting-values.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** Switches that no command of this hunk holds: in a list of a program, in a variable of a pipeline, in a module of Ansible. */
export function* heldFlags(input: RuleInput, forces: (flag: string) => boolean): Iterable<FindingDraft> {
  yield* inVariables(input, forces);
  yield* inModules(input);
  yield* inLists(input, forces);
}

const BUILDS =
  /(NODE|NPM|PNPM|YARN|PIP|POETRY|UV|MAVEN|MVN|GRADLE|JAVA|JVM|CFLAGS|CXX|LDFLAGS|RUST|CARGO|GO|PYTEST|JEST|TEST|LINT|TSC|BUILD|BUNDLE|GIT|CURL|WGET|APT|BREW|COMPOSER|FORMAT|FMT|DOCS?)/i;

/** `MODE: "--yes --skip-checks"`, which a step hands to a program. */
function* inVariables(input: RuleInput, forces: (flag: string) => boolean): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    const name = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
    if (typeof after?.value !== 'string' || change.resourceIsNew || BUILDS.test(name)) continue;
    const words = after.value.trim().split(/\s+/);
    if (
      !words.some((word) => /^--?[A-Za-z]/.test(word)) ||
      !words.every((word) => /^(--?[A-Za-z]|[\w./:=-]+$)/.test(word)) ||
      words.length > 12
    )
      continue;
    if (!/^--?[A-Za-z]/.test(words[0] ?? '')) continue;
    const old = String(before?.value ?? '').split(/\s+/);
    const held = (list: readonly string[]): readonly string[] => list.filter((word) => forces(word.replace(/=.*/s, '')));
    const flag = held(words).find((word) => !old.includes(word));
    const isUsed = input.after?.commands.some(({ written }) => written.includes(`$${name}`) || written.includes(`\${${name}}`)) === true;
    // One word for another with the same meaning is no change.
    if (flag === undefined || held(words).length <= held(old).length) continue;
    if (!isUsed && !/(args?|flags?|opts?|options|mode|params|arguments|switches)$/i.test(name)) continue;
    yield {
      ...placeOf(change),
      ...(before === undefined ? { severity: 'medium' as const } : {}),
      message: fitMessage(`${quote(name, 24)} takes away a check or a question by ${quote(flag, 24)}`),
    };
  }
}

/** Modules whose `force` writes over a disk, a file system, a database or an object that stands. */
const DISKS =
  /(^|\.)(filesystem|lvol|lvg|parted|luks_device|win_format|win_partition|win_initialize_disk|zfs|zpool|mdadm|btrfs_\w+|gluster_volume|ceph_\w+|mysql_db|postgresql_\w+|mongodb_\w+|docker_volume|docker_swarm\w*|proxmox\w*|vmware_guest|ovirt_\w+|na_ontap_\w+|purefa_\w+|s3_bucket|ec2_instance|rds_\w+|gcp_\w+|azure_rm_\w+|k8s|k8s_drain)$/;

function* inModules(input: RuleInput): Iterable<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path } = change;
    const [module = '', option = ''] = path.slice(-2);
    const isShort = path.at(-1)?.includes('.') === true;
    if (
      after === undefined ||
      isShort ||
      !/^(force|force_\w+|shrink|wipe|overwrite|recreate|disable_eviction|ignore_errors_on_\w+)$/.test(option)
    )
      continue;
    if (!DISKS.test(module) || !isTrue(after.value) || isTrue(before?.value)) continue;
    // A task that is new has made nothing yet that it could write over, and no `force` was missing before.
    const isNewTask = input.before?.settings.some((old) => old.path.slice(0, -1).join('/') === path.slice(0, -1).join('/')) !== true;
    yield {
      ...placeOf(change),
      ...(isNewTask ? { severity: 'medium' as const } : {}),
      message: fitMessage(`${quote(`${module}.${option}`, 40)} writes over what stands there`),
    };
  }
}

const PROGRAMS =
  /^(kubectl|oc|helm|terraform|tofu|terragrunt|aws|gcloud|az|doctl|docker|podman|nomad|consul|vault|etcdctl|kafka-[\w-]+|rabbitmqctl|zfs|zpool|lvremove|vgremove|lvreduce|mkfs[\w.]*|ceph|rbd|gluster|patronictl|pg_ctl|pg_resetwal|pg_rewind|mysqladmin|redis-cli|mongosh|argocd|flux|velero|pulumi|cdk|eksctl|kops|rsync|systemctl|virsh|pct|qm|gh|crm|pcs|sfdisk|parted|mdadm|cryptsetup|\w+ctl|\w+-admin)$/;
const HARMLESS =
  /^(npm|npx|yarn|pnpm|pip3?|apt|apt-get|brew|tsc|eslint|prettier|git|cargo|go|make|rm|cp|mv|ln|tar|pytest|jest|vitest|mkdir|unzip|gem|bundle|poetry|uv|install|build|lint|test)$/;

/** `DRAIN = ("--force", "--disable-eviction")`, in a file that starts the program. */
function* inLists(input: RuleInput, forces: (flag: string) => boolean): Iterable<FindingDraft> {
  const { after, before } = input;
  if (after === undefined || before === undefined || after.commands.length > 0) return;
  const word = newArgumentWords(input).find(
    ({ text, beside }) =>
      /^--/.test(text) && forces(text.replace(/=.*/s, '')) && text !== '--grace-period=1' && !beside.some((other) => HARMLESS.test(other)),
  );
  if (word === undefined) return;
  const strings = new Set(before.tokens.map(({ text }) => text.replace(/^[A-Za-z]{0,2}["'`]|["'`]$/g, '')));
  const programs = [...new Set([...startedPrograms(after.calls, PROGRAMS), ...word.beside.filter((other) => PROGRAMS.test(other))])];
  const others = after.tokens.flatMap(({ text }) => (/^["'`]/.test(text) ? [text.slice(1, -1)] : []));
  const program = programs[0] ?? others.find((text) => PROGRAMS.test(text));
  if (
    program === undefined ||
    !after.calls.some(({ callee }) => /\b(run|exec\w*|spawn\w*|Popen|check_\w+|call|Command\w*|system|execa|\$|_?run\w*)$/.test(callee))
  )
    return;
  yield {
    side: 'after',
    range: rangeOfLine(input, 'after', word.line),
    ...(strings.has(program) ? {} : { severity: 'medium' as const }),
    message: fitMessage(`${quote(word.text, 30)} takes away a check or a question of ${quote(program, 20)}`),
  };
}
