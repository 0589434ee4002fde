import type { Call, CodeToken, Command, SourceFacts } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokenTexts } from '../code/token-lines.ts';
import { spawnedCommand, startsProgram } from './spawned.ts';

/** Wrappers of wrappers are followed this deep. */
const DEEPEST = 3;

/**
 * Commands that calls of the hunk start through functions of the same file which put the program in front of whatever they are
 * given (`def manage(*args): run("python", "manage.py", *args)`), and those that stand word by word in a table which a call of
 * the file starts (`steps := [][]string{{"helm", "uninstall", name}}`).
 */
export function wrappedCommands(input: RuleInput): readonly Command[] {
  const { after, added } = input;
  if (after === undefined) return [];
  return [
    ...added.calls.flatMap((call) => wrappedCommand(call, after) ?? []),
    ...added.commands.flatMap((command) => handedCommand(command, after) ?? []),
    ...tabledCommands(input, after),
  ];
}

/** What a function of the same script is given to run: `in_app alembic upgrade head` of `in_app() { docker exec api "$@"; }`. */
function handedCommand(command: Command, { scopes, commands }: SourceFacts): Command | undefined {
  const [, first] = command.words;
  if (first === undefined || first.expansions.length > 0 || command.words.length < 3 || !scopes.some(({ name }) => name === command.name))
    return undefined;
  const hands = commands.some(({ scope, words }) => scope === command.name && words.some(({ text }) => /^\$(?:@|\*|\{@\})$/.test(text)));
  const name = first.text.slice(first.text.lastIndexOf('/') + 1);
  return hands ? { ...command, name, words: command.words.slice(1) } : undefined;
}

function wrappedCommand(call: Call, facts: SourceFacts): Command | undefined {
  const given = call.args.map((argument) => literal(argument));
  if (call.kind !== 'call' || given.length === 0 || given[0] === undefined) return undefined;
  const ahead = wordsAhead(lastName(call.callee), facts, 0);
  if (ahead === undefined) return undefined;
  const words = [...ahead, ...given.map((word) => word ?? '${x}')];
  return spawnedCommand({ ...call, callee: 'run', args: words.map((word) => JSON.stringify(word)) });
}

/** The words that a function puts before its own last parameter, which it hands on as it is; undefined where it starts nothing. */
function wordsAhead(name: string, facts: SourceFacts, depth: number): readonly string[] | undefined {
  const owner = facts.symbols.find(
    (symbol) => (symbol.kind === 'function' || symbol.kind === 'method') && lastName(symbol.name) === name && symbol.parameters.length > 0,
  );
  const rest = owner?.parameters.at(-1)?.name.replace(/^[*.]+/, '');
  if (owner === undefined || rest === undefined || depth >= DEEPEST) return undefined;
  const spread = new RegExp(`^(?:\\*|\\.\\.\\.)${escaped(rest)}$|^${escaped(rest)}\\.\\.\\.$|^${escaped(rest)}$`);
  for (const call of facts.calls) {
    if (!within(call.scope, owner.name)) continue;
    const words = call.args.flatMap((argument) => argument.replace(/^\[|\]$/g, '').split(/,\s*/));
    const at = words.findIndex((word) => spread.test(word));
    if (at < 0) continue;
    const own = words.slice(0, at).flatMap((word) => literal(word) ?? []);
    if (startsProgram(call)) return own;
    const further = wordsAhead(lastName(call.callee), facts, depth + 1);
    if (further !== undefined) return [...further, ...own];
  }
  return undefined;
}

const PROGRAM =
  /^["'`](kubectl|helm|terraform|tofu|terragrunt|pulumi|cdk|aws|gcloud|az|docker|git|psql|mysql|dropdb|alembic|flyway|prisma|npx|rm|redis-cli|mongosh|vagrant|eksctl|kops)["'`]$/;

/** Rows of strings that begin with a program, where the same file starts programs by what a variable holds. */
function tabledCommands(input: RuleInput, facts: SourceFacts): readonly Command[] {
  const { start, lines } = input.hunk.after;
  const known = input.before === undefined ? NONE : tokenTexts(input.before);
  const found: Command[] = [];
  for (const { token, words } of rowsOfPrograms(facts)) {
    // A row that only moved says nothing new.
    if (token.line < start || token.line >= start + lines || words.every((word) => known.has(word))) continue;
    const command = spawnedCommand({
      kind: 'call',
      callee: 'run',
      args: words.map((word) => (/^["'`]/.test(word) ? word : '"${x}"')),
      range: rangeOfLine(input, 'after', token.line),
      key: `row ${words.join(' ')}`,
      scope: '',
    });
    if (command !== undefined) found.push(command);
  }
  return found;
}

const NONE: ReadonlySet<string> = new Set();

/** Rows of a file that starts programs by what a variable holds. */
const rowsOfPrograms = keepOf((facts: SourceFacts): readonly { readonly token: CodeToken; readonly words: readonly string[] }[] => {
  const starts = facts.calls.some(
    (call) => startsProgram(call) && call.args.some((argument) => /^(\*|\.\.\.)?[a-z]\w*(\[[^\]]*\])?(\.\.\.)?$/i.test(argument)),
  );
  if (!starts) return [];
  return facts.tokens.flatMap((token, at) => {
    if (!PROGRAM.test(token.text) || !/^[[{(]$/.test(facts.tokens[at - 1]?.text ?? '')) return [];
    const words = rowFrom(facts, at);
    return words.length < 2 ? [] : [{ token, words }];
  });
});

function rowFrom({ tokens }: SourceFacts, start: number): readonly string[] {
  const words: string[] = [];
  for (let at = start; at < tokens.length && words.length < 24; at += 1) {
    const text = tokens[at]?.text ?? '';
    if (/^[\]})]$/.test(text)) return words;
    if (text !== ',') words.push(text);
  }
  return [];
}
