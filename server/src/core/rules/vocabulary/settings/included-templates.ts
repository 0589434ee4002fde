import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { successorPlace } from './successors.ts';

/** Templates take in templates; deeper than this none is followed. */
const DEEPEST = 3;

/** More files than this that name a template say that its name is a common word. */
const MOST_FILES = 12;

/** A place of a manifest that takes in a named template: `{{- include "depot.probes" . | nindent 10 }}`. */
interface Include {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
  readonly resource: string;
  /** Path of the map whose keys the template gives. */
  readonly path: readonly string[];
}

/**
 * What the named templates of the tree give where the new side of a chart's manifest takes them in, as if it stood there: with
 * the path and the resource of that place and the range of the line that takes it in. What no file of the tree defines gives
 * nothing.
 */
export function includedSettings(input: RuleInput): readonly Setting[] {
  const known = settingsBy.get(input);
  if (known !== undefined) return known;
  const found = input.after === undefined ? [] : expand(input, input.path, input.after, 0);
  settingsBy.set(input, found);
  return found;
}

const settingsBy = new WeakMap<RuleInput, readonly Setting[]>();

/** The setting of an included template that stands for one that is gone from the manifest itself. */
export function includedFor(input: RuleInput, setting: Pick<Setting, 'path' | 'resource'>): Setting | undefined {
  const settings = includedSettings(input);
  const place = settings.length === 0 ? undefined : successorPlace(input, setting);
  return place === undefined
    ? undefined
    : settings.find(({ path, resource }) => resource === place.resource && path.join('\u0000') === place.path.join('\u0000'));
}

/**
 * The texts that a named template may give for the value of a setting, `image: {{ include "depot.image" . }}`, each with `_` for
 * what is put in at the rendering: `_:_`. Empty where the value is no such thing, or where no file of the tree defines it.
 */
export function includedTexts(input: RuleInput, setting: Setting): readonly string[] {
  const line = linesAt(input, input.path)[setting.range.start.line - 1] ?? '';
  const name = /:\s*["']?\{\{-?\s*(?:include|template)\s+"([^"]+)"/.exec(line)?.[1];
  return name === undefined ? [] : textsOf(input, name, 0);
}

function textsOf(input: RuleInput, name: string, depth: number): readonly string[] {
  const bodies = filesDefining(input, name).map((path) => bodyOf(linesAt(input, path), name));
  return bodies.flatMap((body) =>
    body.flatMap((line): readonly string[] => {
      const text = line.trim();
      if (text === '' || STEERS.test(text)) return [];
      const inner = /^\{\{-?\s*(?:include|template)\s+"([^"]+)"[^{}]*\}\}$/.exec(text)?.[1];
      if (inner !== undefined && depth < DEEPEST) return textsOf(input, inner, depth + 1);
      return [
        text
          .replace(/\{\{-?\s*printf\s+"([^"]*)"[^{}]*\}\}/g, '$1')
          .replace(/\{\{[^{}]*\}\}|%[svdq]/g, '_')
          .replace(/^["']|["']$/g, ''),
      ];
    }),
  );
}

const STEERS = /^\{\{-?\s*(?:if|else|end|range|with|\/\*|\$\w+\s*:?=)/;

/** The lines of a named template, to the next one or the end of the file. */
function bodyOf(lines: readonly string[], name: string): readonly string[] {
  const start = lines.findIndex((line) => nameDefined(line) === name);
  const rest = start < 0 ? [] : lines.slice(start + 1);
  const end = rest.findIndex((line) => nameDefined(line) !== undefined);
  return end < 0 ? rest : rest.slice(0, end);
}

function nameDefined(line: string): string | undefined {
  return /^\s*\{\{-?\s*define\s+"([^"]+)"/.exec(line)?.[1];
}

function expand(input: RuleInput, path: RepoPath, facts: SourceFacts, depth: number): readonly Setting[] {
  if (depth >= DEEPEST || !/(^|\/)templates\//.test(path)) return [];
  const lines = linesAt(input, path);
  return includesOf(lines, facts).flatMap((include) => {
    const range = {
      start: { line: include.line, character: 0 },
      end: { line: include.line, character: lines[include.line - 1]?.length ?? 0 },
    };
    return filesDefining(input, include.name).flatMap((file) => {
      const defining = input.factsAt('after', file);
      if (defining === undefined) return [];
      const given = [...defining.settings, ...expand(input, file, defining, depth + 1)].filter(
        (setting) => setting.path[0] === include.name,
      );
      return given
        .filter((setting) => setting.path.length > 1)
        .map((setting) => ({ ...setting, resource: include.resource, path: [...include.path, ...setting.path.slice(1)], range }));
    });
  });
}

/** Lines that take in a template and nothing else, each with the map that it stands in. */
function includesOf(lines: readonly string[], facts: SourceFacts): readonly Include[] {
  return lines.flatMap((text, at) => {
    const [, space = '', name] = /^(\s*)\{\{-?\s*(?:tpl\s+\()?(?:include|template)\s+"([^"]+)"[^{}]*\}\}\s*$/.exec(text) ?? [];
    if (name === undefined) return [];
    const column = Number(/\|\s*n?indent\s+(\d+)/.exec(text)?.[1] ?? space.length);
    const place = placeAt(lines, facts, at, column);
    return place === undefined ? [] : [{ name, line: at + 1, ...place }];
  });
}

/** The map whose keys stand at a column: that of the nearest key above at this column, or the value of the nearest one before it. */
function placeAt(
  lines: readonly string[],
  facts: SourceFacts,
  from: number,
  column: number,
): Pick<Include, 'resource' | 'path'> | undefined {
  for (let at = from - 1; at >= 0; at -= 1) {
    const text = lines[at] ?? '';
    const defined = nameDefined(text);
    if (defined !== undefined) return { resource: '', path: [defined] };
    const [, space = '', dashes = '', key] = /^(\s*)((?:- +)*)["']?([\w./-]+)["']?:(?:\s|$)/.exec(text) ?? [];
    const own = space.length + dashes.length;
    if (key === undefined || own > column) continue;
    const setting = facts.settings.find(({ path, range }) => range.start.line === at + 1 && path.at(-1) === key);
    if (setting === undefined) return undefined;
    return { resource: setting.resource, path: own === column ? setting.path.slice(0, -1) : setting.path };
  }
  return undefined;
}

/** Files of the tree after that define a named template. */
function filesDefining(input: RuleInput, name: string): readonly RepoPath[] {
  const [word = ''] = name.split(/\W+/).sort((one, other) => other.length - one.length);
  const files = word === '' ? [] : input.trees.after.mentioning(word, ['.tpl', '.yaml', '.yml']);
  const found = files.filter((path) => /(^|\/)templates\//.test(path));
  return found.length > MOST_FILES * 4
    ? []
    : found.filter((path) => linesAt(input, path).some((line) => nameDefined(line) === name)).slice(0, MOST_FILES);
}

function linesAt(input: RuleInput, path: RepoPath): readonly string[] {
  const content = input.trees.after.read(path);
  return content?.kind === 'text' ? content.text.split('\n') : [];
}
