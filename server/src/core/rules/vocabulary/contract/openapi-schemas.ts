import type { Setting } from '../../../model/facts.ts';
import { type ApiDocument, type ApiNode, isSet, listOf, placeOf, resolve, text } from './openapi-document.ts';

/** What one place of a message may hold, references followed and `allOf` put together. */
export interface Shape {
  /** Where: `.customer.name`, `[]`, empty for the message itself. */
  readonly at: string;
  readonly setting: Setting | undefined;
  readonly types: readonly string[];
  readonly typeSetting: Setting | undefined;
  readonly format: string;
  readonly formatSetting: Setting | undefined;
  /** What lets it be null: `nullable: true`, or `null` among its types; undefined where nothing does. */
  readonly nullSetting: Setting | undefined;
  /** Values of an enum; undefined where any value will do. */
  readonly values: ReadonlyMap<string, Setting> | undefined;
  readonly required: boolean;
  /** The entry of the list `required`, where it is required. */
  readonly requiredSetting: Setting | undefined;
}

/** Deeper than a message that people design, and wide enough for the largest. */
const DEEPEST = 8;
const MOST = 2_000;

/** Every place of a message by its name, the message itself first. */
export function shapesOf(document: ApiDocument, schema: ApiNode | undefined): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  const visit = (
    node: ApiNode | undefined,
    at: string,
    from: ApiNode | undefined,
    asked: Setting | undefined,
    path: readonly ApiNode[],
  ): void => {
    const own = resolve(document, node);
    if (own === undefined || path.length > DEEPEST || path.includes(own) || shapes.size >= MOST) return;
    const inside = [...path, own];
    const parts = [own, ...partsOf(document, own)];
    if (!shapes.has(at)) shapes.set(at, describe(parts, at, placeOf(from ?? node), asked));
    const required = new Map(parts.flatMap((part) => listOf(part.children.get('required')).map(({ value, setting }) => [value, setting])));
    for (const part of parts) {
      for (const [name, property] of part.children.get('properties')?.children ?? [])
        visit(property, `${at}.${name}`, property, required.get(name), inside);
      visit(part.children.get('items'), `${at}[]`, undefined, undefined, inside);
      visit(part.children.get('additionalProperties'), `${at}{}`, undefined, undefined, inside);
      for (const word of ['oneOf', 'anyOf'])
        for (const [name, choice] of part.children.get(word)?.children ?? [])
          visit(choice, `${at}|${text(choice, '$ref') ?? name}`, undefined, undefined, inside);
    }
  };
  visit(schema, '', schema, undefined, []);
  return shapes;
}

/** The schemas that `allOf` puts together, one level of them inside another. */
function partsOf(document: ApiDocument, node: ApiNode, depth = 0): readonly ApiNode[] {
  if (depth > DEEPEST) return [];
  return [...(node.children.get('allOf')?.children.values() ?? [])].flatMap((part) => {
    const own = resolve(document, part);
    return own === undefined ? [] : [own, ...partsOf(document, own, depth + 1)];
  });
}

function describe(parts: readonly ApiNode[], at: string, setting: Setting | undefined, required: Setting | undefined): Shape {
  const typed = parts.find((part) => part.children.has('type'));
  const type = typed?.children.get('type');
  const types =
    type === undefined
      ? []
      : type.setting !== undefined && type.children.size === 0
        ? [String(type.setting.value)]
        : listOf(type).map(({ value }) => value);
  const listed = parts.map((part) => listOf(part.children.get('enum'))).find((list) => list.length > 0);
  const formatSetting = parts.map((part) => part.children.get('format')?.setting).find((found) => found !== undefined);
  const nullable = parts.find((part) => isSet(part, 'nullable') || isSet(part, 'x-nullable'));
  const nullSetting =
    listOf(type).find(({ value }) => value === 'null')?.setting ??
    placeOf(nullable?.children.get('nullable') ?? nullable?.children.get('x-nullable'));
  return {
    at,
    setting,
    types: types.filter((one) => one !== 'null').sort(),
    typeSetting: placeOf(type),
    format: String(formatSetting?.value ?? ''),
    formatSetting,
    nullSetting,
    values: listed === undefined ? undefined : new Map(listed.map((entry) => [entry.value, entry.setting])),
    required: required !== undefined,
    requiredSetting: required,
  };
}
