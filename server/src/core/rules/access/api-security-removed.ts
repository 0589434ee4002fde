import type { Setting } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lostRouteAuthorizers } from '../vocabulary/access/lost-route-authorizers.ts';
import { shorten } from '../vocabulary/code/call-names.ts';
import { declarationsOf, declared } from '../vocabulary/contract/declarations.ts';
import { judgeGateways } from '../vocabulary/contract/gateway-auth.ts';
import { type ApiDocument, type ApiNode, apiDocument, type Operation, placeOf } from '../vocabulary/contract/openapi-document.ts';

/**
 * ## What it sees
 * An operation of an OpenAPI document that asked for a security scheme and asks for none now, by itself or because the
 * document's own default went; a GraphQL field or type that lost its `@auth` directive or asks for a lesser role; an API
 * gateway, a serverless function, an ingress or a service mesh whose authorizer went or is `NONE`, and a route of a gateway that a
 * program declares (CDK, Pulumi) and that is given none any more.
 *
 * ## Why it matters
 * Gateways and generated servers take the description at its word: what asks for nothing is open to everybody, and the code
 * behind it was written in the belief that somebody had asked.
 *
 * ## When it is fine
 * The operation went too, the requirement moved to the document or to the type, or another one took its place. These are not
 * flagged.
 *
 * ## What it misses
 * A scheme that became weaker under its name, and plug-ins of gateways that are not in its list.
 */
export default defineRule({
  id: 'access/api-security-removed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An API no longer asks who calls',
  reads: ['settings', 'resources', 'options', 'calls'],
  evidence: [{ title: 'oasdiff: api-security-removed', url: 'https://github.com/oasdiff/oasdiff' }],
  *check(input): Iterable<FindingDraft> {
    if ((input.before?.language ?? input.after?.language) === 'graphql') {
      yield* judgeDirectives(input);
      return;
    }
    const before = apiDocument(input.before);
    const after = apiDocument(input.after);
    if (before !== null && after !== null) yield* judgeOpenApi(input, before, after);
    yield* judgeGateways(input);
    yield* lostRouteAuthorizers(input);
  },
});

function* judgeOpenApi(input: RuleInput, before: ApiDocument, after: ApiDocument): Iterable<FindingDraft> {
  const now = new Map(after.operations.map((operation) => [operation.name, operation]));
  const flagged = new Set<Setting>();
  for (const old of before.operations) {
    const fresh = now.get(old.name);
    if (fresh === undefined || !isAsked(before, old) || isAsked(after, fresh)) continue;
    for (const { side, setting } of places(input, before, after, old, fresh)) {
      if (flagged.has(setting)) continue;
      flagged.add(setting);
      yield { side, range: setting.range, message: fitMessage(`\`${shorten(fresh.shown, 44)}\` no longer asks who calls`) };
    }
  }
}

/** The operation's own list, or the document's; an empty one, or one that also takes nothing, asks nobody. */
function securityOf(document: ApiDocument, operation: Operation): ApiNode | undefined {
  return operation.node.children.get('security') ?? document.root.children.get('security');
}

function isAsked(document: ApiDocument, operation: Operation): boolean {
  const security = securityOf(document, operation);
  const choices = [...(security?.children.values() ?? [])];
  return choices.length > 0 && choices.every((choice) => choice.setting?.value !== '{}');
}

/** What this hunk did about it: the new empty list, or the old one that went. */
function* places(
  input: RuleInput,
  before: ApiDocument,
  after: ApiDocument,
  old: Operation,
  fresh: Operation,
): Iterable<{ readonly side: FindingDraft['side']; readonly setting: Setting }> {
  const added = [...settingsIn(securityOf(after, fresh))].find((setting) => input.added.settings.includes(setting));
  const removed = [...settingsIn(securityOf(before, old))].find((setting) => input.removed.settings.includes(setting));
  if (added !== undefined) yield { side: 'after', setting: added };
  else if (removed !== undefined) yield { side: 'before', setting: removed };
}

function* settingsIn(node: ApiNode | undefined): Iterable<Setting> {
  const own = placeOf(node);
  if (own !== undefined) yield own;
  for (const child of node?.children.values() ?? []) yield* settingsIn(child);
}

/** Directives that ask who calls, of the common servers and of AppSync. */
const ASKS =
  /^(auth|authz?|authn|authenticated|authenticate|authorize|authorized|authorization|requireAuth|requiresAuth|requireLogin|loginRequired|isAuthenticated|isAuthorized|hasRole|hasAnyRole|hasPermission|hasPermissions|hasScope|hasScopes|requiresRole|requireRole|requiresPermission|requiresScopes|scopes?|roles?|permission|permissions|policy|protected|private|internal|guard|can|canAccess|acl|restricted|admin|adminOnly|owner|rules|allow|preAuthorize|secured|aws_auth|aws_cognito_user_pools|aws_iam|aws_oidc|aws_lambda)$/i;

const POWERFUL = /admin|owner|super|root|staff|manager|internal|operator|write/i;

function* judgeDirectives(input: RuleInput): Iterable<FindingDraft> {
  const asks = (side: 'before' | 'after', coordinate: string): boolean =>
    declarationsOf(input[side]).some((other) => other.kind === 'directive' && other.resource.scope === coordinate && ASKS.test(other.name));
  for (const old of declarationsOf(input.before)) {
    if (old.kind !== 'directive' || !ASKS.test(old.name) || !input.removed.resources.includes(old.resource)) continue;
    const coordinate = old.resource.scope;
    if (!stands(input, coordinate)) continue;
    const now = declarationsOf(input.after).find(
      (other) => other.kind === 'directive' && other.resource.scope === coordinate && other.name === old.name,
    );
    if (now !== undefined) {
      if (!POWERFUL.test(old.resource.key) || POWERFUL.test(now.resource.key.replace(coordinate, ''))) continue;
      yield { side: 'after', range: now.resource.range, message: fitMessage(`\`${shorten(coordinate, 40)}\` asks for a lesser role now`) };
      continue;
    }
    const owner = coordinate.slice(0, Math.max(0, coordinate.lastIndexOf('.')));
    if (asks('after', coordinate) || (owner !== '' && asks('after', owner)) || isAskedBelow(input, coordinate, asks)) continue;
    const message = fitMessage(`\`${shorten(coordinate, 36)}\` lost \`@${shorten(old.name, 24)}\``);
    yield { side: 'before', range: old.resource.range, message };
  }
}

function stands({ after }: RuleInput, coordinate: string): boolean {
  return declarationsOf(after).some((other) => other.kind !== 'directive' && other.name === coordinate);
}

/** The type's directive went to each of its fields. */
function isAskedBelow({ after }: RuleInput, type: string, asks: (side: 'after', coordinate: string) => boolean): boolean {
  const fields = declarationsOf(after).filter((other) => other.kind === 'field' && other.owner === type);
  return declared(after, 'field', type) === undefined && fields.length > 0 && fields.every((field) => asks('after', field.name));
}
