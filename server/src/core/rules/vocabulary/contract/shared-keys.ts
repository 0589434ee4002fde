import type { SourceFacts } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';
import { tokensOf } from '../code/token-lines.ts';

/** Names under which a module of CommonJS gives its parts: `isPhone` of `module.exports = { email, isPhone: phone }`; undefined where it says none so. */
export const sharedKeys = keepOf((facts: SourceFacts): ReadonlySet<string> | undefined => {
  const code = tokensOf(facts, '');
  const listed = /\bmodule\.exports=\{([\w$,:'"]{0,4000})\}/.exec(code)?.[1];
  if (listed === undefined) return undefined;
  const one = [...code.matchAll(/\b(?:module\.)?exports\.([\w$]+)=/g)].map(([, name = '']) => name);
  return new Set(
    [...listed.split(',').map((part) => part.split(':')[0]?.replace(/['"]/g, '') ?? ''), ...one].filter((name) => name !== ''),
  );
});
