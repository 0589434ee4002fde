import { type SyntaxNode, walkSyntax } from '../languages/tree-sitter.ts';
import type { Span } from './find-piece.ts';
import { CALL, COMMENT, isMember, NAME, NUMBER, RECKONED, TEXT } from './node-kinds.ts';

/**
 * How much of a piece stands for anything: whatever the same mistake may be made with (another receiver, more arguments, another
 * function of the module that takes the setting); names and texts, and arguments beside the setting that matters; names and texts;
 * names alone; nothing.
 */
export const LEVELS = ['same-mistake', 'arguments-too', 'names-and-texts', 'names', 'nothing'] as const;
export type Level = (typeof LEVELS)[number];

/** A piece with its metavariables, and what must hold of some of them. */
export interface Written {
  readonly shown: string;
  readonly constraints: Readonly<Record<string, unknown>>;
}

/** Nodes whose own name says what they are: a decorator, an attribute or a block of Terraform. */
const NAMING = /^(decorator|annotation|marker_annotation|attribute_item|attribute|block)$/;
const EXPANSION = /^(simple_expansion|expansion|command_substitution)$/;
/** A value that is put into a text. */
const PUT_IN = /^(interpolation|template_substitution|template_interpolation)$/;
const ARGUMENTS = /^(arguments|argument_list|object|dictionary)$/;
const SETTING = /^(keyword_argument|pair)$/;
/** Fields under which a name says what something is, and not which one. */
const KEPT_FIELDS: readonly string[] = ['property', 'attribute', 'key', 'field', 'label', 'type', 'macro'];
const KEPT_NAMES: readonly string[] = ['self', 'cls', 'this', 'super', 'None', 'nil', 'null', 'undefined', 'true', 'false', 'err'];
const METAVARIABLES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const METAVARIABLE = /\$[A-Z$]/;

/** What is known of the file around a piece. */
export interface Around {
  readonly locals: ReadonlySet<string>;
  readonly changed: Span | undefined;
  /** What the other side of the hunk has in its place: a call that stands there too differs by its arguments. */
  readonly other: string;
  /** True where any arguments of the call itself will do. */
  readonly isOpen?: boolean;
}

/**
 * Writes a piece as a pattern. Kept are names of callees, keys, types and flags; what a condition asks; constants (`MAX_TOTAL`,
 * `time.Second`); `true`, `false`, `null`, 0 and 1, which are what a setting is about; and all that changed.
 */
export function writePattern(node: SyntaxNode, text: string, level: Level, around: Around, isAsked = false): Written {
  const { locals, changed, other, isOpen } = around;
  const names = new Map<string, string>();
  const constraints: Record<string, unknown> = {};
  const sourceOf = (one: SyntaxNode): string => text.slice(one.start, one.end);
  const isChanged = (one: SyntaxNode): boolean => changed !== undefined && one.start < changed.end && changed.start < one.end;
  const meta = (one: SyntaxNode): string => {
    const source = sourceOf(one);
    const letter = names.get(source) ?? METAVARIABLES[names.size];
    if (letter === undefined) return source;
    names.set(source, letter);
    const put = putInto(one, source);
    if (put !== undefined) constraints[letter] = put;
    return `$${letter}`;
  };
  const isWide = level === 'same-mistake';
  const own = isWide ? ownCall(node, text) : undefined;
  const isSetInside = own?.setting !== undefined && changed !== undefined && own.list.start <= changed.start && changed.end <= own.list.end;
  const write = (one: SyntaxNode, place: Place): string => {
    if (isWhole(one, place)) return meta(one);
    if (own?.setting !== undefined && one === own.callee) {
      // `verify=False` was put into a call: the mistake is the setting, whatever is called.
      if (isSetInside) return meta(one);
      const [module, name] = [one.children[0], one.children.at(-1)];
      if (isMember(one) && module !== undefined && name !== undefined && NAME.test(module.type) && !locals.has(sourceOf(module)))
        return `${text.slice(one.start, name.start)}${meta(name)}`;
    }
    if (one.children.length === 0) return sourceOf(one);
    if (own?.list === one && isOpen === true) return '($$$)';
    if (own?.list === one && (own.setting !== undefined || !other.includes(`${sourceOf(own.callee)}(`))) return openOwn(one, place);
    if (place.callee === 0 && isMember(one) && CONSTANT_MEMBER.test(sourceOf(one))) return sourceOf(one);
    if ((isWide || level === 'arguments-too') && ARGUMENTS.test(one.type)) {
      const open = openArguments(one, place);
      if (open !== undefined) return open;
    }
    let out = '';
    let at = one.start;
    const words = one.type === 'command' ? leadingWords(one, sourceOf) : [];
    for (const [index, child] of one.children.entries()) {
      const isKept = COMMENT.test(child.type) || words.includes(child) || (one.type === 'keyed_element' && index === 0);
      out += text.slice(at, child.start);
      if (!COMMENT.test(child.type)) out += isKept ? sourceOf(child) : write(child, placeOf(one, child, index, place));
      at = child.end;
    }
    return out + text.slice(at, one.end);
  };
  /** `$$$, verify=False, $$$`: the settings that say something by themselves, among others. */
  const openArguments = (list: SyntaxNode, place: Place): string | undefined => {
    const parts = list.children.filter((child) => child.named && !COMMENT.test(child.type));
    const written = parts.map((part) => write(part, { ...place, callee: 0 }));
    const isKept = parts.map((part, index) => isChanged(part) || (SETTING.test(part.type) && !METAVARIABLE.test(written[index] ?? '')));
    if (!isKept.includes(true) || !isKept.includes(false)) return undefined;
    const kept = written.filter((_, index) => isKept[index]);
    const [open = '', close = ''] = [text[list.start], text[list.end - 1]];
    const space = open === '{' ? ' ' : '';
    return `${open}${space}$$$, ${kept.join(', $$$, ')}, $$$${space}${close}`;
  };
  /** The arguments of the call that was learned: up to the last that says something, and any more. */
  const openOwn = (list: SyntaxNode, place: Place): string => {
    const open = openArguments(list, place);
    if (open !== undefined) return open;
    const parts = list.children.filter((child) => child.named && !COMMENT.test(child.type));
    if (parts.length === 0) return sourceOf(list);
    const written = parts.map((part) => write(part, { ...place, callee: 0 }));
    if (own?.setting !== undefined) return `($$$, ${written.join(', $$$, ')}, $$$)`;
    const last = written.findLastIndex((part) => !/^\$[A-Z]$/.test(part) || constraints[part.slice(1)] !== undefined);
    return last < 0 ? '($$$)' : `(${[...written.slice(0, last + 1), '$$$'].join(', ')})`;
  };
  const isWhole = (one: SyntaxNode, { callee, isAsked }: Place): boolean => {
    if (level === 'nothing' || one === node || KEPT_FIELDS.includes(one.field)) return false;
    const source = sourceOf(one);
    if (isChanged(one)) return false;
    if (callee > 0) {
      // `deleteMany` says what it does, whoever is asked for it; `clear` does not.
      if (isWide && callee === 2 && isMember(one) && COMPOUND.test(lastName(sourceOf(own?.callee ?? node)))) return true;
      if (isWide && callee > 1 && /^(this|self)$/.test(source)) return true;
      if (callee > 2 && isMember(one)) return /^(this|self)\b/.test(source) || locals.has(/^[\w$]+/.exec(source)?.[0] ?? '');
      return NAME.test(one.type) && locals.has(source) && one.field !== 'name';
    }
    const isGeneral = isWide || level === 'names-and-texts' || level === 'arguments-too';
    if (TEXT.test(one.type) && isTelling(source)) return false;
    if (TEXT.test(one.type) || NUMBER.test(one.type)) return isGeneral && !/^-?[01]$/.test(source);
    if (one.type === 'word') return isGeneral && !source.startsWith('-');
    if (EXPANSION.test(one.type)) return true;
    if (RECKONED.test(one.type))
      return isGeneral && !isAsked && ![...walkSyntax(one)].some(({ type }) => TEXT.test(type) || CALL.test(type));
    if (isMember(one)) return !isAsked && !CONSTANT_MEMBER.test(source);
    return (
      NAME.test(one.type) && !KEPT_NAMES.includes(source) && !isKeyword(one) && !(isAsked && (!locals.has(source) || CONSTANT.test(source)))
    );
  };
  const shown = write(node, { callee: 0, isAsked })
    .replace(/(?<![;,\s])[;,\s]+$/, '')
    .trimStart();
  return { shown, constraints: Object.fromEntries(Object.entries(constraints).filter(([name]) => shown.includes(`$${name}`))) };
}

/** More than one word. */
const COMPOUND = /[a-z][A-Z]|[a-z]_[a-z]/;

function lastName(callee: string): string {
  return /(?<![\w$])[\w$]*$/.exec(callee)?.[0] ?? '';
}

/** A text that is a name or a word of a protocol, and not one thing among many: `Access-Control-Allow-Origin`, `public-read`, `*`. */
function isTelling(source: string): boolean {
  const bare = source.replace(/^["'`]|["'`]$/g, '');
  return /^[^\s/\\$"'`]{1,60}$/.test(bare) && /[A-Z*.-]/.test(bare);
}

/** A value that says something by itself. */
const KEPT_VALUE = /[:=]\s*(?:true|false|none|nil|null|-?[01])$/i;

/** What a call calls, as it stands there, and its arguments; undefined where it has none in brackets. */
export function calledOf(node: SyntaxNode, text: string): { readonly name: string; readonly list: SyntaxNode } | undefined {
  const own = ownCall(node, text);
  return own === undefined ? undefined : { name: text.slice(own.callee.start, own.callee.end), list: own.list };
}

/** Callee and arguments of a piece that is a call, and a setting among these. */
function ownCall(
  node: SyntaxNode,
  text: string,
): { readonly callee: SyntaxNode; readonly list: SyntaxNode; readonly setting: SyntaxNode | undefined } | undefined {
  if (!CALL.test(node.type)) return undefined;
  const callee = node.children.find((child, index) => child.named && isCalleeField(child, index));
  const list = node.children.find((child) => /^(arguments|argument_list)$/.test(child.type));
  if (callee === undefined || list === undefined) return undefined;
  return {
    callee,
    list,
    setting: list.children.find((part) => part.type === 'keyword_argument' && KEPT_VALUE.test(text.slice(part.start, part.end))),
  };
}

/** Where a node stands: how deep in the name of what is called (1 is the name itself), and whether a condition asks it. */
interface Place {
  readonly callee: number;
  readonly isAsked: boolean;
}

const CONSTANT = /^[A-Z][A-Z0-9_]+$/;
/** `time.Second`, `Propagation.NEVER`, `ssl.CERT_NONE`. */
const CONSTANT_MEMBER = /^[\w$]+(?:\.|::)[A-Z]\w*$/;

function placeOf(one: SyntaxNode, child: SyntaxNode, index: number, { callee, isAsked }: Place): Place {
  const isName = NAMING.test(one.type) && (index === 0 || child.field === '');
  const inside = callee > 0 && (isMember(one) || one.type === 'command_name');
  const isCalled = (CALL.test(one.type) && isCalleeField(child, index)) || (isName && callee === 0);
  return { callee: isCalled ? 1 : inside ? callee + 1 : 0, isAsked: isAsked || child.field === 'condition' };
}

/** The part of a call that says what is called; in Java and in a shell the name stands beside its receiver. */
function isCalleeField(child: SyntaxNode, index: number): boolean {
  return ['function', 'object', 'name', 'constructor', 'macro', 'type'].includes(child.field) || (index === 0 && child.field === '');
}

/** `timeout` of `timeout=5` is a name like a key. */
function isKeyword({ field }: SyntaxNode): boolean {
  return field === 'name' || field === 'alias';
}

/** Tools whose second word is a name already: `git push origin`. */
const ONE_WORD = /^(git|npm|pnpm|yarn)$/;

/** `delete namespace` of `kubectl delete namespace "$NS" --force`: what is done, said before anything it is done to. */
function leadingWords({ children }: SyntaxNode, sourceOf: (one: SyntaxNode) => string): readonly SyntaxNode[] {
  const [name, ...rest] = children;
  if (name?.type !== 'command_name') return [];
  const end = rest.findIndex((child) => child.type !== 'word' || !/^[a-z][a-z-]*$/.test(sourceOf(child)));
  return rest.slice(0, Math.min(end < 0 ? rest.length : end, ONE_WORD.test(sourceOf(name)) ? 1 : 3));
}

/** A text that was put together stands for texts that are put together: a fixed one is another thing. */
function putInto(one: SyntaxNode, source: string): unknown {
  if (EXPANSION.test(one.type) || (TEXT.test(one.type) && [...walkSyntax(one)].some(({ type }) => EXPANSION.test(type))))
    return source.includes('$') ? { regex: '[$]' } : undefined;
  const put = TEXT.test(one.type) ? [...walkSyntax(one)].find(({ type }) => PUT_IN.test(type)) : undefined;
  return put === undefined ? undefined : { has: { kind: put.type, stopBy: 'end' } };
}
