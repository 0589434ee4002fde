import type { Call, Guard, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, shorten } from '../vocabulary/code/call-names.ts';
import { codeOfScope } from '../vocabulary/code/code-text.ts';
import { counterpartScope, hasScope, within } from '../vocabulary/code/counterpart.ts';
import { holdsLine } from '../vocabulary/code/hunk-lines.ts';
import { partScopes, workScopes } from '../vocabulary/code/own-parts.ts';
import { isExtracted, newGuardsIn } from '../vocabulary/code/scope-changes.ts';
import { callsInside, guardKind } from '../vocabulary/guards/guard-kinds.ts';
import { lostContainers } from '../vocabulary/guards/lost-containers.ts';
import { lostGuards } from '../vocabulary/guards/lost-guards.ts';
import { lostOwnChecks } from '../vocabulary/guards/lost-own-checks.ts';
import { CLEANS, hasNewCheck, isCheckCall } from '../vocabulary/guards/path-checks.ts';
import { shortenedPrefixes } from '../vocabulary/guards/shortened-prefixes.ts';

/**
 * ## What it sees
 * A check that a path stays inside its folder (`startsWith(root + sep)`, `path.relative`, `is_relative_to`, `filepath.IsLocal`,
 * `secure_filename`, `basename`, `os.OpenRoot`, the `root` of a reply, the `filter` of an archive, a function of the project that
 * asks) that goes away while the function still reads, writes or
 * deletes files.
 *
 * ## Why it matters
 * The next name with `..` in it, or an absolute one, reaches every file of the process. Agents have emptied home folders this way.
 *
 * ## When it is fine
 * The check moved to a helper of the same change, or the name no longer comes from outside and is a literal.
 *
 * ## What it misses
 * A check that is kept and compares too little; a prefix that loses its separator is seen.
 */
export default defineRule({
  id: 'safeguard/path-containment-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A path may leave its folder',
  reads: ['guards', 'calls', 'options', 'tokens'],
  evidence: [
    { title: 'CWE-22: path traversal', url: 'https://cwe.mitre.org/data/definitions/22.html' },
    { title: 'rm -rf of a home directory by an agent', url: 'https://github.com/anthropics/claude-code/issues/10077' },
  ],
  *check(input): Iterable<FindingDraft> {
    const before = input.before?.calls ?? [];
    const flagged = new Set<string>();
    const joins = new Set<Call>();
    for (const guard of lostGuards(input, (candidate) => guardKind(candidate, callsInside(candidate, before)) === 'containment')) {
      if (flagged.has(guard.scope) || !touchesFiles(input, guard.scope) || hasNewCheck(input, guard.scope)) continue;
      if (isAskedByHelper(input)) continue;
      flagged.add(guard.scope);
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 40)}\` no longer holds the path in its folder`),
      };
      const taker = joinedInPart(input, guard.scope);
      if (taker !== undefined && !joins.has(taker)) {
        joins.add(taker);
        yield {
          side: 'after',
          range: taker.range,
          message: fitMessage(`\`${shorten(lastName(taker.scope), 34)}\` joins a path that nothing holds in its folder`),
        };
      }
    }
    for (const guard of input.removed.guards) {
      if (flagged.has(guard.scope) || guardKind(guard, callsInside(guard, before)) !== 'containment') continue;
      if (!isLostWithHelper(input, guard) && !isLostByAskers(input, guard)) continue;
      flagged.add(guard.scope);
      yield {
        side: 'before',
        range: guard.range,
        message: fitMessage(`\`${shorten(guard.test, 40)}\` no longer holds the path in its folder`),
      };
    }
    for (const call of lostOwnChecks(input, 'containment')) {
      if (flagged.has(call.scope) || !isUnheld(input, call) || isToldAtGuard(input, call)) continue;
      flagged.add(call.scope);
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer holds the path in its folder`),
      };
    }
    for (const { side, range, what } of lostContainers(input))
      yield { side, range, message: fitMessage(`\`${shorten(what, 34)}\`: nothing holds the path in its folder any more`) };
    for (const range of shortenedPrefixes(input))
      yield { side: 'after', range, message: 'a prefix without its separator holds no path in its folder' };
    for (const call of input.removed.calls) {
      if (!CLEANS.test(lastName(call.callee)) || flagged.has(call.scope) || isStillAsked(input, call)) continue;
      if (!touchesFiles(input, call.scope) || hasNewCheck(input, call.scope) || isExtracted(input, call) || !isFromOutside(call)) continue;
      if (isNamedByPath(input, call)) continue;
      flagged.add(call.scope);
      yield {
        side: 'before',
        range: call.range,
        message: fitMessage(`\`${shorten(call.callee, 34)}\` no longer holds the path in its folder`),
      };
    }
  },
});

/** `os.path.basename(name)` that is `Path(name).name` now, here or in a function of the file that this one calls. */
function isNamedByPath({ before, after }: RuleInput, { callee, scope }: Call): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (after === undefined || now === undefined || !/^(basename|Base)$/.test(lastName(callee))) return false;
  return partScopes(after, now).some((part) =>
    /\bPath \( [\w. ]{1,60} \) \. name\b|\. getFileName \(|\. file_name \(/.test(codeOfScope(after, part).text),
  );
}

/** A new function of the file refuses what leads out, and is called in front of the work. */
function isAskedByHelper({ before, after }: RuleInput): boolean {
  const old = new Set(before?.scopes.map(({ name }) => name));
  return (
    after?.guards.some((guard) => {
      if (old.has(guard.scope) || guardKind(guard, callsInside(guard, after.calls)) !== 'containment') return false;
      const name = lastName(guard.scope);
      return after.calls.some((call) => lastName(call.callee) === name && !within(call.scope, guard.scope));
    }) === true
  );
}

/**
 * The check went with the function that had it, whose callers were rewritten too: the file joins a path from what a function is
 * handed under the name that was checked, and nothing in the change asks any more where it leads.
 */
function isLostWithHelper(input: RuleInput, guard: Guard): boolean {
  const { before, after } = input;
  const own = counterpartScope(input, guard.scope);
  if (before === undefined || after === undefined || (own !== undefined && (own === guard.scope || touchesScope(after, own)))) return false;
  const elsewhere = input.addedElsewhere();
  const isCheck = (other: Guard): boolean => guardKind(other, []) === 'containment';
  if (after.guards.some(isCheck) || elsewhere.guards.some(isCheck)) return false;
  if (elsewhere.calls.some((call) => isCheckCall(call) && !/^(basename|Base)$/.test(lastName(call.callee)))) return false;
  const checked = parametersOf(before, guard.scope);
  // What was joined and checked: the same thing is joined now, whatever the function is called.
  const joined = before.calls.filter((call) => within(call.scope, guard.scope) && isJoin(call)).map((call) => call.args.at(-1) ?? '');
  return (
    input.after?.calls.some((call) => {
      const last = call.args.at(-1) ?? '';
      return (
        isJoin(call) &&
        ((checked.includes(last) && parametersOf(after, call.scope).includes(last)) || (/^\w+\.\w/.test(last) && joined.includes(last))) &&
        isOnTheWay(after, call.scope) &&
        !after.calls.some((other) => within(other.scope, call.scope) && isCheckCall(other))
      );
    }) === true
  );
}

/** The function that had the check is gone, and everybody in the file who asked it works on files without one now. */
function isLostByAskers(input: RuleInput, { scope }: Guard): boolean {
  const { before, after } = input;
  if (before === undefined || after === undefined || scope === '' || hasScope(after, scope)) return false;
  const asked = before.calls.filter((call) => lastName(call.callee) === lastName(scope) && !within(call.scope, scope));
  const lost = lostOwnChecks(input, 'containment', asked);
  return lost.length > 0 && lost.length === asked.length && lost.every((call) => isUnheld(input, call));
}

/** The helper stood in this file and went with its guard, which is told there for all who asked it. */
function isToldAtGuard(input: RuleInput, { callee }: Call): boolean {
  const own = input.before?.guards.filter(({ scope }) => lastName(scope) === lastName(callee)) ?? [];
  return own.some(
    (guard) => guardKind(guard, callsInside(guard, input.before?.calls ?? [])) === 'containment' && isLostByAskers(input, guard),
  );
}

/** The function that asked a helper touches files, and asks nothing else in its place, nor by itself what the helper asked. */
function isUnheld(input: RuleInput, { scope }: Call): boolean {
  if (!touchesFiles(input, scope) || hasNewCheck(input, scope)) return false;
  // No number or identifier leads anywhere.
  const now = counterpartScope(input, scope);
  const given = input.after?.symbols.find(({ name }) => name === now)?.parameters ?? [];
  if (given.length > 0 && given.every(({ type }) => /^(?:uuid\.)?(?:UUID|Uuid|int|bytes|number|long|u64|i64)$/.test(type))) return false;
  return !newGuardsIn(input, scope).some((guard) => guardKind(guard, callsInside(guard, input.after?.calls ?? [])) === 'containment');
}

/** Where a function that is new and that the old one comes to joins the path now, of what it is handed: whoever reads it alone sees no loss. */
function joinedInPart({ before, after, hunk }: RuleInput, scope: string): Call | undefined {
  const now = counterpartScope({ before, after }, scope);
  if (before === undefined || after === undefined || now === undefined || now === '') return undefined;
  const parts = new Set(workScopes(after, now).filter((part) => part !== now && !hasScope(before, part)));
  const isHere = ({ range }: Call): boolean => holdsLine(hunk.after, range.start.line);
  return after.calls.find((call) => {
    if (!parts.has(call.scope) || isHere(call) || !isJoin(call)) return false;
    const given = new Set(parametersOf(after, call.scope));
    return call.args.some((text) => !COUNTED.test(text) && (text.match(/[\w$]+/g) ?? []).some((word) => given.has(word)));
  });
}

/** A number leads nowhere. */
const COUNTED = /\b(?:Number|parseInt|int|Atoi|ParseInt|parseLong|UUID|uuid)\b/;

/** `path.join(root, name)`, and the method of a path: `root.join(name)`. A list is joined by a text. */
function isJoin({ callee, args }: Call): boolean {
  const isOfPath = /[.)](?:join|joinpath|resolve)$/.test(callee) && /^&?[A-Za-z_][\w.]*$/.test(args[0] ?? '');
  return /^(join|resolve|Join|Path|joinpath|of|get)$/.test(lastName(callee)) && (args.length > 1 || isOfPath);
}

/** The function touches files itself, or gives a path to one that does. */
function isOnTheWay(facts: SourceFacts, scope: string): boolean {
  return (
    touchesScope(facts, scope) ||
    facts.scopes.some(({ name }) => name !== scope && workScopes(facts, name).includes(scope) && touchesScope(facts, name))
  );
}

function parametersOf(facts: SourceFacts, scope: string): readonly string[] {
  return facts.symbols.filter((symbol) => symbol.name === scope).flatMap(({ parameters }) => parameters.map(({ name }) => name));
}

/** `path.basename(upload.name)` makes safe what somebody sent; of a literal, or of this file, it only names. */
function isFromOutside(call: Call): boolean {
  const [first = ''] = call.args;
  if (!/^(basename|Base|sanitize)$/.test(lastName(call.callee))) return true;
  return (
    call.use !== 'discarded' &&
    !/^['"`]|__filename|import\.meta|process\.argv/.test(first) &&
    /name|path|key|file|upload|param|query|body|req|input|arg/i.test(first)
  );
}

function isStillAsked(input: RuleInput, call: Call): boolean {
  const scope = counterpartScope(input, call.scope);
  const { after } = input;
  if (scope === undefined || after === undefined) return true;
  if (after.calls.some((other) => CLEANS.test(lastName(other.callee)) && within(other.scope, scope))) return true;
  return /^(basename|Base)$/.test(lastName(call.callee)) && LAST_PART.test(codeOfScope(after, scope).text);
}

/** The last part of a path without a call of `basename`: `Path(name).name`, `path.parse(name).base`, `Path.of(name).getFileName()`. */
const LAST_PART =
  /\b(?:Path|PurePath|PurePosixPath|PureWindowsPath) \( [^()]{1,80} \) \. name\b|\bparse \( [^()]{1,80} \) \. base\b|\bbase \} = (?:\w+ \. )?parse \(|\. (?:getFileName|file_name) \(|\bFilenameUtils \. getName \(|\bFile \( [^()]{1,80} \) \. getName \(/;

const FILES =
  /^(readFile|readFileSync|writeFile|writeFileSync|appendFile|appendFileSync|createReadStream|createWriteStream|rm|rmSync|rmdir|unlink|unlinkSync|rename|copyFile|cp|mkdir|open|openSync|sendFile|download|save|write|writeText|rimraf|remove|rmtree|makedirs|write_text|write_bytes|read_text|read_bytes|send_file|send_from_directory|extract|extractall|extractAllTo|ReadFile|WriteFile|Open|OpenFile|Create|Remove|RemoveAll|ServeFile|File|newInputStream|newOutputStream|readAllBytes|delete|deleteIfExists|copy|move|transferTo|FileInputStream|FileOutputStream|remove_file|remove_dir_all|create|read|read_to_string|stat|lstat|pipe)$/;

function touchesFiles(input: RuleInput, scope: string): boolean {
  const counterpart = counterpartScope(input, scope);
  const { after } = input;
  if (counterpart === undefined || after === undefined) return false;
  // What puts the path together may leave the work to whoever asks for it.
  const askers = after.calls.flatMap((call) => (lastName(call.callee) === lastName(counterpart) ? [call.scope] : []));
  return [...workScopes(after, counterpart), ...askers].some((name) => touchesScope(after, name));
}

function touchesScope(facts: SourceFacts, scope: string): boolean {
  return facts.calls.some(
    (call) =>
      within(call.scope, scope) &&
      (FILES.test(lastName(call.callee)) || /^(fs|fsp|fse|os|shutil|Files|std::fs|zip|tar|path\.(join|resolve))\b/.test(call.callee)),
  );
}
