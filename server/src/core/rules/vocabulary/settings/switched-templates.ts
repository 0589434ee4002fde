import type { CodeToken, Resource, Setting, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { rangeOfLine } from '../code/code-text.ts';
import { findSetting } from './setting-index.ts';
import { isFalse } from './setting-values.ts';

/** An object of a chart that was always rendered, and now only where a value is set that the chart leaves off. */
export interface SwitchedOff {
  readonly resource: Resource;
  /** Where the template asks for the value. */
  readonly range: Range;
  /** `.Values.disruption.enabled` */
  readonly value: string;
}

const TEMPLATE = /^(.*\/|)templates\/.*\.ya?ml$/;

/** Objects of these kinds that this hunk of a template put behind a value which is off, or not there, in the chart's own values. */
export function switchedOffTemplates(input: RuleInput, kinds: RegExp): readonly SwitchedOff[] {
  const folder = TEMPLATE.exec(input.path)?.[1];
  const { before, after, hunk } = input;
  if (folder === undefined || before === undefined || after === undefined) return [];
  const { start, lines } = hunk.after;
  const fresh = after.tokens.filter(({ line, text }) => line >= start && line < start + lines && ASKS.test(text));
  if (fresh.length === 0) return [];
  return fresh.flatMap((token) => {
    const end = endOf(after.tokens, token);
    const resource = after.resources.find(({ type, range }) => kinds.test(type) && range.start.line > token.line && range.end.line < end);
    const old = before.resources.find(
      ({ type, name }) => type === resource?.type && (name === resource.name || isOnly(before.resources, type)),
    );
    if (resource === undefined || old === undefined || isUnder(before.tokens, old)) return [];
    const off = valuesAsked(token.text).find((value) => isOff(input, folder, value));
    return off === undefined ? [] : [{ resource, range: rangeOfLine(input, 'after', token.line), value: `.Values.${off}` }];
  });
}

/** A value of the chart that a template takes a whole block from, and whether the chart's own values say nothing there. */
export interface ValuesBlock {
  /** `.Values.readinessProbe` */
  readonly value: string;
  readonly isEmpty: boolean;
}

/** The block that a setting of a template is filled with: `readinessProbe: {{ toYaml .Values.probe }}`, also by a `with` around it. */
export function blockOf(input: RuleInput, place: Pick<Setting, 'path' | 'resource'>): ValuesBlock | undefined {
  const block = sourceOfBlock(input, place);
  if (block === undefined) return undefined;
  const { value, facts } = block;
  const says = facts.settings.some((setting) => isBelow(setting, value) && !isNothing(setting));
  return { value: `.Values.${value.join('.')}`, isEmpty: !says };
}

/** What the chart's values say for a setting that stood in a template, whose block is taken from them now; with the range of that block. */
export function filledByValues(input: RuleInput, { path, resource }: Pick<Setting, 'path' | 'resource'>): Setting | undefined {
  if (!TEMPLATE.test(input.path)) return undefined;
  for (let length = path.length - 1; length > 0; length--) {
    const block = sourceOfBlock(input, { path: path.slice(0, length), resource });
    if (block === undefined) continue;
    const wanted = [...block.value, ...path.slice(length)];
    const below = block.facts.settings.filter((setting) => isBelow(setting, wanted));
    // A map says nothing by itself, and something with what it holds.
    const found = below.length > 1 || !below.every(isNothing) ? below.find((setting) => setting.path.length === wanted.length) : undefined;
    return found === undefined ? undefined : { ...found, path, resource, range: block.held.range };
  }
  return undefined;
}

interface BlockSource {
  readonly held: Setting;
  /** Path in the chart's values. */
  readonly value: readonly string[];
  readonly facts: SourceFacts;
}

function sourceOfBlock(input: RuleInput, { path, resource }: Pick<Setting, 'path' | 'resource'>): BlockSource | undefined {
  const folder = TEMPLATE.exec(input.path)?.[1];
  const held = folder === undefined ? undefined : findSetting(input.after, { path, resource });
  if (folder === undefined || held === undefined || input.after === undefined || !/toYaml/i.test(String(held.value))) return undefined;
  const { tokens } = input.after;
  const action = tokens.find(
    ({ text, line }) => /^\{\{.*\btoYaml\b/.test(text) && line >= held.range.start.line && line <= held.range.end.line,
  );
  const around = tokens.findLast(
    (token) =>
      /^\{\{-?\s*with \.Values\./.test(token.text) && token.line <= held.range.start.line && endOf(tokens, token) >= held.range.end.line,
  );
  const source = /\.Values\./.test(action?.text ?? '') ? action : /\btoYaml\s+\.(?:\s|\))/.test(action?.text ?? '') ? around : undefined;
  const value = source === undefined || /\bdefault\b/.test(source.text) ? undefined : valuesAsked(source.text)[0];
  const facts = value === undefined ? undefined : valuesOf(input, folder);
  return value === undefined || facts === undefined ? undefined : { held, value: value.split('.'), facts };
}

function isBelow({ path }: Setting, place: readonly string[]): boolean {
  return place.every((part, at) => path[at] === part);
}

function isNothing({ value }: Setting): boolean {
  return value === null || /^(?:\{\}|\[\]|)$/.test(String(value));
}

/** A value, or several of which all must be on. */
const ASKS = /^\{\{-?\s*if (?:and(?: \(?\.Values\.[\w.]+\)?)+|\.Values\.[\w.]+)\s*-?\}\}$/;
const OPENS = /^\{\{-?\s*(?:if|range|with|define|block)\b/;

function valuesAsked(action: string): readonly string[] {
  return [...action.matchAll(/\.Values\.([\w.]+)/g)].map(([, name = '']) => name);
}

/** The line of the `end` that belongs to an action. */
function endOf(tokens: readonly CodeToken[], from: CodeToken): number {
  let depth = 0;
  for (const { text, line } of tokens.filter((token) => token.text.startsWith('{{') && token.line >= from.line)) {
    if (OPENS.test(text)) depth += 1;
    else if (/^\{\{-?\s*end\b/.test(text)) depth -= 1;
    if (depth === 0) return line;
  }
  return Number.POSITIVE_INFINITY;
}

function isOnly(resources: readonly Resource[], type: string): boolean {
  return resources.filter((other) => other.type === type).length === 1;
}

/** It was asked for something before, which may have been off as well. */
function isUnder(tokens: readonly CodeToken[], { range }: Resource): boolean {
  return tokens.some(
    (token) => /^\{\{-?\s*if\b/.test(token.text) && token.line <= range.start.line && endOf(tokens, token) >= range.end.line,
  );
}

function valuesOf(input: RuleInput, folder: string): SourceFacts | undefined {
  // Facts are found where it is one of the tree's.
  return input.factsAt('after', `${folder}values.yaml` as RepoPath);
}

function isOff(input: RuleInput, folder: string, value: string): boolean {
  const facts = valuesOf(input, folder);
  if (facts === undefined) return false;
  const path = value.replaceAll('.', '/');
  const held = facts.settings.find((setting) => setting.path.join('/') === path);
  return held === undefined || held.value === null || isFalse(held.value);
}
