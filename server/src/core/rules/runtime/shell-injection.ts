import type { Call, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { splitSource } from '../vocabulary/code/argument-text.ts';
import { boundAbove } from '../vocabulary/code/bindings.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { holdsLine } from '../vocabulary/code/hunk-lines.ts';
import { keepOf, keepOfText } from '../vocabulary/code/kept.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { mayMention } from '../vocabulary/code/mentions.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { holeIn, isConstantName, isHarmless } from '../vocabulary/code/text-holes.ts';
import { shellText } from '../vocabulary/shell/shell-lists.ts';

/**
 * ## What it sees
 * A command line with a value written into it that is handed to a shell: `exec` of a template, `shell=True` or `os.system` with
 * an f-string, `sh -c` with a text that is put together, in one list of arguments or link by link.
 *
 * ## Why it matters
 * A semicolon in the value is another command, with the rights of the service.
 *
 * ## When it is fine
 * A literal command, a value that is quoted for the shell, and a list of arguments without a shell. These are not flagged.
 *
 * ## What it misses
 * A command that is put together in another file.
 */
export default defineRule({
  id: 'runtime/shell-injection',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A value is written into a shell command',
  reads: ['calls'],
  evidence: [{ title: 'eslint-plugin-security: detect-child-process', url: 'https://github.com/eslint-community/eslint-plugin-security' }],
  *check(input): Iterable<FindingDraft> {
    for (const { call, isNew } of shells(input)) {
      const value = filledIn(input, 'after', call) ?? handedOn(input, call);
      if (value === undefined || (isNew && cameAlong(input, call))) continue;
      // What was written into the same command before is no news.
      const old = isNew ? input.removed.calls : (input.before?.calls ?? []);
      if (old.some((other) => other.callee === call.callee && filledIn(input, 'before', other) !== undefined)) continue;
      const built = lineOfText(input, call);
      const isBuiltHere = built !== undefined && isOnHunk(input, built);
      // A text that another hunk puts together is told of there.
      if (built !== undefined && !isBuiltHere && isNewLine(input, built)) continue;
      yield {
        side: 'after',
        range: isBuiltHere && !isOnHunk(input, call.range.start.line) ? rangeOfLine(input, 'after', built) : call.range,
        message: fitMessage(`\`${shorten(value, 30)}\` is written into a command of \`${shorten(lastLink(call.callee), 22)}\``),
      };
    }
  },
});

/** Calls that the hunk adds, and those that get a text which it puts together. */
function shells(input: RuleInput): readonly { readonly call: Call; readonly isNew: boolean }[] {
  const added = new Set(input.added.calls);
  const others = bindsWhatIsSaidAgain(input)
    ? namedTexts(input).filter(
        (call) => !added.has(call) && !isOnHunk(input, call.range.start.line) && isOnHunk(input, lineOfText(input, call) ?? 0),
      )
    : [];
  return [...[...added].map((call) => ({ call, isNew: true })), ...others.map((call) => ({ call, isNew: false }))];
}

/** False where no name that the hunk binds stands anywhere else: nobody hands it on. */
function bindsWhatIsSaidAgain({ hunk, after }: RuleInput): boolean {
  const tokens = tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1);
  const text = after?.text;
  return tokens.some(
    ({ text: name }, at) => /^:?=$/.test(tokens[at + 1]?.text ?? '') && (text === undefined || text.includes(name, text.indexOf(name) + 1)),
  );
}

/** Calls of the file that hand a shell a text by its name. */
function namedTexts(input: RuleInput): readonly Call[] {
  if (input.after === undefined) return [];
  const known = named.get(input.after) ?? input.after.calls.filter((call) => /^[A-Za-z_]\w*$/.test(commandOf(input, 'after', call) ?? ''));
  named.set(input.after, known);
  return known;
}

/** Asked for each hunk, and the same for all of them. */
const named = new WeakMap<SourceFacts, readonly Call[]>();

/** The line on which the text of a shell is bound to the name that the shell is given; undefined where it is given no name. */
function lineOfText(input: RuleInput, call: Call): number | undefined {
  const name = commandOf(input, 'after', call);
  if (input.after === undefined || name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const scope = input.after.scopes.find((other) => other.name === call.scope);
  const tokens = tokensOn(input.after, scope?.startLine ?? 1, call.range.start.line);
  return tokens.findLast((token, at) => token.text === name && /^:?=$/.test(tokens[at + 1]?.text ?? ''))?.line;
}

function isOnHunk({ hunk }: RuleInput, line: number): boolean {
  return holdsLine(hunk.after, line);
}

/** Nothing before the change says what this line says. */
function isNewLine({ before, after }: RuleInput, line: number): boolean {
  const text = tokensOn(after, line, line)
    .map((token) => token.text)
    .join(' ');
  return (
    before === undefined ||
    !before.tokens
      .map((token) => token.text)
      .join(' ')
      .includes(text)
  );
}

/** `command.args` of a chain over several lines. */
function lastLink(callee: string): string {
  return callee.replace(/(?<!\s)\s+\./g, '.');
}

/** The value that is written into the text which a shell gets. */
function filledIn(input: RuleInput, side: 'before' | 'after', call: Call): string | undefined {
  const text = commandOf(input, side, call);
  if (text === undefined) return undefined;
  const built = holeIn(text) ?? (/^[A-Za-z_]\w*$/.test(text) ? builtBefore(input, side, call, text) : undefined);
  return built === undefined || isHarmless(built) || isQuotedAbove(input[side], call, text, built) ? undefined : built;
}

/** `unit = shlex.quote(name)` above `f"restart {unit}"`, where nothing else is written into the text. */
function isQuotedAbove(facts: SourceFacts | undefined, call: Call, text: string, name: string): boolean {
  const line = call.range.start.line;
  const isQuoted = (hole: string): boolean =>
    /^[A-Za-z_$][\w$]*$/.test(hole) && facts !== undefined && isHarmless(boundAbove(facts, hole, line)?.replaceAll(' ', '') ?? '');
  if (!isQuoted(name)) return false;
  // Each name that is quoted gives way to the next one.
  let left = text;
  for (let at = 0; at < MOST_HOLES; at += 1) {
    const hole = holeIn(left);
    if (hole === undefined || isHarmless(hole)) return true;
    if (!isQuoted(hole)) return false;
    left = left.replace(new RegExp(`(?<![\\w$])${escaped(hole)}(?![\\w$])`, 'g'), QUOTED);
  }
  return false;
}

const MOST_HOLES = 8;
/** Stands for a name that was quoted: a constant of the program, to whoever reads the text again. */
const QUOTED = 'QUOTED';

/** The text that a shell parses, or undefined where no shell is asked. */
function commandOf(input: RuleInput, side: 'before' | 'after', call: Call): string | undefined {
  const [first = '', ...rest] = call.args;
  const name = lastName(call.callee);
  if (/\.pyi?$/.test(input.path)) {
    if (
      /^(os\.(system|popen)|commands\.getoutput|subprocess\.(getoutput|getstatusoutput)|asyncio\.create_subprocess_shell|pexpect\.run)$/.test(
        call.callee,
      )
    )
      return first;
    const isRun =
      /^(subprocess\.)?(run|call|check_call|check_output|Popen)$/.test(call.callee) ||
      /^(c|conn|connection|ctx|client)\.(run|sudo|exec_command|local)$/.test(call.callee);
    if (isRun && (rest.some((argument) => /^shell\s*=\s*True$/.test(argument)) || name === 'exec_command')) return first;
    return shellText(call, input[side]);
  }
  const listed = shellText(call, input[side]);
  if (listed !== undefined) return listed;
  if (/\.(java|kt)$/.test(input.path))
    return /getRuntime\(\)\.exec$|^(rt|runtime)\.exec$/.test(call.callee) && !/^new String|^\{|^\w*(args|cmdarray)/i.test(first)
      ? first
      : undefined;
  if (!/\.[cm]?[jt]sx?$/.test(input.path)) return undefined;
  const facts = input[side];
  const isShell =
    isShellOfNode(call.callee) ||
    (/^(spawn|spawnSync|execFile|execFileSync|execa)$/.test(name) && rest.some((argument) => /\bshell: (true|['"])/.test(argument))) ||
    (facts !== undefined && /^[\w$]+$/.test(call.callee) && shellNames(facts).has(call.callee));
  return isShell ? first : undefined;
}

const isShellOfNode = keepOfText(
  (callee): boolean =>
    /^(exec|execSync|execAsync|execPromise|execP|pExec|\$|sh|shelljs\.exec|execaCommand|execaCommandSync|promisify\(exec\))$/.test(
      callee,
    ) ||
    /^(child_process|cp|childProcess|shell|shelljs|proc)\.(exec|execSync)$/.test(callee) ||
    /(^|\.)(ssh|sshClient|sshConn|remote|remoteHost)\.(exec|execCommand|run|sudo)$/.test(callee),
);

/** What stands around each token with a word in it, as far as a pattern below reaches. */
function aroundWord({ tokens }: SourceFacts, word: string): string {
  const parts: string[] = [];
  let end = 0;
  for (const [at, { text }] of tokens.entries()) {
    if (!text.includes(word)) continue;
    if (at - REACH > end) parts.push('\n');
    for (let near = Math.max(end, at - REACH); near < Math.min(tokens.length, at + REACH); near += 1) parts.push(tokens[near]?.text ?? '');
    end = Math.max(end, Math.min(tokens.length, at + REACH));
  }
  return parts.join(' ');
}

const NONE: ReadonlySet<string> = new Set();

/** Tokens on either side. */
const REACH = 12;

/** Names of one's own for a function that asks a shell: `const run = promisify(exec)`, `exec as run`. */
const shellNames = keepOf((facts: SourceFacts): ReadonlySet<string> => {
  if (!mayMention(facts, 'exec', 'Sync')) return NONE;
  const code = aroundWord(facts, 'exec');
  const patterns = [
    /\b([A-Za-z_$][\w$]*) = (?:\w+ \. )?promisify \( (?:\w+ \. )?exec \)/g,
    /\bexec(?:Sync)? (?:as|:) ([A-Za-z_$][\w$]*) [,}]/g,
    /\b([A-Za-z_$][\w$]*) = (?:require \( ["'`](?:node:)?child_process["'`] \)|child_process|cp|childProcess) \. exec(?:Sync)? [;)]/g,
  ];
  return new Set(patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? '')));
});

/** Where a function of this file hands its own parameter to a shell: the place of the parameter, by the function's name. */
function wrappersOf(input: RuleInput, side: 'before' | 'after'): Wrappers {
  const facts = input[side];
  // Asked for each call of each hunk, and the same for all of them.
  const known = facts === undefined ? undefined : wrappers.get(facts);
  if (known !== undefined) return known;
  const found = new Map<string, { readonly at: number; readonly sink: Call }>();
  if (facts !== undefined) wrappers.set(facts, found);
  for (const sink of input[side]?.calls ?? []) {
    const text = sink.scope === '' ? undefined : commandOf(input, side, sink);
    if (text === undefined || !/^[A-Za-z_$][\w$]*$/.test(text)) continue;
    const own = input[side]?.symbols.find((symbol) => symbol.name === sink.scope);
    const parameters = own?.parameters.filter(({ name }) => !/^(self|cls|this)$/.test(name)) ?? [];
    const at = parameters.findIndex(({ name }) => name === text);
    if (at >= 0) found.set(lastName(sink.scope), { at, sink });
  }
  return found;
}

type Wrappers = ReadonlyMap<string, { readonly at: number; readonly sink: Call }>;
const wrappers = new WeakMap<SourceFacts, Wrappers>();

/** What is written into a command that another function of this file hands to a shell; flagged at the shell where that is new. */
function handedOn(input: RuleInput, call: Call): string | undefined {
  if (!mayHandOn(input, call)) return undefined;
  const wrappers = wrappersOf(input, 'after');
  if (wrappers.size === 0) return undefined;
  const filled = (side: 'before' | 'after', other: Call, at: number): string | undefined => {
    const text = other.args[at] ?? '';
    const value = holeIn(text) ?? (/^[A-Za-z_]\w*$/.test(text) ? builtBefore(input, side, other, text) : undefined);
    return value === undefined || isHarmless(value) || isConstantName(text, value) ? undefined : value;
  };
  for (const [name, { at, sink }] of wrappers) {
    const isNew = input.added.calls.includes(sink);
    const callers = (side: 'before' | 'after'): readonly Call[] =>
      input[side]?.calls.filter((other) => lastName(other.callee) === name) ?? [];
    if (sink === call) {
      const value = callers('after').flatMap((other) => filled('after', other, at) ?? [])[0];
      if (value !== undefined) return value;
    } else if (lastName(call.callee) === name && (!isNew || wrappersOf(input, 'before').has(name))) {
      const had = callers('before').some((other) => other.scope === call.scope && filled('before', other, at) !== undefined);
      if (!had) return filled('after', call, at);
    }
  }
  return undefined;
}

/** The call asks a function of the file, or is the shell that its own function hands a parameter to. */
function mayHandOn(input: RuleInput, call: Call): boolean {
  const name = lastName(call.callee);
  const isOwn = input.after?.symbols.some((symbol) => symbol.name.endsWith(name) && lastName(symbol.name) === name) === true;
  return isOwn || (call.scope !== '' && commandOf(input, 'after', call) !== undefined);
}

/** The same for a command that a variable of the function holds. */
function builtBefore(input: RuleInput, side: 'before' | 'after', call: Call, name: string): string | undefined {
  const option = input[side]?.options.find((other) => other.name === name && other.scope === call.scope && other.callee === '');
  if (option !== undefined) return holeIn(option.value);
  const made = madeByOwn(input, side, call, name);
  if (made !== undefined) return made;
  const tokens = input[side]?.tokens ?? [];
  const at = tokens.findIndex(
    (token, index) =>
      token.text === name &&
      tokens[index + 1]?.text === '=' &&
      tokens[index + 2]?.text.startsWith('`') === true &&
      tokens[index + 2]?.text.endsWith('${') === true,
  );
  if (at >= 0) return tokens[at + 3]?.text;
  const bound = input[side] === undefined ? undefined : boundAbove(input[side], name, call.range.start.line);
  return bound === undefined ? undefined : holeIn(bound);
}

/** `cmd = step.command(f'/in/{upload.name}', target)`: a text that another call made of a value, and nothing quoted it. */
function madeByOwn(input: RuleInput, side: 'before' | 'after', sink: Call, name: string): string | undefined {
  const facts = input[side];
  const maker = facts?.calls.findLast((other) => {
    if (other.scope !== sink.scope || other.range.end.line > sink.range.start.line || other === sink) return false;
    const line = tokensOn(facts, other.range.start.line, other.range.start.line).map(({ text }) => text);
    const at = line.indexOf(name);
    return (
      at >= 0 && /^:?=$/.test(line[at + 1] ?? '') && line[at + 2] === (other.callee.startsWith('[') ? '[' : other.callee.split(/[.:(!]/)[0])
    );
  });
  const listed = /^\[(.*)\]\s*\.join$/s.exec(maker?.callee ?? '')?.[1];
  if (listed !== undefined)
    return splitSource(listed, ',')
      .map((part) => holeIn(part.trim()) ?? (/^[A-Za-z_$]/.test(part.trim()) ? part.trim() : undefined))
      .find((hole) => hole !== undefined && !isHarmless(hole));
  if (maker === undefined || isHarmless(`${maker.callee}(${maker.args.join(', ')})`) || /list2cmdline|\bjoin$/.test(maker.callee))
    return undefined;
  const formatted = holeIn(`${maker.callee}(${maker.args.join(', ')})`);
  if (formatted !== undefined && !isHarmless(formatted)) return formatted;
  return maker.args.map((argument) => holeIn(argument)).find((hole) => hole !== undefined && !isHarmless(hole));
}
