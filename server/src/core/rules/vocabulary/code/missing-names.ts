import type { Guard } from '../../../model/facts.ts';

/** Names that a guard against nothing is about: each part of `x == null || x.y == null` stops the work by itself. */
export function missingNames({ test }: Guard): readonly string[] {
  return test.split(/ (?:\|\||or) /).flatMap((part) => missingName(part.trim()) ?? []);
}

/** `!x`, `x == null`, `x is None`, `x == nil`, `Objects.isNull(x)`. */
function missingName(test: string): string | undefined {
  const found =
    /^!\s*([\w$.]+)$/.exec(test) ??
    /^([\w$.]+)\s*={2,3}\s*(?:null|undefined|nil|None)$/.exec(test) ??
    /^([\w.]+) is None$/.exec(test) ??
    /^not ([\w.]+)$/.exec(test) ??
    /^(?:null|nil|None|undefined)\s*={2,3}\s*([\w$.]+)$/.exec(test) ??
    /^(?:Objects\.isNull|isNil|_\.isNil|isNullOrUndefined)\(([\w$.]+)\)$/.exec(test) ??
    /^!([\w$.]+)\.isPresent\(\)$|^([\w$.]+)\.(?:is_none|isNull)\(\)$/.exec(test) ??
    /^typeof ([\w$.]+)\s*===?\s*'undefined'$/.exec(test);
  const name = found?.[1] ?? found?.[2];
  // A flag is no value that may be missing.
  return name === undefined ||
    /^(is|has|can|should|was|will|ok|err|error|enabled|open|ready|visible|loading|done|found|exists|force|dry|this\.is|this\.has)([A-Z_]|$)|\.(is|has|can|should)[A-Z]|(^|\.)(length|size|ok|enabled|loaded|ready|open|closed|disabled|done|active|success)$/.test(
      name,
    )
    ? undefined
    : name;
}
