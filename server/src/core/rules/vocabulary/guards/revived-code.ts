import type { Call, Command, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite } from '../code/call-names.ts';
import { rangeOfLine, scopeAtLine, tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';

/** Work that stood behind a way out which nothing decided, and runs now. */
export interface Revived {
  /** The first thing that it does: a callee, or a command. */
  readonly work: string;
  readonly range: Range;
}

/** A statement that ends its function or its script, whatever holds. */
const LEAVES =
  /^(return\b[^{[(]*(\([^()]*\))?;?|throw\b.*|raise\b.*|panic!?\(.*\);?|(sys\.|os\.|process\.)?(exit|Exit)\b ?(\(?\d*\)?)?;?|die\b.*|unimplemented!\(.*\);?|todo!\(.*\);?)$/;

/**
 * A `return`, a `throw` or an `exit` that stood alone in front of work of the same block and is gone: nothing behind it ever ran.
 * Told from the indent of the lines: what leaves under a condition stands deeper than what follows.
 */
export function* revivedCode(input: RuleInput): Iterable<Revived> {
  const { before, after, hunk } = input;
  if (!hunk.removed.some((text) => LEAVES.test(text.replace(/(?<!\s)\s+(#|\/\/).*/s, '').trim()))) return;
  const [was, is] = [input.trees.before.read(hunk.previousPath ?? input.path), after];
  if (before === undefined || is === undefined || was?.kind !== 'text') return;
  const lines = was.text.split('\n');
  for (const [at, text] of hunk.removed.entries()) {
    const code = text.replace(/(?<!\s)\s+(#|\/\/).*/s, '').trim();
    const line = hunk.before.start + at;
    if (!LEAVES.test(code) || tokensOn(before, line, line).length === 0) continue;
    const next = lines.findIndex((other, index) => index >= line && other.trim() !== '' && !/^\s*(#|\/\/|\*)/.test(other));
    const follower = lines[next] ?? '';
    if (
      next < 0 ||
      indentOf(follower) !== indentOf(text) ||
      /^\s*([})\]]|case\b|default\b|else\b|elif\b|except\b|finally\b|fi\b|done\b|esac\b|;;|end\b|def |class |func |fn |function |@|if __name__)/.test(
        follower,
      )
    )
      continue;
    if (/^\s*(if|for|while|else)\b[^{:]*$/.test(lines[line - 2] ?? '') || isLeftStill(input, code)) continue;
    const scope = scopeAtLine(before, line);
    const work = firstCall(input, scope, line) ?? firstCommand(before, is, scope, line);
    if (work === undefined) continue;
    yield { work: 'callee' in work ? work.callee : work.written, range: rangeOfLine(input, 'before', line) };
    return;
  }
}

function indentOf(line: string): number {
  return line.search(/\S/);
}

/** Another way out takes its place in the hunk. */
function isLeftStill({ hunk }: RuleInput, code: string): boolean {
  const word = /^\w+/.exec(code)?.[0] ?? '';
  return hunk.added.some((text) => text.trim().startsWith(word) || /^\s*(return|throw|raise|exit|if)\b/.test(text));
}

/** Code behind most ways out gives no facts, so what runs now is new; behind others it stood on the lines below. */
function firstCall({ before, after, hunk }: RuleInput, scope: string, line: number): Call | undefined {
  const ran = new Set(before?.calls.flatMap(({ key, range }) => (range.start.line < line ? [key] : [])));
  return after?.calls.find(
    ({ kind, callee, key, range, scope: own }) =>
      range.start.line >= hunk.after.start &&
      kind === 'call' &&
      within(own, scope) &&
      (isWrite(callee) || DESTROYS.test(callee)) &&
      !ran.has(key),
  );
}

/** A script is read whole. */
function firstCommand(before: SourceFacts, after: SourceFacts, scope: string, line: number): Command | undefined {
  const work = before.commands.find(
    (command) =>
      command.range.start.line > line && command.scope === scope && !/^(echo|printf|exit|true|:|set|cd|fi|read)$/.test(command.name),
  );
  return work !== undefined && after.commands.some(({ written }) => written === work.written) ? work : undefined;
}

const DESTROYS = /(^|[.:])(rmtree|RemoveAll|rm|rmSync|unlink|truncate|drop\w*|purge\w*|wipe\w*|destroy\w*|delete\w*|erase\w*|flush\w*)$/i;
