/**
 * True for a condition that speaks of a branch or a tag and lets every one in: `startsWith(github.ref, 'refs/')`,
 * `ne(variables['Build.SourceBranch'], '')`, `github.ref != ''`, `contains(github.ref, '')`.
 */
export function letsAllRefsIn(condition: string): boolean {
  const text = condition.replace(/\s+/g, '').replaceAll('"', "'");
  return STARTS.test(text) || NOT_EMPTY.test(text) || /^github\.ref_type=='branch'$/.test(text);
}

const REF = String.raw`(?:github\.(?:ref|ref_name|head_ref|event\.ref)|variables(?:\['Build\.SourceBranch(?:Name)?'\]|\.Build\.SourceBranch))`;
/** All full names of refs begin with this, and all of branches. */
const STARTS = new RegExp(String.raw`^(?:startsWith|contains)\(${REF},'(?:|/|refs/?|refs/heads/?|heads/?)'\)$`, 'i');
const NOT_EMPTY = new RegExp(String.raw`^(?:${REF}(?:!='')?|ne\(${REF},''\))$`, 'i');

/** True for a pattern of names that every name meets: `*`, `**`, `/.*\/`, `/^.+$/`. */
export function isEveryName(pattern: string): boolean {
  return /^(?:\*\*?(?:\/\*\*?)?|\/?\^?(?:\.[*+]?)?\$?\/?i?)$/.test(pattern.trim());
}
