import type { RuleInput } from '../../define.ts';
import { closingFrom } from '../code/argument-text.ts';
import { escaped } from '../code/literal-patterns.ts';
import { declared, type Place, textOf } from './type-declarations.ts';
import { isWider } from './types.ts';

/** Types deeper than this in one another, and longer than this, are not looked into. */
const DEEPEST = 8;
const LONGEST = 4_000;

export interface Field {
  readonly type: string;
  readonly optional: boolean;
}

/**
 * TypeScript: true where whoever gave the old type gives what the new one takes, by what the two hold and not by their names: an
 * object type that was given a name, `{ id: string }` and `interface Props { id: string }`, in this file or one that it imports.
 */
export function fitsByShape({ trees, path, before }: RuleInput, old: string, now: string): boolean {
  if (before?.language !== 'typescript' || !/\.[cm]?tsx?$/.test(path)) return false;
  const [was, is] = withoutShared(old, now);
  return fits(was, { tree: trees.before, path }, is, { tree: trees.after, path }, 0);
}

/** `Shared<T> & { size?: Size }` without what both types have alike: nobody must know what that holds. */
export function withoutShared(old: string, now: string): readonly [string, string] {
  const [parts, others] = [splitTop(old, '&'), splitTop(now, '&')];
  const own = (some: readonly string[], rest: readonly string[]): string => {
    const left = some.filter((part) => !rest.includes(part));
    return left.length === 0 ? '{}' : left.join(' & ');
  };
  return parts.some((part) => others.includes(part)) ? [own(parts, others), own(others, parts)] : [old, now];
}

/** Whether a value of one type, read where it is written, is one of another. */
export function fits(given: string, from: Place, taken: string, to: Place, depth: number): boolean {
  if (depth > DEEPEST || given.length > LONGEST || taken.length > LONGEST) return false;
  const [old, now] = [resolve(given, from, 0), resolve(taken, to, 0)];
  if (old === undefined || now === undefined) return false;
  const [source, target] = [old.type, now.type];
  const [members, choices] = [membersOf(source), membersOf(target)];
  if (members.length > 1 || choices.length > 1)
    return members.every((member) => choices.some((choice) => fits(member, old.place, choice, now.place, depth + 1)));
  const [one, other] = [functionOf(source), functionOf(target)];
  if (one !== undefined && other !== undefined) {
    // Whoever gave a function took what it was handed: it is handed that still.
    return (
      (other.result === 'void' || fits(one.result, old.place, other.result, now.place, depth + 1)) &&
      one.parameters.every((parameter, at) => {
        const handed = other.parameters[at];
        if (handed === undefined) return parameter.optional;
        return (parameter.optional || !handed.optional) && fits(handed.type, now.place, parameter.type, old.place, depth + 1);
      })
    );
  }
  if (one !== undefined || other !== undefined) return false;
  const [item, element] = [itemOf(source), itemOf(target)];
  if (item !== undefined && element !== undefined) return fits(item, old.place, element, now.place, depth + 1);
  const [fields, wanted] = [fieldsOf(source, old.place, 0), fieldsOf(target, now.place, 0)];
  if (fields === undefined || wanted === undefined) return fields === undefined && wanted === undefined && isWider(source, target);
  return (
    [...fields.keys()].every((name) => wanted.has(name)) &&
    [...wanted].every(([name, field]) => {
      const was = fields.get(name);
      if (was === undefined) return field.optional;
      return (field.optional || !was.optional) && fits(was.type, old.place, field.type, now.place, depth + 1);
    })
  );
}

/** A type without brackets around it, and what a name stands for; undefined where a name that may mean anything stands for it. */
export function resolve(type: string, place: Place, depth: number): { readonly type: string; readonly place: Place } | undefined {
  const bare = unwrap(type);
  if (depth > DEEPEST) return undefined;
  const inside = /^(?:Readonly|NonNullable)<(.*)>$/s.exec(bare)?.[1];
  if (inside !== undefined && closingAngle(inside)) return resolve(inside, place, depth + 1);
  const listed = literalsOf(bare, place);
  if (listed !== undefined) return { type: listed, place };
  if (!/^[A-Z][\w$]*$/.test(bare)) return { type: bare, place };
  const found = declared(bare, place);
  return found === undefined ? { type: bare, place } : resolve(found.type, found.place, depth + 1);
}

/** `(typeof REGIONS)[number][0]`: what it may be of a constant list that holds nothing but texts. */
function literalsOf(type: string, { tree, path }: Place): string | undefined {
  const name = /^\(?typeof ([A-Za-z_$][\w$]*)\)?(?:\[(?:number|\d+)\])+$/.exec(type)?.[1];
  if (name === undefined) return undefined;
  const text = textOf(tree, path);
  const head = new RegExp(`\\bconst ${escaped(name)}\\b[^=\\n]{0,80}= ?\\[`).exec(text);
  if (head === null) return undefined;
  const open = head.index + head[0].length;
  const list = text.slice(open, closingFrom(text, open) ?? open);
  const literals = list.match(/'[^'\n]*'|"[^"\n]*"/g) ?? [];
  return literals.length > 0 && /^[\s,[\]]*$/.test(list.replace(/'[^'\n]*'|"[^"\n]*"/g, '')) ? literals.join(' | ') : undefined;
}

/** The fields of an object type, or of several joined by `&`; undefined where any part of it is something else. */
export function fieldsOf(type: string, place: Place, depth: number): ReadonlyMap<string, Field> | undefined {
  if (depth > DEEPEST) return undefined;
  const parts = splitTop(type, '&');
  if (parts.length > 1) {
    const all = new Map<string, Field>();
    for (const part of parts) {
      const found = resolve(part, place, 0);
      const fields = found === undefined ? undefined : fieldsOf(found.type, found.place, depth + 1);
      if (fields === undefined) return undefined;
      for (const [name, field] of fields) all.set(name, field);
    }
    return all;
  }
  if (!type.startsWith('{') || !type.endsWith('}')) return undefined;
  const fields = new Map<string, Field>();
  for (const part of splitTop(type.slice(1, -1), ';')
    .flatMap((piece) => splitTop(piece, ','))
    .flatMap((piece) => splitTop(piece, '\n'))) {
    const match = /^(?:readonly\s+)?['"]?([A-Za-z_$][\w$-]*)['"]?(\?)?\s*(:|\()([\s\S]*)$/.exec(part);
    if (match === null) return undefined;
    const [, name = '', optional, mark, rest = ''] = match;
    fields.set(name, { type: mark === ':' ? rest.trim() : asFunction(`(${rest}`), optional: optional === '?' });
  }
  return fields;
}

/** `(tide: Tide): void` as `(tide: Tide) => void`. */
function asFunction(method: string): string {
  const close = closingFrom(method, 1) ?? method.length;
  return `${method.slice(0, close + 1)} => ${
    method
      .slice(close + 1)
      .replace(/^\s*:/, '')
      .trim() || 'void'
  }`;
}

function functionOf(type: string): { readonly parameters: readonly Field[]; readonly result: string } | undefined {
  if (!type.startsWith('(')) return undefined;
  const close = closingFrom(type, 1);
  const result = close === undefined ? undefined : /^\s*=>([\s\S]*)$/.exec(type.slice(close + 1))?.[1];
  if (close === undefined || result === undefined) return undefined;
  const parameters = splitTop(type.slice(1, close), ',').map((part) => {
    const [, optional, own = ''] = /^[\w$]+(\?)?\s*:([\s\S]*)$/.exec(part) ?? [];
    return { type: own.trim(), optional: optional === '?' };
  });
  return { parameters, result: result.trim() };
}

function itemOf(type: string): string | undefined {
  const [, inside] = /^(?:Readonly)?Array<([\s\S]*)>$/.exec(type) ?? [];
  if (inside !== undefined) return inside;
  return type.endsWith('[]') ? type.slice(0, -2).replace(/^readonly\s+/, '') : undefined;
}

function membersOf(type: string): readonly string[] {
  return functionOf(type) === undefined ? splitTop(type, '|') : [type];
}

/** Cuts a type at a mark outside of all brackets, angles among them; pieces are trimmed, empty ones left out. */
function splitTop(type: string, mark: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const [at, character] of [...type].entries()) {
    if (/[([{<]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character) || (character === '>' && type[at - 1] !== '=')) depth -= 1;
    if (depth === 0 && character === mark) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((piece) => piece.trim()).filter((piece) => piece !== '');
}

function unwrap(type: string): string {
  const bare = type.trim();
  return bare.startsWith('(') && closingFrom(bare, 1) === bare.length - 1 ? unwrap(bare.slice(1, -1)) : bare;
}

/** The angle that was opened in front of this text is closed behind it, and not within. */
function closingAngle(inside: string): boolean {
  return splitTop(inside, '>').length === 1;
}
