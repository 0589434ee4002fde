import type { Command } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { isEnd, scriptsOf } from '../shell/asked-still.ts';

const DEPLOYS = /deploy|release|publish|apply|promote|rollout|migrate|push|destroy|terraform|kubectl|helm|upload|sync/i;
const MUTATES =
  /^(rm|kubectl|terraform|helm|aws|gcloud|az|psql|mysql|docker|dropdb|redis-cli|git|ansible-playbook|pulumi|cdk|systemctl|rsync|mv|fly|heroku|vault|node|python3?|npm|npx|yarn|pnpm|rails|php|make|serverless|\.\/.*|.*\.sh|bash|sh|mongosh?|etcdctl|curl|ssh|scp|truncate|dd|mkfs|flyctl|railway|vercel)$/;

/** What is known of the packages is a check like others, and nobody's approval. */
const PACKAGE_AUDIT =
  /^(npx |corepack )?(npm|pnpm|yarn|bun|cargo|composer|bundle|bundler|pip-audit|uv|audit-ci|better-npm-audit|osv-scanner|govulncheck)\b/;

/** `read -p "Sure?"` of a script, and an audit that may fail now. */
export function* lostScriptApprovals(input: RuleInput): Iterable<FindingDraft> {
  for (const command of input.removed.commands) {
    if (!isPrompt(command)) continue;
    const stays = input.after?.commands ?? [];
    if (stays.some((other) => isPrompt(other) && (other.scope === '' || isAnswered(input, command, other))) || isAskedByScript(input))
      continue;
    // A function of a library that asked, for scripts that call it, and is still called so.
    const isHelper = command.scope !== '' && input.after?.scopes.some((scope) => scope.name === command.scope) === true;
    if (!isHelper && !stays.some((other) => MUTATES.test(other.name) || DEPLOYS.test(other.written))) continue;
    yield { side: 'before', range: command.range, message: fitMessage(`nobody is asked any more: \`${shorten(command.written, 44)}\``) };
  }
  for (const command of input.added.commands) {
    if (
      command.rescues === undefined ||
      !/^(true|:|exit|echo)$/.test(command.name) ||
      !/\b(audit|approve|approval|preflight|policy|conftest|guard|confirm|check-plan|sentinel|opa)\b/i.test(command.rescues) ||
      PACKAGE_AUDIT.test(command.rescues)
    )
      continue;
    if (command.name === 'exit' && !/exit 0$/.test(command.written)) continue;
    if (input.before === undefined || !input.before.commands.some((other) => other.written === command.rescues)) continue;
    yield { side: 'after', range: command.range, message: fitMessage(`\`${shorten(command.rescues, 40)}\` may fail and stops nothing`) };
  }
  for (const command of input.removed.commands) {
    if (
      !/(^|\/)[\w-]*(approv|sign-?off|preflight|two-person|change-?ticket|require-)[\w-]*(\.sh|\.py|\.ts|\.js)?$/i.test(
        command.name === '' ? '' : (command.words[0]?.text ?? command.name),
      )
    )
      continue;
    const stays = input.after?.commands ?? [];
    if (stays.some((other) => other.name === command.name) || !stays.some((other) => DEPLOYS.test(other.written))) continue;
    yield { side: 'before', range: command.range, message: fitMessage(`\`${shorten(command.written, 44)}\` is no longer run`) };
  }
}

/** A script of the same change asks, and is run here now. */
function isAskedByScript(input: RuleInput): boolean {
  const { after, before, addedElsewhere, trees } = input;
  const { bodies, reached } = scriptsOf(input);
  const asking = reached.filter((command) => command.scope !== '' && isPrompt(command));
  if (asking.length > 0) return asking.some(({ scope }) => bodies.get(scope)?.some(isEnd) === true);
  if (!addedElsewhere().commands.some(isPrompt)) return false;
  const old = new Set(before?.commands.map(({ written }) => written));
  return (
    after?.commands.some((command) => {
      const script = old.has(command.written) ? undefined : command.words.find(({ text }) => /\w\.(sh|bash)$|^\.\/\w/.test(text))?.text;
      if (script === undefined) return false;
      const path = script.replace(/^(\.\/)+/, '');
      return trees.after.paths().some((other) => {
        if (other !== path && !other.endsWith(`/${path}`)) return false;
        const content = trees.after.read(other);
        return content?.kind === 'text' && /\bread\s+-|\b(gum|whiptail|dialog)\b/.test(content.text);
      });
    }) === true
  );
}

/** A function that asks ends the script at another answer, where the script did. */
function isAnswered(input: RuleInput, old: Command, { scope }: Command): boolean {
  const ended = input.before?.commands.some((command) => command.scope === old.scope && isEnd(command)) === true;
  return !ended || old.scope === scope || scriptsOf(input).bodies.get(scope)?.some(isEnd) === true;
}

function isPrompt(command: Command): boolean {
  return (
    (command.name === 'read' &&
      /\s-\w*p|-n\s*1|\b(answer|confirm|reply|REPLY|yn|ok|sure|choice|CONFIRM|ANSWER)\b/.test(command.written) &&
      command.pipedFrom === undefined &&
      !/-d|IFS/.test(command.written)) ||
    /^(gum|whiptail|dialog|zenity)$/.test(command.name)
  );
}
