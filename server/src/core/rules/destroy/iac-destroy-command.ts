import type { Command } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { newArgumentWords, startedPrograms } from '../vocabulary/code/argument-words.ts';
import { rangeOfLine } from '../vocabulary/code/code-text.ts';
import { plainWords, revivedCommands } from '../vocabulary/shell/command-parts.ts';
import { commandsInSettings } from '../vocabulary/shell/commands-in-settings.ts';
import { innerCommands } from '../vocabulary/shell/inner-commands.ts';
import { critical, type Judgement, judgeOthers } from '../vocabulary/shell/platform-teardowns.ts';
import { wasRunAlike } from '../vocabulary/shell/reworded-commands.ts';
import { spawnedCommands, startsProgram } from '../vocabulary/shell/spawned.ts';
import { stacksTakenDown } from '../vocabulary/shell/stack-libraries.ts';
import { wrappedCommands } from '../vocabulary/shell/wrapped-commands.ts';

/**
 * ## What it sees
 * Commands that take down infrastructure: `terraform destroy`, `apply -destroy`, `apply -auto-approve` without a reviewed plan
 * file, `pulumi destroy`, `cdk destroy`, `kubectl delete` of a namespace or a volume, `helm uninstall`, a deleted stack;
 * and such a command in a branch that could not run before and now can. The same through a tool's own library (`stack.destroy()`).
 *
 * ## Why it matters
 * `terraform destroy` by an agent took a production platform and the snapshots that lived with it; two and a half years of
 * data were gone. With `-auto-approve` nobody sees the plan.
 *
 * ## When it is fine
 * `plan -destroy`, dry runs, applying a saved plan file, and environments that are made to be thrown away (preview, pr-,
 * ephemeral, kind, minikube).
 *
 * ## What it misses
 * A library of a tool that is not in the list, and targets that only a variable names.
 */
export default defineRule({
  id: 'destroy/iac-destroy-command',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Runs a command that destroys infrastructure',
  reads: ['commands', 'calls', 'settings', 'tokens'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
    { title: 'An environment deleted and recreated, 2025', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
  ],
  *check(input): Iterable<FindingDraft> {
    const { added, path } = input;
    for (const { command, place } of revivedCommands(input)) {
      const found = isEphemeral(command, input.after) || isDryRun(command) || added.commands.includes(command) ? undefined : judge(command);
      if (found === undefined) continue;
      yield {
        side: 'before',
        range: place.range,
        severity: found.severity,
        message: fitMessage(`can run now: ${quote(command.written, 30)} ${found.what}`),
      };
    }
    const run = [...added.commands, ...spawnedCommands(added), ...wrappedCommands(input), ...commandsInSettings(input)];
    for (const command of run.flatMap((one) => [one, ...innerCommands(one)])) {
      if (isEphemeral(command, input.after) || isDryRun(command)) continue;
      const found = judge(command) ?? listed(command, input.after) ?? judgeOthers(command, path);
      if (found === undefined || wasRunAlike(input, command)) continue;
      const source = command.words.map((word) => word.source).join(' ');
      yield { side: 'after', range: command.range, severity: found.severity, message: fitMessage(`${quote(source, 40)} ${found.what}`) };
    }
    yield* wordsOfTables(input);
    yield* stacksTakenDown(input);
  },
});

/** Programs of infrastructure with the words that take everything down. */
const TAKES_DOWN: readonly (readonly [RegExp, RegExp])[] = [
  [/^(terraform|tofu|terragrunt|cdk|cdktf|pulumi|vagrant|helmfile)$/, /^(destroy|-destroy|--destroy)$/],
  [/^pulumi$/, /^down$/],
  [/^helm$/, /^(uninstall|delete)$/],
  [/^(sls|serverless|sst|copilot)$/, /^remove$/],
];

/** `replace: [['destroy', '--force'], ['deploy']]`: the verb stands in a table, and the program in the call that reads it. */
function* wordsOfTables(input: RuleInput): Iterable<FindingDraft> {
  const told = new Set(
    input.added.calls
      .filter(startsProgram)
      .flatMap(({ range }) => Array.from({ length: range.end.line - range.start.line + 1 }, (_, at) => range.start.line + at)),
  );
  for (const { text, line, beside } of newArgumentWords(input)) {
    const found = TAKES_DOWN.find(([program, verb]) => verb.test(text) && startedPrograms(input.after?.calls ?? [], program).length > 0);
    if (found === undefined || told.has(line) || beside.some((word) => EPHEMERAL.test(` ${word} `))) continue;
    const [program = ''] = startedPrograms(input.after?.calls ?? [], found[0]);
    yield {
      side: 'after',
      range: rangeOfLine(input, 'after', line),
      message: fitMessage(`${quote(`${program} ${text}`, 40)} destroys the stack`),
    };
  }
}

/** Made to be thrown away, by what the command names, or by what its step and its neighbours there choose. `--skip-preview` names nothing. */
function isEphemeral(command: Command, facts: RuleInput['after']): boolean {
  const named = (one: Command): string => one.written.replace(/\s--?[\w-]+/g, ' -');
  if (EPHEMERAL.test(named(command))) return true;
  const chooses = (one: Command): boolean =>
    one.scope === command.scope &&
    one.range.start.line < command.range.start.line &&
    /\b(workspace (select|new)|stack (select|init)|use-context|cd|pushd|set-context|--current)\b/.test(one.written) &&
    EPHEMERAL.test(named(one));
  if (facts?.commands.some(chooses) === true) return true;
  return (
    facts?.settings.some(
      ({ path, value, scope }) =>
        /^(working-directory|environment|TF_WORKSPACE|PULUMI_STACK|NAMESPACE|dir|working_directory)$/.test(path.at(-1) ?? '') &&
        (scope === command.scope || command.scope.startsWith(`${scope}.`) || scope.startsWith(`${command.scope}.`)) &&
        EPHEMERAL.test(` ${String(value)} `),
    ) === true
  );
}

const EPHEMERAL =
  /(^|[\s/="'_-])(preview|ephemeral|review|pr|sandbox|scratch|throwaway|kind|minikube|k3d|localstack|e2e|ci-test)([-_/\s"'$.=]|$)|\bterraform\b.*\bplan\b/i;

function isDryRun(command: Command): boolean {
  return command.words.some((word) => /^--(dry-run(=(?!none).*)?|client-only)$/.test(word.text));
}

function judge(command: Command): Judgement | undefined {
  const words = command.words.slice(1).map((word) => word.text);
  const verbs = words.filter((word) => !word.startsWith('-'));
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  switch (command.name) {
    case 'terraform':
    case 'tofu':
    case 'terragrunt':
      return terraform(terraformWords(words), has);
    case 'pulumi':
      return verbs[0] === 'destroy' || verbs[0] === 'down' ? critical('destroys the stack') : undefined;
    case 'cdk':
    case 'cdktf':
      return verbs[0] === 'destroy' ? critical('destroys the stack') : undefined;
    case 'sls':
    case 'serverless':
    case 'sst':
      return verbs[0] === 'remove' ? critical('removes the stack') : undefined;
    case 'kubectl':
    case 'oc':
      return kubectl(verbs, has);
    case 'helm':
      return verbs[0] === 'uninstall' || verbs[0] === 'delete' ? critical('removes the release') : undefined;
    case 'aws':
      return verbs[0] === 'cloudformation' && verbs[1] === 'delete-stack' ? critical('deletes the stack') : undefined;
    case 'eksctl':
      return verbs[0] === 'delete' && verbs[1] === 'cluster' ? critical('deletes the cluster') : undefined;
    case 'az':
      return verbs[0] === 'group' && verbs[1] === 'delete' ? critical('deletes the resource group') : undefined;
    default:
      return undefined;
  }
}

/** Options whose value may stand as a word of its own, where it would read as a plan file. */
const VALUED =
  /^--?(var|var-file|target|exclude|replace|state|state-out|backup|parallelism|lock-timeout|chdir|out|generate-config-out|backend-config|working-dir|terragrunt-(config|working-dir|log-level))$/;

/** Verb and arguments, without options and their values. */
function terraformWords(words: readonly string[]): readonly string[] {
  return words.filter((word, at) => !word.startsWith('-') && !VALUED.test(words[at - 1] ?? '') && word !== 'run-all' && word !== 'run');
}

function terraform(verbs: readonly string[], has: (pattern: RegExp) => boolean): Judgement | undefined {
  if (verbs[0] === 'destroy') return critical(has(/^--?auto-approve$/) ? 'destroys without asking' : 'destroys what the state holds');
  if (verbs[0] === 'state' && verbs[1] === 'rm') return { severity: 'high', what: 'forgets a resource' };
  if (verbs[0] !== 'apply') return undefined;
  if (has(/^--?destroy$/)) return critical('destroys what the state holds');
  // A plan file was reviewed when it was made; without one, nobody sees what is replaced.
  return has(/^--?(auto-approve(=true)?|(terragrunt-)?non-interactive)$/) && verbs.length === 1
    ? { severity: 'high', what: 'applies a plan that nobody saw' }
    : undefined;
}

const KUBERNETES_STORES =
  /^(ns|namespaces?|pvc|persistentvolumeclaims?|pv|persistentvolumes?|sts|statefulsets?(\.apps)?|crds?|customresourcedefinitions?|storageclass(es)?)(\/|$)/;

function kubectl(verbs: readonly string[], has: (pattern: RegExp) => boolean): Judgement | undefined {
  const at = verbs.indexOf('delete');
  if (at < 0) return undefined;
  const kinds = (verbs[at + 1] ?? '').split(',');
  if (verbs.slice(at + 1).some((word) => KUBERNETES_STORES.test(word)) || kinds.some((kind) => KUBERNETES_STORES.test(kind)))
    return critical('deletes what holds data');
  return has(/^--all(=true)?$/) ? critical('deletes every object of a kind') : undefined;
}

/** `kubectl get ns -o name | xargs kubectl delete`: what goes is what the command before the pipe lists. */
function listed(command: Command, facts: RuleInput['after']): Judgement | undefined {
  const verbs = plainWords(command);
  if (!/^(kubectl|oc)$/.test(command.name) || command.pipedFrom !== command.name || verbs.at(-1) !== 'delete') return undefined;
  const source = facts?.commands.findLast(
    ({ name, words, range, scope }) =>
      name === command.name &&
      scope === command.scope &&
      range.start.line <= command.range.start.line &&
      words.some(({ text }) => text === 'get'),
  );
  const kinds = source === undefined ? [] : plainWords(source).flatMap((word) => word.split(','));
  return kinds.some((kind) => KUBERNETES_STORES.test(kind)) ? critical('deletes what holds data') : undefined;
}
