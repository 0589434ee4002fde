import type { ShellWord } from '../../model/facts.ts';

/** Programs that run another program given as their arguments, and the options of theirs that take a value. */
const WRAPPERS: Readonly<Record<string, { readonly valued: string; readonly skips: number }>> = {
  sudo: { valued: '-u -g -h -p -C -D -R -T -U', skips: 0 },
  doas: { valued: '-u -C', skips: 0 },
  env: { valued: '-u -C -S', skips: 0 },
  nohup: { valued: '', skips: 0 },
  time: { valued: '-f -o', skips: 0 },
  nice: { valued: '-n', skips: 0 },
  ionice: { valued: '-c -n -p', skips: 0 },
  exec: { valued: '-a', skips: 0 },
  command: { valued: '', skips: 0 },
  builtin: { valued: '', skips: 0 },
  setsid: { valued: '', skips: 0 },
  stdbuf: { valued: '-i -o -e', skips: 0 },
  timeout: { valued: '-s -k', skips: 1 },
  xargs: { valued: '-I -n -P -L -d -E -s -a', skips: 0 },
  npx: { valued: '-p --package', skips: 0 },
  bunx: { valued: '', skips: 0 },
  pnpx: { valued: '', skips: 0 },
  dotenv: { valued: '-e', skips: 0 },
  'cross-env': { valued: '', skips: 0 },
  flock: { valued: '-w -E --timeout', skips: 1 },
  chroot: { valued: '--userspec --groups', skips: 1 },
  runuser: { valued: '-u -g -G', skips: 0 },
  gosu: { valued: '', skips: 1 },
  'su-exec': { valued: '', skips: 1 },
  tini: { valued: '', skips: 0 },
  'dumb-init': { valued: '', skips: 0 },
  caffeinate: { valued: '-t -w', skips: 0 },
  chronic: { valued: '', skips: 0 },
  parallel: { valued: '-j -S -a -n -N --jobs', skips: 0 },
  busybox: { valued: '', skips: 0 },
};

/** Programs that give another one its secrets or settings, and run what stands behind `--`. */
const LAUNCHERS =
  /^(doppler|op|aws-vault|infisical|chamber|teller|envconsul|mise|dotenvx|dotenv|vault|aws-okta|saml2aws|nix|devbox|direnv)$/;

/** Package managers whose `exec` runs a program: `pnpm exec prisma`, `yarn prisma`. */
const EXECUTORS: Readonly<Record<string, RegExp>> = {
  npm: /^(exec|x)$/,
  pnpm: /^(exec|dlx|run)$/,
  yarn: /^(exec|dlx|run)$/,
  bun: /^x$/,
  bundle: /^exec$/,
  poetry: /^run$/,
  uv: /^run$/,
  pipenv: /^run$/,
};

/** Words that are these package managers' own; any other word is a program or a script of that name. */
const OWN_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  pnpm: new Set(
    'add approve-builds audit bin c cache cat-file cat-index ci config create dedupe deploy doctor env fetch find-hash help i import init install install-test it la licenses link list ll ln ls outdated pack patch patch-commit patch-remove pkg prune publish rb rebuild recursive remove restart rm root self-update server setup start store t test tst un uninstall unlink up update upgrade version view why'.split(
      ' ',
    ),
  ),
  yarn: new Set(
    'add audit autoclean bin cache check config constraints create dedupe explain generate-lock-entry global help import info init install licenses link list login logout node npm outdated owner pack patch patch-commit plugin policies publish rebuild remove search self-update set stage start tag team test unlink unplug up upgrade upgrade-interactive version versions why workspace workspaces'.split(
      ' ',
    ),
  ),
};

/** The words of the program that is run in the end: `sudo -u app rm -rf x` gives `rm -rf x`. */
export function unwrap(words: readonly ShellWord[]): readonly ShellWord[] {
  let left = words;
  for (let depth = 0; depth < 6; depth++) {
    const inner = unwrapOnce(left);
    if (inner === undefined || inner.length === 0) return left;
    left = inner;
  }
  return left;
}

/** The program's name without its directory; empty where it is computed. */
export function programName(words: readonly ShellWord[]): string {
  const first = words[0];
  if (first === undefined || first.expansions.length > 0 || first.dynamic) return '';
  return first.text.slice(first.text.lastIndexOf('/') + 1);
}

function unwrapOnce(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  const name = programName(words);
  const executor = Object.hasOwn(EXECUTORS, name) ? EXECUTORS[name] : undefined;
  if (executor !== undefined) {
    const rest = inWorkspace(dropOptions(words.slice(1), '-C --cwd --dir -F --filter'));
    const second = rest[0]?.text ?? '';
    if (executor.test(second)) return dropOptions(rest.slice(1), '');
    // `yarn prisma` runs a program of that name; `yarn add` is yarn's own.
    const own = Object.hasOwn(OWN_WORDS, name) ? OWN_WORDS[name] : undefined;
    return own === undefined || second === '' || own.has(second) ? undefined : rest;
  }
  if (LAUNCHERS.test(name)) {
    const dashes = words.findIndex((word) => word.text === '--');
    if (dashes > 0) return words.slice(dashes + 1);
  }
  if (name === 'ssh') return onHost(words);
  if (name === 'docker' || name === 'podman' || name === 'kubectl' || name === 'oc') return inContainer(words);
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  if (wrapper === undefined) return isOwnScript(words[0], name) ? handedProgram(words) : undefined;
  return dropOptions(words.slice(1), wrapper.valued).slice(wrapper.skips);
}

/** A script of the project's own: `./ci/with-prod-env.sh`, `bin/run`, `with-secrets`. */
function isOwnScript(first: ShellWord | undefined, name: string): boolean {
  return first !== undefined && (/^[\w.@-]*\/[\w.@/-]+$/.test(first.text) || /\.(sh|bash)$|^(with|run-with|run-in|in)-/.test(name));
}

/** What a script is handed to run, at the front or behind `--`, where that is a program that nobody takes for a plain word. */
function handedProgram(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  const dashes = words.findIndex((word) => word.text === '--');
  const rest = dashes > 0 ? words.slice(dashes + 1) : dropOptions(words.slice(1), '');
  const at = rest.slice(0, dashes > 0 ? 1 : 2).findIndex((word) => HANDED.test(word.text.slice(word.text.lastIndexOf('/') + 1)));
  return at < 0 || rest.length < at + 2 ? undefined : rest.slice(at);
}

/** Programs that change something outside of the script, by their names. */
export const HANDED =
  /^(alembic|prisma|rails|rake|bundle|python3?|manage\.py|django-admin|flask|php|artisan|flyway|liquibase|knex|sequelize(-cli)?|typeorm|drizzle-kit|dbmate|goose|sqlx|diesel|mix|dotnet|psql|mysql|mysqladmin|mongosh?|dropdb|createdb|pg_restore|redis-cli|terraform|tofu|terragrunt|pulumi|cdk|cdktf|kubectl|helm|helmfile|kustomize|aws|gcloud|gsutil|az|bq|docker|podman|docker-compose|npx|npm|pnpm|yarn|bunx|poetry|uv|pipenv|sudo|env|rm|git|ansible-playbook|rclone|rsync|find|sh|bash)$/;

/** `yarn workspace api prisma …`: the words behind the workspace's name. */
function inWorkspace(words: readonly ShellWord[]): readonly ShellWord[] {
  return words[0]?.text === 'workspace' ? words.slice(2) : words;
}

/** `ssh host rm -rf x`; a script in quotes is one word and read as a script (embedded.ts). */
function onHost(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  const rest = dropOptions(words.slice(1), '-p -i -l -o -F -J -L -R -D -E -b -c -m -S -W -w -e -I -O -Q').slice(1);
  return rest.length > 1 ? rest : undefined;
}

/** `docker exec db dropdb shop`, `docker compose exec db …`, `kubectl exec db -- …`. */
function inContainer(words: readonly ShellWord[]): readonly ShellWord[] | undefined {
  const at = words.findIndex((word, index) => index > 0 && index < 6 && word.text === 'exec');
  if (at < 0) return undefined;
  const rest = words.slice(at + 1);
  const dashes = rest.findIndex((word) => word.text === '--');
  if (dashes >= 0) return rest.slice(dashes + 1);
  return dropOptions(rest, '-e --env -u --user -w --workdir -n --namespace -c --container --index').slice(1);
}

function dropOptions(words: readonly ShellWord[], valued: string): readonly ShellWord[] {
  const takesValue = new Set(valued.split(' '));
  let at = 0;
  for (; at < words.length; at++) {
    const text = words[at]?.text ?? '';
    if (text === '--') return words.slice(at + 1);
    if (takesValue.has(text)) at++;
    else if (!text.startsWith('-') && !/^[A-Za-z_]\w*=/.test(text)) break;
  }
  return words.slice(at);
}
