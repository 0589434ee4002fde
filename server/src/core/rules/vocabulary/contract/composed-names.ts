import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal } from '../code/call-names.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { keepOf } from '../code/kept.ts';

/** A text that is put together: `*` stands for each hole. */
export interface Skeleton {
  readonly text: string;
  /** Its longest part that is always the same. */
  readonly fixed: string;
}

/** A literal with holes as a skeleton: f-strings, templates, pluses, formats; undefined where nothing of it is fixed. */
export function skeletonOf(source: string): Skeleton | undefined {
  const text = inside(source.trim());
  if (text === undefined || !text.includes('*')) return undefined;
  const [fixed = ''] = text.split('*').sort((a, b) => b.length - a.length);
  return fixed.length >= 4 ? { text, fixed } : undefined;
}

function inside(source: string): string | undefined {
  const quoted = /^[fFrR]{0,2}(["'`])(.*)\1$/s.exec(source);
  if (quoted !== null && !new RegExp(`(?<!\\\\)${quoted[1]}`).test(quoted[2] ?? '')) {
    const isFormat = /^[fF]|^[rR][fF]/.test(source);
    const body = quoted[2] ?? '';
    if (source.startsWith('`')) return body.replace(/\$\{[^{}]*\}/g, '*');
    return isFormat ? body.replace(/\{[^{}]*\}/g, '*') : body;
  }
  const formatted =
    /^(?:fmt\.Sprintf|String\.format|format!|sprintf)\(\s*(["'])([^"']*)\1/.exec(source)?.[2] ??
    /^(["'])([^"']*)\1(?:\.format\(|\.formatted\(| % )/.exec(source)?.[2];
  if (formatted !== undefined) return formatted.replace(/%[-\d.]*[a-z]|\{[^{}]*\}/g, '*');
  const parts = source.split(/(?:(?<!\s)\s+)?\+\s*/);
  if (parts.length < 2 || !parts.some((part) => literal(part) !== undefined)) return undefined;
  return parts.map((part) => literal(part) ?? '*').join('');
}

/** A value of a configuration file with holes: `${stage}-jobs`. */
export function skeletonOfValue(value: string): Skeleton | undefined {
  const text = value.replace(/\$\{[^{}]*\}|\{\{[^{}]*\}\}|\$[A-Z_]+/g, '*');
  if (text === value) return undefined;
  const [fixed = ''] = text.split('*').sort((a, b) => b.length - a.length);
  return fixed.length >= 4 ? { text, fixed } : undefined;
}

/** Files of the after tree, this one left out, that say the fixed part of a name at the end or the beginning of a string. */
export function saysPart(text: string, { fixed }: Skeleton): boolean {
  for (let at = text.indexOf(fixed); at >= 0; at = text.indexOf(fixed, at + 1)) {
    const [before, after] = [text[at - 1] ?? ' ', text[at + fixed.length] ?? ' '];
    if (/["'`}\s:=]/.test(before) && /["'`{$%\s<]/.test(after)) return true;
    if (/["'`}]/.test(before) && /[\w]/.test(after) && /[:/_.-]$/.test(fixed)) return true;
  }
  return false;
}

/** Where this hunk puts a name together that an old call gave as it was: in the call itself, or in the function that it asks. */
export function composedHere(input: RuleInput, old: Call): Range | undefined {
  const { before, after, hunk } = input;
  if (before === undefined || after === undefined) return undefined;
  const isHere = ({ start, end }: Range): boolean => start.line < hunk.after.start + hunk.after.lines && end.line >= hunk.after.start;
  const scopes = new Set(before.scopes.map(({ name }) => name));
  for (const call of onlyIn(after.calls, before.calls)) {
    if (lastName(call.callee) !== lastName(old.callee)) continue;
    for (const argument of call.args) {
      if (skeletonOf(argument) !== undefined && isHere(call.range)) return call.range;
      const asked = /^(?:[\w$]+\.)*([A-Za-z_$][\w$]*)\(/.exec(argument)?.[1];
      const maker =
        asked === undefined
          ? undefined
          : after.symbols.find(({ name, kind }) => lastName(name) === asked && /^(function|method)$/.test(kind) && !scopes.has(name));
      if (maker !== undefined && puts(after, maker.name)) {
        if (isHere(maker.range)) return maker.range;
        if (isHere(call.range)) return call.range;
      }
    }
  }
  return undefined;
}

/** A function that puts a text together. */
function puts(facts: SourceFacts, name: string): boolean {
  const place = facts.scopes.find((scope) => scope.name === name);
  if (place === undefined) return false;
  return codeLines(facts).some(
    ({ line, text }) =>
      place.startLine <= line && line <= place.endLine && /^(\+|`.*|[fF]["'].*|format!?|Sprintf|join|concat|formatted)$/.test(text),
  );
}

const codeLines = keepOf((facts: SourceFacts) => facts.tokens);
