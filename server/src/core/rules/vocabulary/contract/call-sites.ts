import type { Parameter } from '../../../model/facts.ts';
import type { Dependent } from '../../../model/radius.ts';
import type { RuleInput } from '../../define.ts';
import { closingFrom, splitSource } from '../code/argument-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { fileAfter } from './contract-callers.ts';

/** A call longer than this is not read. */
const LONGEST = 4_000;

/**
 * True where a place that depends on a function does not break with its parameters: the call was rewritten with the function
 * though its first line was not, it gives what both take alike, or it is no call at all but the name in a string.
 */
export function isCallSafe(
  input: RuleInput,
  dependent: Dependent,
  old: readonly Parameter[],
  now: readonly Parameter[],
  language: string,
): boolean {
  const before = input.trees.before.read(dependent.path);
  const after = fileAfter(input, dependent.path)?.content;
  const [, verb = '', name = ''] = /^(\w+) ([\w$]+)$/.exec(dependent.message) ?? [];
  if (name === '' || before?.kind !== 'text' || after?.kind !== 'text') return false;
  const line = before.text.split('\n')[dependent.line - 1] ?? '';
  // An element without attributes gives nothing, and nothing is taken.
  if (now.length === 0 && new RegExp(`<${escaped(name)}\\s*/?>`).test(line)) return true;
  if (language === 'typescript' && (isHead(line, name) || givesEnough(before.text, dependent.line, name, old, now))) return true;
  if (verb === 'mentions') return isInString(line, name);
  if (verb !== 'calls') return false;
  const call = callFrom(before.text, dependent.line, name);
  if (call === undefined) return false;
  if (!flatten(after.text).includes(flatten(call.text))) return true;
  // Where a compiler counts, a call with more or fewer values was never one of this function.
  if (/^(go|java|rust)$/.test(language) && old.every(({ optional }) => !optional) && call.given.length !== old.length) return true;
  return language === 'python' && fitsBoth(call.given, old, now);
}

/** `charge(amount: number): void {`: another class has a method of that name, which is no call. */
function isHead(line: string, name: string): boolean {
  const head = line.trim();
  const open = head.indexOf(`${name}(`);
  if (open < 0 || !head.endsWith('{') || !/^(?:(?:public|protected|private|static|async|override|abstract) )*$/.test(head.slice(0, open)))
    return false;
  const behind = head.slice(closingFrom(head, open + name.length + 1) ?? head.length, -1).trim();
  return behind === ')' || /^\) ?:[^;{}()]*$/.test(behind);
}

/** A method that takes more than it did, at the end, and a call that gave as much before: what it was called through asked for it. */
function givesEnough(text: string, line: number, name: string, old: readonly Parameter[], now: readonly Parameter[]): boolean {
  const isLonger = old.length < now.length && old.every(({ type }, at) => type === now[at]?.type);
  const given = isLonger ? callFrom(text, line, name)?.given : undefined;
  return (
    given !== undefined &&
    !given.some((argument) => argument.startsWith('...')) &&
    given.length >= now.filter(({ optional }) => !optional).length
  );
}

/** `patch('shop.orders.place')`: the last of a dotted path between quotes. */
function isInString(line: string, name: string): boolean {
  return new RegExp(`(["'])[\\w.]*\\b${escaped(name)}\\1`).test(line);
}

/** The call of a name that begins on a line (1-based), to its closing bracket; undefined where two stand on it or none ends. */
function callFrom(text: string, line: number, name: string): { readonly text: string; readonly given: readonly string[] } | undefined {
  const from = text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0);
  const own = text.slice(from, from + LONGEST);
  const marks = [...(own.split('\n')[0] ?? '').matchAll(/(?<![\w$])([\w$]+)\s*\(/g)].filter((match) => match[1] === name);
  const [mark] = marks;
  if (mark === undefined || marks.length !== 1) return undefined;
  const open = mark.index + mark[0].length;
  const close = closingFrom(own, open);
  if (close === undefined) return undefined;
  return { text: own.slice(mark.index, close + 1), given: splitSource(own.slice(open, close), ',') };
}

/** Every argument finds the parameter that it found before, and no parameter that must be given is left without one. */
function fitsBoth(given: readonly string[], old: readonly Parameter[], now: readonly Parameter[]): boolean {
  if (given.some((argument) => argument.startsWith('*') || argument.includes('#'))) return false;
  const named = given.flatMap((argument) => /^(\w+)\s*=(?!=)/.exec(argument)?.[1] ?? []);
  const places = given.length - named.length;
  const isRest = (parameter: Parameter): boolean => parameter.name.startsWith('*');
  const takesPlace = (list: readonly Parameter[], index: number): string | undefined => {
    const parameter = list[index];
    return parameter === undefined || isRest(parameter) || parameter.named === true ? undefined : parameter.name;
  };
  for (let index = 0; index < places; index += 1) {
    const target = takesPlace(now, index);
    if (target === undefined || target !== takesPlace(old, index)) return false;
  }
  if (named.some((name) => !now.some((parameter) => parameter.name === name || parameter.name.startsWith('**')))) return false;
  return now.every((parameter, index) => parameter.optional || isRest(parameter) || index < places || named.includes(parameter.name));
}

function flatten(text: string): string {
  return text.replace(/\s+/g, '');
}
