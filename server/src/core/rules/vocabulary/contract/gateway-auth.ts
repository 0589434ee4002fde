import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { nameOf, settingsUnder } from '../settings/setting-index.ts';
import { isFalse } from '../settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../settings/settings.ts';
import { isOfPeople } from './people-routes.ts';

/** Keys under which gateways, functions and ingresses say who decides about a caller. */
const AUTHORIZER =
  /^(authorizer|authorizers|authorizerId|authorizer_id|authorizerName|AuthorizerId|Authorizer|DefaultAuthorizer|AuthorizationType|AuthorizationScopes|authorization_type|authorizationType|authorization_scopes|AuthType|authType|authLevel|auth_level|api_key_required|ApiKeyRequired|apiKeyRequired|(nginx|haproxy|alb|traefik|appgw)\.ingress\.kubernetes\.io\/auth-[a-z-]+|(nginx|haproxy)\.org\/[a-z-]*auth[a-z-]*)$/;

/** Keys that mean it only in one kind of resource. */
const IN_RESOURCE: readonly (readonly [RegExp, RegExp])[] = [
  [/^aws_(api_gateway_method|apigatewayv2_route|lambda_function_url|appsync_graphql_api)$/, /^(authorization|authentication_type)$/],
  [/^AWS::(AppSync::GraphQLApi|ApiGateway::Method)$/, /^AuthenticationType$/],
  [/^PeerAuthentication$/, /^mode$/],
];

/** Plug-ins of gateways that ask who calls, by the name their item has in a list. */
const PLUGIN =
  /^(key-auth|jwt|jwt-auth|jwt-signer|oauth2|oauth2-introspection|basic-auth|hmac-auth|ldap-auth|mtls-auth|openid-connect|acl|opa|forward-auth|envoy\.filters\.http\.(jwt_authn|ext_authz|oauth2|rbac))(#\d+)?$/;

/** Middleware of a route of Traefik, which has whatever name its author gave it. */
const MIDDLEWARE = /auth|sso|oidc|login|allow-?list|white-?list/i;

/** Objects of a cluster that decide about callers. */
const OBJECT = /^(AuthorizationPolicy|RequestAuthentication|ServerAuthorization|MeshTLSAuthentication|AuthPolicy)$/;

const NOBODY = /^(none|off|disable|disabled|permissive|anonymous|open|public)$/i;

/** Authorizers that went or ask nobody now, in what configures a gateway. */
export function* judgeGateways(input: RuleInput): Iterable<FindingDraft> {
  const flagged = new Set<string>();
  for (const change of changedSettings(input)) {
    if (change.resourceIsGone) continue;
    const found = change.resourceIsNew
      ? openSuccessor(input, change)
      : change.before === undefined
        ? openedAlone(input, change)
        : (lostPlugin(input, change) ?? lostAuthorizer(input, change));
    if (found === undefined) continue;
    const id = `${(change.after ?? change.before)?.resource ?? ''} ${found}`;
    if (flagged.has(id)) continue;
    flagged.add(id);
    yield {
      ...placeOf(change),
      ...(isOfPeople(addressOf(input, change)) ? { severity: 'critical' as const } : {}),
      message: fitMessage(`\`${shorten(found, 44)}\` no longer asks who calls`),
    };
  }
  for (const resource of input.removed.resources)
    if (OBJECT.test(resource.type) && input.after !== undefined)
      yield { side: 'before', range: resource.range, message: fitMessage(`${resource.type} \`${shorten(resource.name, 40)}\` removed`) };
}

/** Method and path of the route that the authorizer stood at, where the file says them beside it: `GET /v1/customers/{id}`. */
function addressOf({ after }: RuleInput, { before, after: now, path, resource }: SettingChange): string {
  const setting = now ?? before;
  if (setting === undefined) return '';
  const held = path.slice(0, Math.max(0, authorizerAt(path, resource?.type ?? '')));
  const home = /^auth$/i.test(held.at(-1) ?? '') ? held.slice(0, -1) : held;
  if (home.length === 0 && setting.resource === '') return '';
  const beside = settingsUnder(after, setting, home).filter((other) => other.path.length === home.length + 1);
  const said = (key: RegExp): string => String(beside.find((other) => key.test(nameOf(other)))?.value ?? '');
  const [method, route] = [said(/^(?:http_?)?method$/i), said(/^(?:path|route|route_?key|url)$/i)];
  return /^\//.test(route) && method !== '' ? `${method} ${route}` : route;
}

/** A new resource that asks nobody, of a kind of which one that asked has gone: several became one, or one got another name. */
function openSuccessor({ before, after: facts }: RuleInput, { after, path, resource }: SettingChange): string | undefined {
  if (after === undefined || resource === undefined || before === undefined || asks(after)) return undefined;
  const isKey = (of: readonly string[]): boolean => authorizerAt(of, resource.type) === of.length - 1;
  if (!isKey(path)) return undefined;
  const kept = new Set(facts?.resources.map((other) => other.key));
  const gone = new Set(before.resources.filter((other) => other.type === resource.type && !kept.has(other.key)).map((other) => other.key));
  const asked = before.settings.some((setting) => gone.has(setting.resource) && isKey(setting.path) && asks(setting));
  return asked ? (path.at(-1) ?? '') : undefined;
}

/** Routes that are open to everybody by what they are for: they are asked before anybody has signed in, or by a machine. */
const FOR_EVERYBODY =
  /health|ping|ready|live(ness)?\b|status|version|metrics|docs|openapi|swagger|callback|webhook|log-?in|log-?on|sign-?(in|up)|register|token|well-known|jwks|public|static|asset|favicon|robots|options|preflight|cors/i;

/**
 * A route that says for itself that nobody is asked, where the default of its gateway asks everybody: `Authorizer: NONE` under a
 * `DefaultAuthorizer`, an ingress that steps out of the controller's own authentication, a route without its proxy's filter.
 */
function openedAlone(input: RuleInput, { after, path, resource }: SettingChange): string | undefined {
  if (after === undefined || input.before === undefined) return undefined;
  const key = path.at(-1) ?? '';
  const isOut =
    (/\/enable-global-auth$/.test(key) && isFalse(after.value)) ||
    (key === 'disabled' && /http\.(ext_authz|jwt_authn|rbac)$/.test(path.at(-2) ?? '') && after.value === true) ||
    (authorizerAt(path, resource?.type ?? '') === path.length - 1 && !asks(after) && isAskedByDefault(input, key));
  if (!isOut) return undefined;
  const route = settingsUnder(input.after, after, path.slice(0, -2)).filter((setting) => /^(path|route|method)$/i.test(nameOf(setting)));
  return [resource?.name ?? '', ...path, ...route.map(({ value }) => String(value))].some((text) => FOR_EVERYBODY.test(text))
    ? undefined
    : key;
}

/** What asks all routes of this file that say nothing: the gateway's own authorizer, or a key that each must bring. */
function isAskedByDefault({ before }: RuleInput, key: string): boolean {
  const name = /api_?key/i.test(key) ? /^(api_key_required|ApiKeyRequired|apiKeyRequired)$/ : /^(DefaultAuthorizer|defaultAuthorizer)$/;
  return before?.settings.some((setting) => name.test(nameOf(setting)) && asks(setting)) === true;
}

function lostAuthorizer(input: RuleInput, { before, after, path, resource }: SettingChange): string | undefined {
  if (before === undefined) return undefined;
  const at = authorizerAt(path, resource?.type ?? '');
  if (at < 0 || !asks(before)) return undefined;
  const key = path[at] ?? '';
  const isItself = path.slice(at + 1).every((part) => /^\d+$/.test(part));
  // Below the key only its going as a whole counts.
  if (!isItself)
    return settingsUnder(input.after, before, path.slice(0, at + 1)).length === 0 && holderStays(input, before, at) ? key : undefined;
  if (after !== undefined) return asks(after) ? undefined : key;
  const left = settingsUnder(input.after, before, path.slice(0, at)).filter(
    (setting) => authorizerAt(setting.path, resource?.type ?? '') >= 0,
  );
  return holderStays(input, before, at) && !left.some(asks) ? key : undefined;
}

function authorizerAt(path: readonly string[], type: string): number {
  return path.findIndex((part) => AUTHORIZER.test(part) || IN_RESOURCE.some(([kinds, keys]) => kinds.test(type) && keys.test(part)));
}

/** A value that names somebody who decides; a key that holds others does. */
function asks({ value }: Pick<Setting, 'value'>): boolean {
  return !isFalse(value) && value !== '' && value !== '{}' && value !== '[]' && !NOBODY.test(String(value ?? 'holds'));
}

/** What the authorizer stood before is still there. */
function holderStays(input: RuleInput, before: Setting, at: number): boolean {
  return settingsUnder(input.after, before, before.path.slice(0, at)).length > 0;
}

function lostPlugin(input: RuleInput, { before, after, path }: SettingChange): string | undefined {
  const list = path.findIndex((part) => /^(plugins|http_filters|konghq\.com\/plugins|middlewares)$/.test(part));
  const plugin = path[list + 1];
  const isPlugin = (name: string): boolean => PLUGIN.test(name) || (path[list] === 'middlewares' && MIDDLEWARE.test(name));
  if (before === undefined || list < 0 || plugin === undefined || !isPlugin(plugin)) return undefined;
  if (after !== undefined) return nameOf({ path }) === 'enabled' && isFalse(after.value) && !isFalse(before.value) ? plugin : undefined;
  const isGone = settingsUnder(input.after, before, path.slice(0, list + 2)).length === 0;
  const others = settingsUnder(input.after, before, path.slice(0, list + 1)).some((setting) => isPlugin(setting.path[list + 1] ?? ''));
  return isGone && !others && settingsUnder(input.after, before, path.slice(0, list)).length > 0 ? plugin : undefined;
}
