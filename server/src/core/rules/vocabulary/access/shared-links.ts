import type { Call, Command, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { clipToHunk } from '../../hunk-range.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** A signed link to a store that lets its holder reach or do more than before. */
export interface WiderLink {
  readonly range: Range;
  /** What it is of, or what it lets its holder do: `a whole container`, `write, delete`. */
  readonly gained: string;
}

/** What a link is of, and which rights to change something it gives. */
interface Link {
  readonly range: Range;
  readonly reach?: number;
  readonly rights?: readonly string[];
}

/**
 * Signed links (Azure's shared access signatures) of a container or an account where a blob was signed, and such with the right to
 * write or delete where there was the right to read: in Python, TypeScript, Java and `az storage … generate-sas`. Compared
 * by function; a function that signed nothing before is new work.
 */
export function* widerLinks(input: RuleInput): Generator<WiderLink> {
  const { added, before } = input;
  if (before === undefined) return;
  const { start, lines } = input.hunk.after;
  const found = [...added.calls.map((call) => ({ scope: call.scope, link: linkOf(call) })), ...ofCommands(added.commands)];
  for (const { scope, link } of found) {
    // A call of several lines says its rights on any of them, and what it is of on its first.
    const last = link?.rights === undefined ? link?.range.start.line : link.range.end.line;
    if (link === undefined || (last ?? 0) < start || link.range.start.line >= start + lines) continue;
    const old = linksIn(input, before, scope);
    const rights = new Set(old.flatMap((other) => other.rights ?? []));
    const more = (link.rights ?? []).filter((right) => !rights.has(right));
    const reaches = old.flatMap(({ reach }) => (reach === undefined ? [] : [reach]));
    if (more.length > 0 && old.some((other) => other.rights !== undefined))
      yield { range: clipToHunk(input, 'after', link.range), gained: more.join(', ') };
    else if (link.reach !== undefined && reaches.length > 0 && reaches.every((reach) => reach < (link.reach ?? 0)))
      yield { range: link.range, gained: OF[link.reach] ?? '' };
  }
}

const OF = ['one file', 'a whole container', 'the whole account'];

/** Links that the same function signed before; those of commands are the whole file's. */
function linksIn(input: RuleInput, before: SourceFacts, scope: string | undefined): readonly Link[] {
  if (scope === undefined) return ofCommands(before.commands).map(({ link }) => link);
  return before.calls.flatMap((call) => {
    const link = counterpartScope(input, call.scope) === scope ? linkOf(call) : undefined;
    return link === undefined ? [] : [link];
  });
}

const REACHES: readonly RegExp[] = [
  /\bgenerate (?:blob|file) sas\b/,
  /\bgenerate (?:container|share|directory|file system|queue|table) sas\b/,
  /\bgenerate account sas\b/,
];

function linkOf(call: Call): Link | undefined {
  const { callee, args, range } = call;
  const name = words(lastName(callee));
  const reach = REACHES.findIndex((pattern) => pattern.test(name));
  if (reach >= 0 && !/query/.test(name)) return { range, reach };
  if (!/sas_?permissions?\b/i.test(callee)) return undefined;
  // Java sets each right on its own.
  const set = /^set (write|delete|create|add)\w* permission$/.exec(name)?.[1];
  if (set !== undefined) return { range, rights: args[0] === 'true' ? [set] : [] };
  return /^(?:\w+ )?sas permissions?$|^parse$|^from string$/.test(name) ? { range, rights: rightsIn(args) } : undefined;
}

const LETTERS: Readonly<Record<string, string>> = { w: 'write', d: 'delete', c: 'create', a: 'add', x: 'delete', y: 'delete' };

/** `BlobSASPermissions.parse('rw')` says letters, `BlobSasPermissions(read=True, write=True)` names. */
function rightsIn(args: readonly string[]): readonly string[] {
  const letters = /^['"`]([a-z]{1,16})['"`]$/.exec(args[0] ?? '')?.[1];
  if (letters !== undefined) return ofLetters(letters);
  return args.flatMap((argument) => /^(write|delete|create|add) ?[=:] ?true$/i.exec(argument)?.[1] ?? []);
}

function ofLetters(letters: string): readonly string[] {
  return [...new Set([...letters].flatMap((letter) => LETTERS[letter] ?? []))];
}

/** `az storage container generate-sas --permissions rwdl`. */
function ofCommands(commands: readonly Command[]): readonly { readonly scope: undefined; readonly link: Link }[] {
  return commands.flatMap((command) => {
    const texts = command.words.map(({ text }) => text);
    if (command.name !== 'az' || texts[1] !== 'storage' || !texts.includes('generate-sas')) return [];
    const at = texts.findIndex((text) => text.startsWith('--permissions'));
    const letters = at < 0 ? '' : (/=(\w+)$/.exec(texts[at] ?? '')?.[1] ?? texts[at + 1] ?? '');
    const reach = texts[2] === 'account' ? 2 : /^(?:blob|file)$/.test(texts[2] ?? '') ? 0 : 1;
    return [{ scope: undefined, link: { range: command.range, reach, rights: ofLetters(letters) } }];
  });
}
