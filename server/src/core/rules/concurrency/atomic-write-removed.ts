import type { Call } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { lastName, receiver, words } from '../vocabulary/code/call-names.ts';
import { tokensOn } from '../vocabulary/code/code-text.ts';
import { counterpartScope, within } from '../vocabulary/code/counterpart.ts';
import { plainWords } from '../vocabulary/shell/command-parts.ts';

/**
 * ## What it sees
 * A file that was written beside its target and renamed onto it, and that is written in place or copied there now; a library that
 * wrote so, and a plain write in its place; and the target that is deleted before the new file is renamed onto it.
 *
 * ## Why it matters
 * A rename is all or nothing. A crash, a full disk or a reader in between now meets half a file, an empty one, or none.
 *
 * ## When it is fine
 * The rename went into a helper, or the target is written anew by another rename. A file that is made for the first time, and one that
 * is deleted after it was renamed away, are not flagged.
 *
 * ## What it misses
 * A rename that is kept while nobody waits for the bytes to reach the disk.
 */
export default defineRule({
  id: 'concurrency/atomic-write-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A file is no longer replaced as a whole',
  reads: ['calls', 'commands'],
  evidence: [
    { title: 'LWN 2009: ext4 and data loss, files of no length after a crash', url: 'https://lwn.net/Articles/322823/' },
    { title: 'rename(2): atomically replaced', url: 'https://man7.org/linux/man-pages/man2/rename.2.html' },
  ],
  *check(input): Iterable<FindingDraft> {
    yield* writtenInPlace(input);
    yield* deletedFirst(input);
    yield* deletedFirstInScript(input);
    yield* redirectedOnto(input);
  },
});

interface Move {
  readonly from: string;
  readonly onto: string;
}

/** `rename(from, onto)` in its forms; a library's atomic write moves something of its own. */
function moveOf(call: Call): Move | undefined {
  const name = lastName(call.callee);
  const [first = '', second] = call.args;
  if (/^(rename|renameSync|Rename|renames|move|moveSync|move_file|moveFile)$/.test(name) && second !== undefined)
    return { from: plain(first), onto: plain(second) };
  if (name === 'replace' && /^(os|path|fs)$/.test(receiver(call.callee)) && second !== undefined)
    return { from: plain(first), onto: plain(second) };
  // `tmp.replace(target)` of a path; that of a text takes two.
  if (/^(replace|rename|renameTo|persist)$/.test(name) && call.args.length === 1 && call.callee.includes('.'))
    return { from: plain(receiver(call.callee)), onto: plain(first) };
  const isLibrary = /\batomic\b|\brenameio\b/.test(words(call.callee)) && /\b(write|file|dump|save|writer?)\b/.test(words(call.callee));
  return isLibrary && first !== '' ? { from: 'tmp', onto: plain(first) } : undefined;
}

const TEMPORARY = /\b(tmp|temp|temporary|partial|part|new|staged|staging|next|scratch|pending|swap|draft|incoming|named temp file)\b/;

/** What a call writes in place: `writeFile(path, …)`, `open(path, 'w')`, `path.write_text(…)`, a copy onto it. */
function writtenBy(call: Call): string | undefined {
  const name = lastName(call.callee);
  const [first, second = ''] = call.args;
  if (/^(write_text|write_bytes)$/.test(name)) return plain(receiver(call.callee));
  if (/^(copy|copy2|copyfile|copyFile|copyFileSync|copy_file)$/.test(name)) return second === '' ? undefined : plain(second);
  if (/^(open|OpenFile)$/.test(name)) {
    const mode = /^(mode=)?['"][wxa]b?\+?/.test(second)
      ? first
      : /^(mode=)?['"][wxa]/.test(first ?? '')
        ? receiver(call.callee)
        : undefined;
    const written = mode ?? (/O_(WRONLY|RDWR|TRUNC)/.test(second) ? first : undefined);
    return written === undefined ? undefined : plain(written);
  }
  const writes =
    /^(writeFile|writeFileSync|WriteFile|createWriteStream|outputFile|outputFileSync|outputJson|writeJson|writeJSON|writeJsonSync|writeString|newBufferedWriter|newOutputStream|FileWriter|FileOutputStream|PrintWriter|atomicWriteString|to_csv|to_json|to_parquet|to_pickle)$/.test(
      name,
    ) || /(^|[.:])(fs::write|Files\.write|File::create|os\.Create|File\.WriteAll\w+|Bun\.write)$/.test(call.callee);
  return writes && first !== undefined ? plain(first) : undefined;
}

/** A path without what is only said around it: `&target`, `target.as_path()`, `str(target)`. */
function plain(argument: string): string {
  return argument
    .replace(/^[&*]+(mut )?/, '')
    .replace(/\.(as_path|clone|as_ref|toPath|toFile|to_path_buf|absolute|resolve)\(\)$/, '')
    .replace(/^(?:str|Path|Path\.of|Paths\.get|new File)\(([^()]*)\)$/, '$1')
    .replace(/\s+/g, '');
}

/** The rename is gone, and its target is written where it stands. Told where it is written. */
function* writtenInPlace({ added, before, after }: RuleInput): Generator<FindingDraft> {
  const writes = added.calls.filter((call) => moveOf(call) === undefined && writtenBy(call) !== undefined);
  if (writes.length === 0 || after === undefined) return;
  const left = new Set(after.calls.map(({ key }) => key));
  for (const call of before?.calls ?? []) {
    const move = left.has(call.key) ? undefined : moveOf(call);
    if (move === undefined || move.onto === '' || !isTemporary(move, call, before)) continue;
    const scope = counterpartScope({ before, after }, call.scope);
    if (scope === undefined) continue;
    const write = writes.find((other) => within(other.scope, scope) && writtenBy(other) === move.onto);
    if (write === undefined || after.calls.some((other) => within(other.scope, scope) && moveOf(other)?.onto === move.onto)) continue;
    yield {
      side: 'after',
      range: write.range,
      message: fitMessage(
        `${quote(write.callee, 26)} writes ${quote(move.onto, 24)} in place; ${quote(call.callee, 22)} replaced it as a whole`,
      ),
    };
  }
}

/** Makes a file of a name that nobody else has. */
const MAKES_TEMPORARY =
  /(?:^|\.)(?:NamedTemporaryFile|TemporaryFile|mkstemp|CreateTemp|TempFile|createTempFile|NamedTempFile::new_in|mkdtemp)$/;

/** By its name, or because the function wrote it a moment before. */
function isTemporary({ from }: Move, call: Call, before: RuleInput['before']): boolean {
  return (
    TEMPORARY.test(words(from)) ||
    before?.calls.some((other) => other.scope === call.scope && MAKES_TEMPORARY.test(other.callee) && isBehind(other, call)) === true ||
    before?.calls.some((other) => other.scope === call.scope && writtenBy(other) === from && isBehind(other, call)) === true
  );
}

const DELETES = /^(remove|unlink|unlinkSync|rm|rmSync|Remove|RemoveAll|remove_file|deleteIfExists|delete|removeSync|safe_unlink)$/;

function deletedBy(call: Call): string | undefined {
  const name = lastName(call.callee);
  if (!DELETES.test(name)) return undefined;
  const isOwn = call.args.length === 0 || /^missing_ok\b/.test(call.args[0] ?? '');
  const target = isOwn ? receiver(call.callee) : (call.args[0] ?? '');
  return target === '' ? undefined : plain(target);
}

/** The target goes before the new file comes, where it was replaced at once. */
function* deletedFirst({ added, before, after }: RuleInput): Generator<FindingDraft> {
  for (const call of added.calls) {
    const target = deletedBy(call);
    if (target === undefined) continue;
    const move = after?.calls.find((other) => other.scope === call.scope && moveOf(other)?.onto === target && isBehind(call, other));
    const was = move === undefined ? [] : (before?.calls.filter((other) => other.scope === call.scope) ?? []);
    if (move === undefined || was.some((other) => deletedBy(other) === target)) continue;
    const isMoved = (other: Call, { from, onto }: Move): boolean => onto === target && isTemporary({ from, onto }, other, before);
    if (!was.some((other) => isMoved(other, moveOf(other) ?? { from: '', onto: '' }))) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(`${quote(target, 24)} is deleted before ${quote(move.callee, 22)} brings the new one`),
    };
  }
}

function isBehind(one: Call, other: Call): boolean {
  const [a, b] = [one.range.start, other.range.start];
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** `rm -f "$target"` before `mv "$tmp" "$target"`. */
function* deletedFirstInScript({ added, before, after }: RuleInput): Generator<FindingDraft> {
  for (const command of added.commands.filter(({ name }) => name === 'rm')) {
    const targets = plainWords(command);
    const moves = (facts: typeof after): typeof added.commands =>
      facts?.commands.filter((other) => other.name === 'mv' && targets.includes(plainWords(other).at(-1) ?? '')) ?? [];
    const move = moves(after).find(({ range }) => range.start.line > command.range.start.line);
    if (move === undefined || !moves(before).some(({ key }) => key === move.key)) continue;
    yield {
      side: 'after',
      range: command.range,
      message: fitMessage(`what ${quote(move.written, 34)} replaced at once is gone until then`),
    };
  }
}

/** `render > app.cfg.new` and `mv app.cfg.new app.cfg` that became `render > app.cfg`. */
function* redirectedOnto({ removed, after, hunk }: RuleInput): Generator<FindingDraft> {
  if (after === undefined) return;
  for (const command of removed.commands.filter(({ name }) => name === 'mv')) {
    const [from = '', target = '', ...others] = plainWords(command);
    if (target === '' || others.length > 0 || !TEMPORARY.test(words(from))) continue;
    if (after.commands.some(({ name, words: said }) => name === 'mv' && said.at(-1)?.text === target)) continue;
    const tokens = tokensOn(after, hunk.after.start, hunk.after.start + hunk.after.lines - 1);
    const at = tokens.findIndex(({ text }, place) => text === '>' && tokens[place + 1]?.text.replace(/["']/g, '') === target);
    const line = tokens[at]?.line;
    const write = line === undefined ? undefined : after.commands.find(({ range }) => range.start.line <= line && line <= range.end.line);
    if (write === undefined) continue;
    yield { side: 'after', range: write.range, message: fitMessage(`${quote(write.written, 26)} writes ${quote(target, 26)} in place`) };
  }
}
