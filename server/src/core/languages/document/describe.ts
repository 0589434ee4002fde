import type { RepoPath } from '../../model/tree.ts';
import { collapse, type FactsDraft, includeFacts } from '../facts-draft.ts';
import type { Embed } from '../language.ts';
import type { LineIndex } from '../positions.ts';
import { commandsInLists, isAnsibleShell, isSqlArgument, neutraliseTemplates } from './argument-lists.ts';
import { neutraliseExpressions } from './expressions.ts';
import { flatten, type Leaf } from './flatten.ts';
import type { DocumentNode } from './node.ts';
import { isPipeline, type Part, splitParts } from './parts.ts';
import { isPlatformCommand } from './platform-commands.ts';
import { documentTokens } from './tokens.ts';

export interface DocumentSource {
  readonly path: RepoPath;
  readonly lines: LineIndex;
  readonly embed: Embed;
  readonly draft: FactsDraft;
}

/** Adds settings, resources, scopes, tokens and embedded shell of one document to the draft. */
export function describeDocument(root: DocumentNode, source: DocumentSource): void {
  const parts = splitParts(root, source.path);
  const own = new Set(parts.map((part) => part.node));
  for (const token of documentTokens(root, source.lines)) source.draft.tokens.push(token);
  for (const part of parts) describePart(part, own, source);
}

/** Adds one part. `parts` are the nodes of all parts: what belongs to another one is none of this one's. */
export function describePart(part: Part, parts: ReadonlySet<DocumentNode>, source: DocumentSource): void {
  const { lines, draft } = source;
  const { resource, scope } = part;
  if (resource !== undefined) {
    draft.resources.push({
      type: resource.type,
      name: resource.name,
      key: resource.key,
      range: lines.rangeOf(resource.start, resource.end),
      scope,
    });
    draft.scopes.push({ name: scope, startLine: lines.lineAt(part.start), endLine: lines.lineAt(Math.max(part.start, part.node.end - 1)) });
  }
  const leaves: Leaf[] = [];
  const whole = flatten(part.node, part.start, parts, (leaf) => leaves.push(leaf));
  // Large files of data are common in JSON; in YAML they are a place to hide a step behind.
  if (!whole)
    draft.blindSpots.push({ reason: draft.language === 'yaml' ? 'too-complex' : 'parse-error', detail: 'more settings than are read' });
  for (const leaf of leaves) {
    const range = lines.rangeOf(leaf.start, leaf.end);
    const key = `${resource?.key ?? ''} ${leaf.identity.join('/')} = ${typeof leaf.value === 'string' ? collapse(leaf.value) : String(leaf.value)}`;
    const origin = leaf.node?.origin;
    const own = origin === undefined ? {} : { origin: lines.rangeOf(origin.start, origin.end) };
    draft.settings.push({ path: leaf.path, value: leaf.value, resource: resource?.key ?? '', range, key, scope, ...own });
  }
  embedShell(
    leaves.filter((leaf) => !leaf.holds),
    scope,
    source,
  );
}

/** Keys of pipelines whose strings are shell. */
const SCRIPT_KEYS = /^(run|script|before_script|after_script|install|before_install|commands?|bash|cmds|build)$/;

/** Lists of commands that cloud-init runs, at the top of its file. */
const CLOUD_INIT = /^(runcmd|bootcmd|early-commands|late-commands)$/;

function embedShell(leaves: readonly Leaf[], scope: string, { path, draft, embed }: DocumentSource): void {
  for (const group of groupScripts(leaves, path)) {
    const text = group.flatMap((leaf) => leaf.node?.lines?.() ?? []);
    if (text.length > 0) includeFacts(draft, embed('shell', neutraliseExpressions(text), scope));
  }
  for (const lines of commandsInLists(leaves)) includeFacts(draft, embed('shell', lines, scope));
  for (const [at, leaf] of leaves.entries()) {
    const lines = leaf.node?.lines?.() ?? [];
    if (lines.length > 0 && isSqlArgument(leaves, at)) includeFacts(draft, embed('sql', lines, scope));
    else if (lines.length > 0 && isAnsibleShell(leaf, path)) includeFacts(draft, embed('shell', neutraliseTemplates(lines), scope));
  }
}

/** The lines of one list of a script share their variables, so they are one script. */
function groupScripts(leaves: readonly Leaf[], path: RepoPath): readonly (readonly Leaf[])[] {
  const inPipeline = isPipeline(path);
  const shells = inPipeline ? shellsOfSteps(leaves) : new Map<string, string>();
  const groups = new Map<string, Leaf[]>();
  for (const [at, leaf] of leaves.entries()) {
    if (typeof leaf.value !== 'string' || leaf.node?.lines === undefined) continue;
    const key = leaf.path.at(-1) ?? '';
    const listKey = leaf.path.at(-2) ?? '';
    const isScript =
      (inPipeline && (SCRIPT_KEYS.test(key) || (/^\d+$/.test(key) && SCRIPT_KEYS.test(listKey))) && !hasOtherShell(leaf, shells)) ||
      (leaf.path.length === 2 && CLOUD_INIT.test(listKey)) ||
      isPlatformCommand(leaf.path, path);
    if (isScript) {
      const name = /^\d+$/.test(key) ? leaf.identity.join('/') : leaf.path.join('/');
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [leaf]);
      else group.push(leaf);
    } else if (isShellArgument(leaves, at) || isShellLine(leaf.path, leaf.value, path))
      groups.set(`${leaf.path.join('/')} argument`, [leaf]);
  }
  return [...groups.values()];
}

/** `shell: python` and its like in the same step. */
function hasOtherShell(leaf: Leaf, shells: ReadonlyMap<string, string>): boolean {
  const shell = shells.get(stepOf(leaf));
  return shell !== undefined && !/^(ba|z|da)?sh\b/.test(shell);
}

/** The first shell that each step names. */
function shellsOfSteps(leaves: readonly Leaf[]): ReadonlyMap<string, string> {
  const shells = new Map<string, string>();
  for (const leaf of leaves) if (leaf.path.at(-1) === 'shell' && !shells.has(stepOf(leaf))) shells.set(stepOf(leaf), String(leaf.value));
  return shells;
}

function stepOf({ path }: Leaf): string {
  return path.slice(0, -1).join('/');
}

/** Compose takes a command as one string as well: `command: sh -c "…"`, `entrypoint: alembic upgrade head`. */
function isShellLine(keys: readonly string[], value: string, path: RepoPath): boolean {
  return /compose[^/]*\.ya?ml$/.test(path) && /^(command|entrypoint)$/.test(keys.at(-1) ?? '') && /^[\w./-]+ \S/.test(value);
}

/** The script in `["sh", "-c", "…"]`, also where a `command` and its `args` share it. */
function isShellArgument(leaves: readonly Leaf[], at: number): boolean {
  const option = leaves[at - 1];
  const shell = leaves[at - 2];
  if (option === undefined || shell === undefined || !/^-\w*c$/.test(String(option.value))) return false;
  return /(^|\/)(ba|z|da|k)?sh$/.test(String(shell.value)) || /(^|\/)(ba|z|da|k)?sh$/.test(String(leaves[at - 3]?.value ?? ''));
}
