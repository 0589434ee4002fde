import type { RepoPath, Tree } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { closingFrom } from '../code/argument-text.ts';
import { isWider } from './types.ts';

/** Types deeper than this in one another, and longer than this, are not looked into. */
const DEEPEST = 8;
const LONGEST = 4_000;

interface Field {
  readonly type: string;
  readonly optional: boolean;
}

/** Where names of types are looked up. */
interface Place {
  readonly tree: Tree;
  readonly path: RepoPath;
}

/**
 * TypeScript: true where whoever gave the old type gives what the new one takes, by what the two hold and not by their names: an
 * object type that was given a name, `{ id: string }` and `interface Props { id: string }`, in this file or one that it imports.
 */
export function fitsByShape({ trees, path, before }: RuleInput, old: string, now: string): boolean {
  if (before?.language !== 'typescript' || !/\.[cm]?tsx?$/.test(path)) return false;
  return fits(old, { tree: trees.before, path }, now, { tree: trees.after, path }, 0);
}

function fits(given: string, from: Place, taken: string, to: Place, depth: number): boolean {
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
function resolve(type: string, place: Place, depth: number): { readonly type: string; readonly place: Place } | undefined {
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
  const head = new RegExp(`\\bconst ${quoted(name)}\\b[^=\\n]{0,80}= ?\\[`).exec(text);
  if (head === null) return undefined;
  const open = head.index + head[0].length;
  const list = text.slice(open, closingFrom(text, open) ?? open);
  const literals = list.match(/'[^'\n]*'|"[^"\n]*"/g) ?? [];
  return literals.length > 0 && /^[\s,[\]]*$/.test(list.replace(/'[^'\n]*'|"[^"\n]*"/g, '')) ? literals.join(' | ') : undefined;
}

/** What a type is declared as, in a file or in the one that it imports it from. */
function declared(name: string, { tree, path }: Place): { readonly type: string; readonly place: Place } | undefined {
  const text = textOf(tree, path);
  const own = declarationIn(text, name);
  if (own !== undefined) return { type: own, place: { tree, path } };
  for (const [, names = '', from = ''] of text.matchAll(
    /\bimport\s+(?:type\s+)?(?:[\w$]+,\s*)?\{([^{}]*)\}\s*from\s*['"](\.[^'"]*)['"]/g,
  )) {
    if (!names.split(',').some((part) => part.trim().replace(/^type\s+/, '') === name)) continue;
    for (const file of filesOf(path, from)) {
      const other = declarationIn(textOf(tree, file), name);
      if (other !== undefined) return { type: other, place: { tree, path: file } };
    }
  }
  return undefined;
}

/** An interface as the object type that it is, with `&` what it extends; a type alias as it stands. Generic ones are left alone. */
function declarationIn(text: string, name: string): string | undefined {
  const word = quoted(name);
  const face = new RegExp(`\\binterface ${word}(?: extends ([\\w$, ]+))? ?\\{`).exec(text);
  if (face !== null) {
    const open = face.index + face[0].length;
    const close = closingFrom(text, open);
    const bases = (face[1] ?? '').split(',').map((base) => base.trim());
    return close === undefined ? undefined : [`{${text.slice(open, close)}}`, ...bases.filter((base) => base !== '')].join(' & ');
  }
  const alias = new RegExp(`\\btype ${word} =`).exec(text);
  if (alias === null) return undefined;
  const from = alias.index + alias[0].length;
  const rest = text.slice(from, from + LONGEST);
  let depth = 0;
  for (const [at, character] of [...rest].entries()) {
    if (/[([{<]/.test(character)) depth += 1;
    if (/[)\]}]/.test(character) || (character === '>' && rest[at - 1] !== '=')) depth -= 1;
    if (
      depth === 0 &&
      (character === ';' || (character === '\n' && !/^\s*[|&]/.test(rest.slice(at + 1)) && rest.slice(0, at).trim() !== ''))
    )
      return rest.slice(0, at).trim();
  }
  return undefined;
}

function filesOf(path: RepoPath, from: string): readonly RepoPath[] {
  const parts = path.split('/').slice(0, -1);
  for (const part of from.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  const base = parts.join('/').replace(/\.[cm]?[jt]sx?$/, '');
  // Joined of a path of this tree and an import's own parts: a path, or one that no file has.
  return ['.ts', '.tsx', '.d.ts', '/index.ts'].map((end) => `${base}${end}` as RepoPath);
}

function textOf(tree: Tree, path: RepoPath): string {
  const content = tree.read(path);
  return content?.kind === 'text' ? withoutRemarks(content.text) : '';
}

function withoutRemarks(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('/*'); at >= 0; at = text.indexOf('/*', from)) {
    const end = text.indexOf('*/', at + 2);
    parts.push(text.slice(from, at));
    from = end < 0 ? text.length : end + 2;
  }
  return [...parts, text.slice(from)].join('').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}

/** The fields of an object type, or of several joined by `&`; undefined where any part of it is something else. */
function fieldsOf(type: string, place: Place, depth: number): ReadonlyMap<string, Field> | undefined {
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

function quoted(name: string): string {
  return name.replace(/[$]/g, '\\$&');
}
