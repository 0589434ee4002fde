import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { isOfPeople } from '../contract/people-routes.ts';

/** What a route of a gateway that a program declares is given to ask who calls. */
const ASKS =
  /^(?:authorizer|authorizers|authorizerId|authorizer_id|authorizationType|authorization_type|authorization|apiKeyRequired|api_key_required|defaultAuthorizer|default_authorizer|requestAuthorizer)$/;
const NOBODY = /^(?:['"`]?(?:[\w.]+\.)?(?:none|noauth|anonymous|false|null|undefined)['"`]?|new \w*(?:NoneAuthorizer|NoAuth\w*)\(.*\))$/i;

/** Calls that declare a route, a method or a gateway. */
const DECLARES =
  /^(?:add_?(?:routes?|method|proxy|resource|function_?url)|(?:Cfn)?(?:Route|Method|HttpRoute|HttpApi|RestApi|LambdaRestApi|WebSocketRoute|FunctionUrl|GraphqlApi)|route|api|function_?url)$/i;

const ADDRESS = /^(?:path|route|routeKey|route_key|pathPart|path_part|methods?|httpMethod|http_method|resourceId|resource_id)$/;

/**
 * Routes of a gateway declared in a program (CDK, SST, Pulumi, Serverless) whose authorizer went while the route stays, by its
 * callee and its address. Nothing where the gateway asks for all of its routes now, or the options came from elsewhere.
 */
export function* lostRouteAuthorizers(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, removed } = input;
  if (before === undefined || after === undefined) return;
  const lost = removed.options.filter(
    ({ name, callee, value }) => ASKS.test(name) && DECLARES.test(lastName(callee)) && !NOBODY.test(value),
  );
  if (lost.length === 0 || asksForAll(after)) return;
  const told = new Set<string>();
  for (const option of lost) {
    const old = declaring(before, option);
    const address = old === undefined ? '' : addressOf(before, old);
    if (old === undefined || told.has(`${old.callee} ${address}`)) continue;
    const now = after.calls.filter((call) => call.callee === old.callee && addressOf(after, call) === address);
    if (now.length === 0 || now.some((call) => isAsked(after, call))) continue;
    told.add(`${old.callee} ${address}`);
    yield {
      side: 'before',
      range: option.range,
      ...(isOfPeople(address) ? { severity: 'critical' as const } : {}),
      message: fitMessage(`\`${shorten(address.replace(/['"`]/g, ''), 44)}\` no longer asks who calls`),
    };
  }
}

/** The innermost declaration that the option is given to. */
function declaring({ calls }: SourceFacts, { callee, range }: Option): Call | undefined {
  return calls.findLast(
    (call) => call.callee === callee && call.range.start.line <= range.start.line && call.range.end.line >= range.end.line,
  );
}

/** What a declaration is for: its path and method where options say it, or its first text. */
function addressOf({ options }: SourceFacts, call: Call): string {
  const own = factsInside(options, call.range).filter(({ name, callee }) => callee === call.callee && ADDRESS.test(name));
  if (own.length > 0) return own.map(({ value }) => value).join(' ');
  return call.args.find((argument) => /^['"`]/.test(argument)) ?? call.args[0] ?? '';
}

/** Asked by an option of its own, or told in a value that stands elsewhere (`...secured`, `options`). */
function isAsked({ options }: SourceFacts, call: Call): boolean {
  const isGiven =
    call.args.some((argument) => /^\{.*\.\.\.|^\*\*\w/s.test(argument)) ||
    (call.args.length > 2 && /^[a-z_]\w*$/.test(call.args.at(-1) ?? ''));
  return (
    isGiven ||
    factsInside(options, call.range).some(({ name, callee, value }) => callee === call.callee && ASKS.test(name) && !NOBODY.test(value))
  );
}

/** The gateway's own authorizer stands for each route that says nothing. */
function asksForAll({ options }: SourceFacts): boolean {
  return options.some(({ name, value, key }) => {
    if (/^default_?authorizer$/i.test(name)) return !NOBODY.test(value);
    return (
      ASKS.test(name) && /default_?(?:method_?options|cors)?/i.test(key) && /default_?method_?options/i.test(key) && !NOBODY.test(value)
    );
  });
}
