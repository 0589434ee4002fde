import type { Setting } from '../../../model/facts.ts';
import type { Severity } from '../../../model/finding.ts';
import type { Side } from '../../../model/range.ts';
import { shorten } from '../code/call-names.ts';
import { type ApiDocument, type ApiNode, isSet, type Operation, placeOf, resolve, text } from './openapi-document.ts';
import { type Shape, shapesOf } from './openapi-schemas.ts';

/** One thing that a client or a server written for the old description no longer finds. */
export interface ApiBreak {
  readonly side: Side;
  /** What says it, on that side. */
  readonly setting: Setting | undefined;
  readonly text: string;
  readonly severity?: Severity;
  /** The operation that is gone: its path, and what a client's generator calls it. */
  readonly gone?: { readonly url: string; readonly operationId: string | undefined };
  /** The operation on the after side, for a break that only a changed reference brought. */
  readonly within?: ApiNode;
}

type Direction = 'request' | 'response' | 'both';

/** Compares two descriptions operation by operation, references followed, as a client would meet them. */
export function* compareApis(before: ApiDocument, after: ApiDocument): Iterable<ApiBreak> {
  const now = new Map(after.operations.map((operation) => [operation.name, operation]));
  const said = new Set<Setting | undefined>();
  for (const operation of before.operations) {
    const fresh = now.get(operation.name);
    if (fresh !== undefined)
      for (const found of compareOperation(before, after, operation, fresh)) {
        said.add(found.setting);
        yield { ...found, within: fresh.node };
      }
    else if (!isSet(operation.node, 'deprecated'))
      yield {
        side: 'before',
        setting: goneAt(operation, after),
        text: `\`${shorten(operation.shown, 50)}\` removed`,
        gone: { url: operation.shown.replace(/^\w+ /, ''), operationId: text(operation.node, 'operationId') },
      };
  }
  // A schema that no operation of this document leads to is the request or the response of somebody who refers to it.
  const paths = ({ operations }: ApiDocument): readonly ApiNode[] => operations.map(({ path }) => path);
  const reached = reachedFrom(before, paths(before));
  const schemas = (document: ApiDocument): ApiNode | undefined =>
    document.root.children.get('components')?.children.get('schemas') ?? document.root.children.get('definitions');
  for (const [name, schema] of schemas(before)?.children ?? []) {
    const fresh = reached.has(schema) ? undefined : schemas(after)?.children.get(name);
    if (fresh !== undefined) yield* compareSchemas(before, after, schema, fresh, 'both', name);
  }
  // One that stays in the answers at another place of them: a list that went into an envelope has the entries it had.
  const old = new Set(before.operations.map(({ name }) => name));
  const stays = ({ name }: Operation): boolean => now.has(name) && old.has(name);
  const responses = (document: ApiDocument): ReadonlySet<ApiNode> =>
    reachedFrom(
      document,
      document.operations.flatMap((operation) => (stays(operation) ? (operation.node.children.get('responses') ?? []) : [])),
    );
  const [was, is] = [responses(before), responses(after)];
  for (const [name, schema] of schemas(before)?.children ?? []) {
    const fresh = schemas(after)?.children.get(name);
    if (fresh === undefined || !was.has(schema) || !is.has(fresh)) continue;
    for (const found of compareSchemas(before, after, schema, fresh, 'response', name)) {
      if (!said.has(found.setting)) yield found;
      said.add(found.setting);
    }
  }
}

/** Everything that some parts of a document hold or refer to. */
function reachedFrom(document: ApiDocument, from: readonly ApiNode[]): ReadonlySet<ApiNode> {
  const reached = new Set<ApiNode>();
  const queue: ApiNode[] = [...from];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    const target = resolve(document, node);
    if (target !== undefined) queue.push(target);
    queue.push(...node.children.values());
  }
  return reached;
}

/** The method where its path stays, else the path. */
function goneAt(operation: Operation, after: ApiDocument): Setting | undefined {
  const [, url = ''] = operation.name.split(' ');
  const stays = after.operations.some((other) => other.name.split(' ')[1] === url);
  return placeOf(stays ? operation.node : operation.path);
}

function* compareOperation(before: ApiDocument, after: ApiDocument, old: Operation, now: Operation): Iterable<ApiBreak> {
  yield* compareParameters(before, after, old, now);
  const body = (document: ApiDocument, operation: Operation): ApiNode | undefined =>
    resolve(document, operation.node.children.get('requestBody'));
  const [oldBody, newBody] = [body(before, old), body(after, now)];
  if (newBody !== undefined && isSet(newBody, 'required') && (oldBody === undefined || !isSet(oldBody, 'required')))
    yield { side: 'after', setting: placeOf(newBody.children.get('required')), text: `\`${shorten(now.shown, 40)}\` needs a body now` };
  yield* compareContents(before, after, oldBody, newBody, 'request', 'request');
  const responses = now.node.children.get('responses');
  for (const [status, node] of old.node.children.get('responses')?.children ?? []) {
    const fresh = responses?.children.get(status);
    if (fresh === undefined && responses !== undefined) {
      if (/^\d/.test(status))
        yield { side: 'before', setting: placeOf(node), text: `\`${shorten(old.shown, 36)}\` no longer answers ${status}` };
      continue;
    }
    yield* compareContents(before, after, resolve(before, node), resolve(after, fresh), 'response', `response ${status}`);
  }
}

function* compareContents(
  before: ApiDocument,
  after: ApiDocument,
  old: ApiNode | undefined,
  now: ApiNode | undefined,
  direction: Direction,
  name: string,
): Iterable<ApiBreak> {
  if (old === undefined || now === undefined) return;
  // Swagger 2 has the schema without a media type.
  yield* compareSchemas(before, after, old.children.get('schema'), now.children.get('schema'), direction, name);
  const contents = now.children.get('content');
  for (const [media, node] of old.children.get('content')?.children ?? []) {
    const fresh = contents?.children.get(media);
    if (fresh === undefined) yield { side: 'before', setting: placeOf(node), text: `${name} no longer has \`${shorten(media, 40)}\`` };
    else yield* compareSchemas(before, after, node.children.get('schema'), fresh.children.get('schema'), direction, name);
  }
}

interface ApiParameter {
  readonly node: ApiNode;
  readonly place: string;
  readonly name: string;
}

function parametersOf(document: ApiDocument, operation: Operation): ReadonlyMap<string, ApiParameter> {
  const found = new Map<string, ApiParameter>();
  for (const holder of [operation.path, operation.node])
    for (const entry of holder.children.get('parameters')?.children.values() ?? []) {
      const node = resolve(document, entry);
      const [place, name] = [text(node, 'in'), text(node, 'name')];
      if (node !== undefined && place !== undefined && name !== undefined)
        // Headers have no case, and a body of Swagger 2 no name that travels.
        found.set(place === 'body' ? 'body' : `${place} ${place === 'header' ? name.toLowerCase() : name}`, { node, place, name });
    }
  return found;
}

function* compareParameters(before: ApiDocument, after: ApiDocument, old: Operation, now: Operation): Iterable<ApiBreak> {
  const was = parametersOf(before, old);
  const is = parametersOf(after, now);
  for (const [key, { node, place, name }] of is) {
    if (place === 'path') continue;
    const earlier = was.get(key);
    const isDemanded = isSet(node, 'required');
    const setting = isDemanded ? placeOf(node.children.get('required')) : undefined;
    if (isDemanded && (earlier === undefined || !isSet(earlier.node, 'required')))
      yield { side: 'after', setting, text: `parameter \`${shorten(name, 36)}\` must be given now` };
    if (earlier === undefined) continue;
    yield* compareSchemas(before, after, schemaOf(earlier.node), schemaOf(node), 'request', `parameter ${name}`);
  }
  for (const [key, { node, place, name }] of was)
    if (place !== 'path' && place !== 'body' && !is.has(key))
      yield { side: 'before', setting: placeOf(node), text: `parameter \`${shorten(name, 40)}\` removed`, severity: 'medium' };
}

/** In Swagger 2 the parameter is its own schema. */
function schemaOf(parameter: ApiNode): ApiNode {
  return parameter.children.get('schema') ?? parameter;
}

function* compareSchemas(
  before: ApiDocument,
  after: ApiDocument,
  old: ApiNode | undefined,
  now: ApiNode | undefined,
  direction: Direction,
  name: string,
): Iterable<ApiBreak> {
  if (old === undefined || now === undefined) return;
  const was = shapesOf(before, old);
  const is = shapesOf(after, now);
  for (const shape of was.values()) {
    const fresh = is.get(shape.at);
    if (fresh !== undefined) yield* compareShapes(shape, fresh, direction, name);
    else if (isProperty(shape.at) && is.has(parentOf(shape.at))) {
      const severity: Severity = direction === 'request' ? 'medium' : 'high';
      yield { side: 'before', setting: shape.setting, text: `${name} lost \`${shown(shape)}\``, severity };
    }
  }
  if (direction === 'response') return;
  for (const shape of is.values())
    if (shape.required && !was.has(shape.at) && was.has(parentOf(shape.at)))
      yield { side: 'after', setting: shape.requiredSetting, text: `${name} must hold \`${shown(shape)}\` now` };
}

function* compareShapes(old: Shape, now: Shape, direction: Direction, name: string): Iterable<ApiBreak> {
  const what = old.at === '' ? name : `${name} \`${shown(old)}\``;
  if (old.types.length > 0 && now.types.length > 0 && !fits(old.types, now.types, direction))
    yield { side: 'after', setting: now.typeSetting, text: `${what} was ${old.types.join(' or ')}, is ${now.types.join(' or ')}` };
  else if (old.format !== '' && now.format !== '' && old.format !== now.format && !isWiderFormat(old.format, now.format, direction))
    yield { side: 'after', setting: now.formatSetting, text: `${what} was ${old.format}, is ${now.format}` };
  if (old.nullSetting === undefined && now.nullSetting !== undefined && direction !== 'request')
    yield { side: 'after', setting: now.nullSetting, text: `${what} may be null now` };
  if (old.nullSetting !== undefined && now.nullSetting === undefined && direction === 'request')
    yield { side: 'before', setting: old.nullSetting, text: `${what} may no longer be null` };
  if (old.values !== undefined && now.values !== undefined)
    for (const [value, setting] of old.values)
      if (!now.values.has(value)) yield { side: 'before', setting, text: `${what} lost the value \`${shorten(value, 20)}\`` };
  if (direction !== 'request' && old.required && !now.required && old.at !== '')
    yield { side: 'before', setting: old.requiredSetting, text: `${what} may be left out now` };
  if (direction !== 'response' && !old.required && now.required)
    yield { side: 'after', setting: now.requiredSetting, text: `${what} must be given now` };
}

/** A request may take more than before, a response may give less. */
function fits(old: readonly string[], now: readonly string[], direction: Direction): boolean {
  const within = (few: readonly string[], many: readonly string[]): boolean =>
    few.every((type) => many.includes(type) || (type === 'integer' && many.includes('number')));
  if (direction === 'request') return within(old, now);
  return direction === 'response' ? within(now, old) : within(old, now) && within(now, old);
}

function isWiderFormat(old: string, now: string, direction: Direction): boolean {
  return (
    (direction === 'request' && old === 'int32' && now === 'int64') || (direction === 'response' && old === 'int64' && now === 'int32')
  );
}

function isProperty(at: string): boolean {
  return /\.[^.[\]{}|]+$/.test(at);
}

function parentOf(at: string): string {
  return at.slice(0, Math.max(0, at.lastIndexOf('.')));
}

function shown(shape: Shape): string {
  return shorten(shape.at.replace(/^\./, ''), 30);
}
