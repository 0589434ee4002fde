import type { Command, FileFacts, Setting, ShellWord, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote, restoreExpressions } from '../../quote.ts';
import { nameOf } from '../settings/setting-index.ts';
import { isMutating } from './command-parts.ts';
import { droppedPlace } from './target-flags.ts';

/** Words that a script says once and runs by a name: a variable, an alias, a function that hands on what it is given. */
interface Named {
  readonly name: string;
  readonly words: readonly ShellWord[];
  readonly range: Range;
}

/** `KUBECTL ?= kubectl --context $(CTX)` that lost its `--context`, and with it every command that begins with it. */
export function* lostInDefinitions({ removed, added, after }: RuleInput): Generator<FindingDraft> {
  const fresh = after === undefined ? [] : [...named(added)];
  for (const before of fresh.length === 0 ? [] : named(removed)) {
    const now = fresh.find(({ name, words }) => name === before.name && words[0]?.text === before.words[0]?.text);
    if (now === undefined || after === undefined) continue;
    const uses = usesOf(now, after);
    // Nobody here runs it: a file that reads this one does, and what only asks is told by its own verb.
    const victims =
      uses.length === 0 && !now.words.some(({ text }) => ASKS.test(text)) ? [commandOf(now.words, now.name)] : uses.filter(isMutating);
    for (const victim of victims) {
      const dropped = droppedPlace(commandOf(before.words, before.name), victim, after);
      if (dropped === undefined) continue;
      const { name, value } = dropped.flag;
      const flag = value === undefined ? name : `${name} ${restoreExpressions(value)}`;
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`every command by ${quote(now.name, 20)} lost ${quote(flag, 28)}`),
      };
      break;
    }
  }
}

function* named({ settings, commands }: Pick<FileFacts, 'settings' | 'commands'>): Generator<Named> {
  for (const setting of settings) {
    const words = typeof setting.value === 'string' && isVariable(setting) ? wordsOf(setting.value) : undefined;
    if (words !== undefined) yield { name: nameOf(setting), words, range: setting.range };
  }
  for (const {
    name: program,
    words: [, said],
    range,
  } of commands) {
    const [, name = '', value = ''] = program === 'alias' ? (/^([\w-]+)=(.*)$/s.exec(said?.text ?? '') ?? []) : [];
    const words = wordsOf(value);
    if (words !== undefined) yield { name, words, range };
  }
  for (const { words, scope, range } of commands) {
    const name = scope.slice(scope.lastIndexOf('.') + 1);
    if (name !== '' && words.length > 1 && HANDS_ON.test(words.at(-1)?.source ?? '')) yield { name, words: words.slice(0, -1), range };
  }
}

/** The words of a value that begins with a program which acts somewhere; `$(CTX)` of make is the variable, as in its recipes. */
function wordsOf(value: string): readonly ShellWord[] | undefined {
  const texts = value
    .replace(/\$\(([A-Za-z_]\w*)\)/g, (_, name: string) => `\${${name}}`)
    .trim()
    .split(/\s+/);
  return ACTS.test(texts[0] ?? '') ? texts.map((text) => ({ source: text, text, expansions: [], dynamic: false })) : undefined;
}

const ACTS =
  /^(kubectl|oc|helm|helmfile|kustomize|argocd|flux|terraform|tofu|terragrunt|pulumi|cdk|aws|gcloud|gsutil|az|bq|docker|docker-compose|psql|mysql|mongosh?|redis-cli|ansible-playbook|wrangler|flyctl|fly|heroku)$/;

/** An assignment of a script or a makefile, or a variable that a step, a job or an image is given. */
function isVariable({ path, resource }: Setting): boolean {
  return path.length === 1 ? resource === '' : /^(env|variables|environment|ENV|ARG)$/.test(path.at(-2) ?? '');
}

const ASKS = /^(get|describe|logs?|list|ls|diff|plan|status|version|config|top|port-forward|exec)$/;

const HANDS_ON = /^"?\$[@*]"?$/;

/** The commands that begin with the name, whole. */
function usesOf({ name, words }: Named, { commands }: SourceFacts): readonly Command[] {
  const start = words.map(({ source }) => source).join(' ');
  return commands.flatMap((command): readonly Command[] => {
    const first = command.words[0]?.source ?? '';
    if (HANDS_ON.test(command.words.at(-1)?.source ?? '')) return [];
    if (first === name || first === `$${name}` || first === `\${${name}}`)
      return [commandOf([...words, ...command.words.slice(1)], command.scope)];
    return `${command.written} `.startsWith(`${start} `) ? [command] : [];
  });
}

function commandOf(words: readonly ShellWord[], scope: string): Command {
  const written = words.map(({ source }) => source).join(' ');
  const first = words[0]?.text ?? '';
  const origin = { line: 1, character: 0 };
  return { name: first.slice(first.lastIndexOf('/') + 1), words, written, key: written, scope, range: { start: origin, end: origin } };
}
