import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { codeOfScope } from '../code/code-text.ts';
import { counterpartScope, hasScope } from '../code/counterpart.ts';
import { factsWithin } from '../code/facts-by-place.ts';
import { newBodiesOf } from '../code/new-bodies.ts';
import { partScopes } from '../code/own-parts.ts';
import { newCallsIn, newGuardsIn } from '../code/scope-changes.ts';

/** Something new in the function asks where a path leads. */
export function hasNewCheck(input: RuleInput, scope: string): boolean {
  return (
    newCallsIn(input, scope).some(isCheckCall) ||
    newGuardsIn(input, scope).some(({ test }) => /\bComponents?(?:::|\.)|\bcomponents\(\)/.test(test)) ||
    isHeldByNewPart(input, scope) ||
    isHeldByPrefix(input, scope) ||
    isHeldByRoot(input, scope)
  );
}

/** A function that came with the change and is asked now refuses what lies outside: `if ROOT not in target.parents: raise …`. */
function isHeldByNewPart(input: RuleInput, scope: string): boolean {
  return newCallsIn(input, scope).some(({ callee }) =>
    newBodiesOf(input, callee).some(({ facts, place }) =>
      factsWithin(facts.guards, place.name).some(
        ({ test, exit }) => exit === 'throw' && /\bnot in [\w.]+\.parents\b|\bnot [\w.]+\.is_relative_to\(/.test(test),
      ),
    ),
  );
}

/** A call that makes a name safe, or refuses it, by its name. */
export function isCheckCall({ callee }: Call): boolean {
  const name = lastName(callee);
  return (
    CLEANS.test(name) ||
    HELD_BY_STORAGE.test(callee) ||
    /(inside|within|contain|safe|sanit|jail|confine|allowed)\w*path|path\w*(inside|within|contain|safe|sanit)/i.test(name)
  );
}

/** Django's storages refuse a name that leads out: `storages['scans'].save(name, content)`. */
const HELD_BY_STORAGE = /(?:^|\.)(?:default_storage|storages\[[^\]]{1,60}\])\.(?:save|open|delete)$/;

/** Go opens nothing outside of an `*os.Root`: the function asks a field or a parameter of that type, and no other file is touched by it. */
function isHeldByRoot({ before, after }: RuleInput, scope: string): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (after?.language !== 'go' || now === undefined || now === '') return false;
  const roots = new Set(
    after.symbols.flatMap(({ name, type, parameters }) => [
      ...(type === '*os.Root' ? [lastName(name)] : []),
      ...parameters.flatMap((parameter) => (parameter.type === '*os.Root' ? [parameter.name] : [])),
    ]),
  );
  const calls = roots.size === 0 ? [] : factsWithin(after.calls, now);
  return (
    calls.some(
      ({ callee }) =>
        roots.has(lastName(receiver(callee))) &&
        /^(?:Open|OpenFile|Create|Remove|Stat|Lstat|Mkdir|ReadFile|WriteFile|RemoveAll)$/.test(lastName(callee)),
    ) &&
    !calls.some(({ callee }) => (/^(?:os|ioutil)\.[A-Z]/.test(callee) && !NO_PATH.test(lastName(callee))) || callee === 'http.ServeFile')
  );
}

/** Functions of Go's `os` that touch no file by its path. */
const NO_PATH =
  /^(?:OpenRoot|OpenInRoot|Exit|Getenv|Setenv|LookupEnv|Environ|ExpandEnv|Getpid|Getuid|Hostname|Executable|Getwd|TempDir|UserHomeDir|NewFile|Is[A-Z]\w*|FileMode|Pipe)$/;

/**
 * Rust takes the folder off the front of a path, and has no answer where it does not stand there: `match full.strip_prefix(root)` with an
 * arm that refuses, `let Ok(rest) = … else`, `….map_err(|_| Outside)?`, in the function or in a new one that it calls.
 */
function isHeldByPrefix({ before, after }: RuleInput, scope: string): boolean {
  const now = counterpartScope({ before, after }, scope);
  if (before === undefined || after?.language !== 'rust' || now === undefined || now === '') return false;
  return partScopes(after, now)
    .filter((part) => part === now || !hasScope(before, part))
    .some((part) => HELD.test(codeOfScope(after, part).text));
}

const HELD =
  /\bmatch [\w. &]{1,80} \. strip_prefix \( [^(){};]{1,80} \) \{[^{}]{0,200}(?:_|Err \([^()]{1,30}\)) => (?:return )?Err \(|\blet Ok \([^()]{1,40}\) = [\w. &]{1,80} \. strip_prefix \( [^(){};]{1,80} \) else \{|\. strip_prefix \( [^(){};]{1,80} \) (?:\. (?:map_err|context|with_context|or) \([^;{}]{1,120}\) )?\?/;

/** Callees that make a name safe, or refuse it. */
export const CLEANS =
  /^(basename|secure_filename|secureFilename|safe_join|safeJoin|SecureJoin|sanitizeFilename|sanitize_filename|sanitizePath|sanitize|cleanPath|resolveInside|resolveWithin|assertInside|assertWithin|ensureInside|ensureWithin|isPathInside|isInside|is_relative_to|IsLocal|Localize|validatePath|checkPath|assertSafePath|safePath|safeResolve|Base|send_from_directory|OpenRoot|OpenInRoot)$/;
