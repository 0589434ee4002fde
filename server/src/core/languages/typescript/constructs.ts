import type { ts } from 'ts-morph';
import { collapse } from '../facts-draft.ts';
import { memberName } from './names.ts';
import type { Sink } from './sink.ts';
import type { View } from './view.ts';

/**
 * Infrastructure written as code (AWS CDK, CDK for Terraform, Pulumi) in the terms of configuration: a construct with a literal
 * id is a resource, and what the object literal behind it sets are its settings, so that a rule reads
 * `new Table(this, 'Orders', { deletionProtection: true })` as it reads the same thing in a template. To be asked where
 * `describesInfrastructure` says so.
 */
export function readConstruct(view: View, node: ts.Node, scope: string, sink: Sink): void {
  const { ts } = view;
  if (!ts.isNewExpression(node)) return;
  const construct = headerOf(view, node);
  if (construct === undefined) return;
  const { type, id } = construct;
  const [owner = ''] = scope.split('.');
  const key = `${type} ${owner} ${id.text}`;
  sink.resources.push({ type, name: id.text, key, range: view.range(view.start(node), id.end), scope });
  for (const argument of node.arguments ?? []) {
    if (ts.isObjectLiteralExpression(argument)) describe(view, argument, { resource: key, scope, path: [], identity: [] }, sink);
  }
}

/** `this`, `scope`, `stack` before an id is how a construct is placed in its tree; Pulumi gives the name alone. */
function headerOf(view: View, node: ts.NewExpression): { readonly type: string; readonly id: ts.StringLiteralLike } | undefined {
  const { ts } = view;
  const [first, second] = node.arguments ?? [];
  const callee = view.text(node.expression);
  if (
    first !== undefined &&
    ts.isStringLiteralLike(first) &&
    /^(aws|awsx|gcp|azure|azure_?native|k8s|kubernetes|digitalocean|cloudflare|eks)\./.test(callee)
  )
    return { type: `pulumi:${callee}`, id: first };
  if (first === undefined || second === undefined || !ts.isStringLiteralLike(second)) return undefined;
  return first.kind === ts.SyntaxKind.ThisKeyword || ts.isIdentifier(first) ? { type: `cdk:${callee}`, id: second } : undefined;
}

/** True where the file brings in one of the libraries whose constructs are read. */
export function describesInfrastructure(view: View): boolean {
  const { ts, source } = view;
  return source.statements.some((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier))
      return /\brequire\(['"](aws-cdk-lib|cdktf|@pulumi\/)/.test(statement.getText(source).slice(0, 200));
    return /^(aws-cdk-lib|@aws-cdk\/|cdktf|@cdktf\/|constructs$|@pulumi\/|cdk8s|sst\b)/.test(statement.moduleSpecifier.text);
  });
}

interface Place {
  readonly resource: string;
  readonly scope: string;
  readonly path: readonly string[];
  /** The path without the places of values in lists: their order says nothing. */
  readonly identity: readonly string[];
}

function describe(view: View, literal: ts.ObjectLiteralExpression, place: Place, sink: Sink): void {
  const { ts } = view;
  for (const property of literal.properties) {
    if (!ts.isPropertyAssignment(property) && !ts.isShorthandPropertyAssignment(property)) continue;
    const name = memberName(view, property.name);
    const inner = { ...place, path: [...place.path, name], identity: [...place.identity, name] };
    describeValue(view, ts.isPropertyAssignment(property) ? property.initializer : property.name, property, inner, sink);
  }
}

function describeValue(view: View, value: ts.Expression, holder: ts.Node, place: Place, sink: Sink): void {
  const { ts } = view;
  if (ts.isAsExpression(value) || ts.isParenthesizedExpression(value)) describeValue(view, value.expression, holder, place, sink);
  else if (ts.isObjectLiteralExpression(value) && value.properties.length > 0) {
    push(view, null, holder, view.start(value), place, sink);
    describe(view, value, place, sink);
  } else if (ts.isArrayLiteralExpression(value) && value.elements.length > 0) {
    push(view, null, holder, view.start(value), place, sink);
    for (const [at, element] of value.elements.entries()) {
      const identity = ts.isObjectLiteralExpression(element) ? [...place.identity, String(at)] : place.identity;
      describeValue(view, element, element, { ...place, path: [...place.path, String(at)], identity }, sink);
    }
  } else push(view, plainValue(view, value), holder, holder.end, place, sink);
}

function push(view: View, value: string | number | boolean | null, holder: ts.Node, end: number, place: Place, sink: Sink): void {
  const { resource, scope, path, identity } = place;
  const shown = typeof value === 'string' ? collapse(value) : String(value);
  sink.settings.push({
    path,
    value,
    resource,
    scope,
    range: view.range(view.start(holder), end),
    key: `${resource} ${identity.join('/')} = ${shown}`,
  });
}

/** Literals typed; an empty list or object as configuration shows it; anything computed as its source text. */
function plainValue(view: View, value: ts.Expression): string | number | boolean | null {
  const { ts } = view;
  if (ts.isStringLiteralLike(value)) return value.text;
  if (ts.isNumericLiteral(value)) return Number(value.text);
  if (value.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (value.kind === ts.SyntaxKind.FalseKeyword) return false;
  if (value.kind === ts.SyntaxKind.NullKeyword) return null;
  if (ts.isArrayLiteralExpression(value)) return '[]';
  if (ts.isObjectLiteralExpression(value)) return '{}';
  return view.text(value);
}
