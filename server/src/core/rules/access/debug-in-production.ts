import type { Call, Option, Setting, SourceFacts } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { productionAid, productionAidIn, uncoveredAids } from '../vocabulary/access/production-aids.ts';
import { lastName, shorten, words } from '../vocabulary/code/call-names.ts';
import { rangeOfLine, tokensOn } from '../vocabulary/code/code-text.ts';
import { keepOf } from '../vocabulary/code/kept.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A debugging aid that is switched on where users are: Django's DEBUG and a host list of `*`, Flask's debugger, stack traces in
 * answers, `NODE_ENV` of development, open Spring actuators, a GraphQL playground or introspection, and a container or a unit
 * that starts its program as in development (`runserver`, `--reload`, `npm run dev`, `node --inspect`) where it started it
 * otherwise. Go's profiler beside a server of the common routes. Routes, consoles and pages for the authors that a file of production
 * switches on (`debugRoutes: true`), or that are no longer mounted outside of production alone.
 *
 * ## Why it matters
 * An error page then shows settings, queries and secrets to whoever causes an error, and a debugger runs what they type.
 *
 * ## When it is fine
 * Settings of tests and of development, and a value that is read from the environment and is off by default. These are not
 * flagged.
 *
 * ## What it misses
 * A debug mode that is chosen by a flag of another name outside the files of production, and one that the platform sets.
 */
export default defineRule({
  id: 'access/debug-in-production',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A debugging aid is on in production',
  reads: ['options', 'calls', 'settings', 'tokens', 'conditions'],
  evidence: [{ title: 'Django deployment checklist', url: 'https://docs.djangoproject.com/en/4.2/howto/deployment/checklist/' }],
  *check(input): Iterable<FindingDraft> {
    if (/(^|[/._-])(dev|develop|development|local|localhost|test|tests|testing|ci|e2e)([/._-]|$)/i.test(input.path)) return;
    const flagged = new Set<number>();
    for (const option of input.added.options) {
      const what = openedBy(input, option) ?? (productionAid(input, option) === undefined ? undefined : FOR_AUTHORS);
      if (what === undefined || flagged.has(option.range.start.line)) continue;
      flagged.add(option.range.start.line);
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 26)}\` is ${shorten(option.value, 18)}: ${what}`),
      };
    }
    for (const call of input.added.calls) {
      const what = openedByCall(input, call);
      if (what === undefined || cameAlong(input, call) || flagged.has(call.range.start.line)) continue;
      flagged.add(call.range.start.line);
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(`${call.callee}(${call.args.join(', ')})`, 32)}\`: ${what}`),
      };
    }
    for (const { name, value, range } of uncoveredAids(input))
      yield { side: 'after', range, message: fitMessage(`\`${shorten(`${name}(${value})`, 32)}\` is mounted in production too`) };
    yield* started(input);
    yield* profilers(input);
    for (const change of changedSettings(input)) {
      const { after, path } = change;
      if (after === undefined || change.before?.value === after.value) continue;
      const what =
        openedBySetting(namedBy(input, after) ?? path, String(after.value), change.before !== undefined || PRODUCTION.test(input.path)) ??
        (productionAidIn(input, after, change.before) === undefined ? undefined : FOR_AUTHORS);
      if (what !== undefined)
        yield {
          ...placeOf(change),
          message: fitMessage(`\`${shorten(nameOf(after), 28)}\` is ${shorten(String(after.value), 16)}: ${what}`),
        };
    }
  },
});

/** Go: an import for its effect alone, which answers at `/debug/pprof` of whatever serves the common routes. */
function* profilers(input: RuleInput): Iterable<FindingDraft> {
  const { start, lines } = input.hunk.after;
  const serves = input.after?.calls.some(
    ({ callee, args }) =>
      /^http\.(?:ListenAndServe(?:TLS)?|Serve)$/.test(callee) && args.at(-1) === 'nil' && !/localhost|127\.0\.0\.1/.test(args[0] ?? ''),
  );
  if (serves !== true || input.before === undefined) return;
  const line = tokensOn(input.after, start, start + lines - 1).find(({ text }) => text === "'net/http/pprof'")?.line;
  if (line === undefined || input.before.tokens.some(({ text }) => text === "'net/http/pprof'")) return;
  yield {
    side: 'after',
    range: rangeOfLine(input, 'after', line),
    message: 'anybody may read the profiles of the process at `/debug/pprof`',
  };
}

/** Programs that serve for the one who writes the code: a debugger, a reloader, a server of development. */
const FOR_DEVELOPMENT: readonly (readonly [RegExp, string])[] = [
  [/\bflask\b.*(?:--debug\b|\bFLASK_DEBUG=1)|\bpython\w*\b.*\bwerkzeug\b.*debug/, 'its debugger runs what a caller types'],
  [/\bmanage\.py\W+runserver(?:_plus)?\b|\bflask\b.*\brun\b.*--reload\b/, 'a server of development answers'],
  [/\b(?:uvicorn|gunicorn|hypercorn|daphne|granian)\b.*--reload\b|\bfastapi\W+dev\b/, 'the service runs as in development'],
  [/\bnode\b.*--inspect(?:-brk)?(?:=0\.0\.0\.0|\b)/, 'anybody may attach a debugger'],
  [/-agentlib:jdwp|-Xrunjdwp|\bdlv\b.*--headless|\bdebugpy\b.*--listen/, 'anybody may attach a debugger'],
  [
    /\b(?:npm|yarn|pnpm|bun)\W+(?:run\W+)?(?:dev|start:dev|develop|watch)\b|\b(?:next|nuxt|astro|remix|vinxi)\W+dev\b|\bnodemon\b|\bts-node-dev\b|\btsx\W+watch\b/,
    'the service runs as in development',
  ],
  [
    /\brails\W+(?:s|server)\b.*(?:-e|--environment)\W*development\b|\bphp\b.*\s-S\s|\bcargo\W+watch\b|\b(?:mix|iex)\b.*\bphx\.server\b.*\bdev\b|\bhugo\W+server\b/,
    'a server of development answers',
  ],
];

const STARTS = /^(CMD|ENTRYPOINT|command|args|entrypoint|ExecStart|startCommand|start|web|run)$/;

/** What an image, a container or a unit is started with, where it was started with something else before. */
function* started(input: RuleInput): Iterable<FindingDraft> {
  if (input.before === undefined) return;
  const old = startsIn(input.before);
  const now = input.after === undefined ? '' : startsIn(input.after);
  for (const [pattern, what] of FOR_DEVELOPMENT) {
    if (pattern.test(old) || !pattern.test(now)) continue;
    const place = input.added.settings.find((setting) => isStart(setting) && setting.value !== null);
    if (place !== undefined) yield { side: 'after', range: place.range, message: fitMessage(`\`${shorten(spoken(place), 36)}\`: ${what}`) };
    return;
  }
}

const startsIn = keepOf(({ settings }: SourceFacts): string => settings.filter(isStart).map(spoken).join(' ; '));

function isStart({ path }: Setting): boolean {
  return (
    !path.some((part) => /^(scripts|devDependencies|healthcheck|test|develop|watch)$/.test(part)) &&
    path.slice(-2).some((part) => STARTS.test(part))
  );
}

/** `["flask", "run"]` as a shell would say it. */
function spoken({ value }: Setting): string {
  return String(value ?? '')
    .replace(/["',[\]]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

const FOR_AUTHORS = 'callers reach what is for its authors';

const PRODUCTION = /(^|[/._-])(prod|production|live|release)([/._-]|$)/i;
const ON = /^(true|True|1|['"](true|True|1|on|yes)['"])$/;

/** A new settings file starts somewhere; one of production, and a value that was another before, is what users get. */
function isServed(input: RuleInput, option: Option): boolean {
  if (PRODUCTION.test(input.path)) return true;
  return input.before?.options.some((other) => other.name === option.name && other.callee === option.callee) === true;
}

function openedBy(input: RuleInput, option: Option): string | undefined {
  const { name, value, callee } = option;
  const isOn = ON.test(value);
  if (callee === '' || /^(globals|Settings|Config|BaseSettings)$/.test(callee)) {
    if (
      /^(DEBUG|TEMPLATE_DEBUG|FLASK_DEBUG|APP_DEBUG|DEBUG_PROPAGATE_EXCEPTIONS|PROPAGATE_EXCEPTIONS|debug|consider_all_requests_local|show_exceptions)$/.test(
        name,
      ) &&
      isSettings(input, name)
    )
      return isOn && isServed(input, option) ? 'errors show the code and its settings' : undefined;
    if (name === 'ALLOWED_HOSTS') return /['"]\*['"]/.test(value) && isServed(input, option) ? 'any host name is answered' : undefined;
    if (/^(NODE_ENV|FLASK_ENV|APP_ENV|RAILS_ENV|DJANGO_ENV|ASPNETCORE_ENVIRONMENT)$/.test(name))
      return /^['"]dev(elopment)?['"]$/i.test(value) && !isProperty(option) ? 'the service runs as in development' : undefined;
  }
  if (name === 'debug' && isOn && /(^|\.)(run|Flask|FastAPI|Starlette|run_app|Application|make_app|Bottle|Sanic|Quart)$/.test(callee))
    return 'its debugger runs what a caller types';
  if (name === 'default' && isOn && /\b(DEBUG|debug)\b/.test(option.key) && /(env|config|getenv|bool)/i.test(callee))
    return 'debugging is on where nobody says otherwise';
  const isServer = /GraphQL|Apollo|Yoga|Mercurius|graphqlHTTP|buildHandler|NexusGraphQL|createHandler/i.test(callee);
  if (
    /^(introspection|playground|graphiql|graphiQL|includeStacktraceInErrorResponses)$/.test(name) &&
    isOn &&
    (isServer || /graphql|apollo/i.test(input.path))
  )
    return 'anybody may read the whole schema';
  if (
    /^(stack|stackTrace|stacktrace|trace|traceback)$/.test(name) &&
    isAnswer(callee) &&
    /\b(err|error|e|exc|exception|cause|reason)\w*\??\.stack\b|format_exc|getStackTrace|printStackTrace/.test(value)
  )
    return 'callers get the stack trace';
  return undefined;
}

/** Named so in a file of settings; in any other file `debug` is somebody's own option. */
function isSettings(input: RuleInput, name: string): boolean {
  return (
    /(^|[/_.-])(settings?|config|configuration|conf|app|wsgi|asgi|main|base|common|production|prod)([/_.-]|$)/i.test(input.path) &&
    (name !== 'debug' || /\bapp\b/.test(input.path) || /settings|config/i.test(input.path))
  );
}

/** A property of a literal belongs to a child process, a test or a table. */
function isProperty(option: Option): boolean {
  return /^\([^:]*\.[^.:]+\.[^.:]+:/.test(option.key);
}

function isAnswer(callee: string): boolean {
  return /(^|\.)(json|send|end|jsonify|JSONResponse|Response|reply|body|render|status|write|JsonResponse|HttpResponse|AbortWithStatusJSON|JSON|String)$/.test(
    callee,
  );
}

function openedByCall(input: RuleInput, call: Call): string | undefined {
  const name = lastName(call.callee);
  const text = call.args.join(', ');
  if (
    isAnswer(call.callee) &&
    !/^(console|log|logger|JSON|process|Sentry)\b/.test(call.callee) &&
    /\b(err|error|e|exc|ex|exception)(?: as \w+\))?[?!]?\.stack\b|\bformat_exc\(|getStackTrace\(|debug\.Stack\(/.test(text)
  )
    return 'callers get the stack trace';
  if (/^gin\.SetMode$/.test(call.callee) && /DebugMode|['"]debug['"]/.test(text)) return 'the service runs as in development';
  if (
    /^(getenv|get|environ\.get|config|bool|env)$/i.test(name) &&
    /^['"](\w*_)?DEBUG['"]/.test(call.args[0] ?? '') &&
    ON.test((call.args[1] ?? '').replace(/^default=/, ''))
  )
    return 'debugging is on where nobody says otherwise';
  if (name === 'set' && /^['"]env['"]$/.test(call.args[0] ?? '') && /^['"]development['"]$/.test(call.args[1] ?? ''))
    return 'the service runs as in development';
  if (
    /^(errorhandler|errorHandler)$/.test(call.callee) &&
    call.args.length === 0 &&
    input.before !== undefined &&
    /express|errorhandler/.test(input.after?.tokens.map((token) => token.text).find((token) => /errorhandler/.test(token)) ?? '')
  )
    return input.after?.tokens.some((token) => token.text === "'errorhandler'") === true ? 'callers get the stack trace' : undefined;
  return undefined;
}

/** The name beside a `value` of a list of variables, as Kubernetes writes them. */
function namedBy(input: RuleInput, { path, resource }: Setting): readonly string[] | undefined {
  if (path.at(-1) !== 'value') return undefined;
  const home = path.slice(0, -1);
  const name = input.after?.settings.find(
    (other) =>
      other.resource === resource &&
      other.path.length === path.length &&
      other.path.at(-1) === 'name' &&
      home.every((part, at) => other.path[at] === part),
  );
  return typeof name?.value === 'string' ? [name.value] : undefined;
}

/** `wasOther` is true where the value replaced another one, or the file is one of production. */
function openedBySetting(path: readonly string[], value: string, wasOther: boolean): string | undefined {
  const dotted = path.filter((part) => !/^\d+$/.test(part)).join('.');
  const name = words(dotted);
  const own = path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '';
  const is = isTrue(value) || value === '1';
  if (/\b(NODE_ENV|FLASK_ENV|APP_ENV|RAILS_ENV|RACK_ENV|DJANGO_ENV|ASPNETCORE_ENVIRONMENT|GIN_MODE)$/.test(dotted))
    return wasOther && /^(dev|development|debug)$/i.test(value) ? 'the service runs as in development' : undefined;
  if (/^(DEBUG|FLASK_DEBUG|APP_DEBUG|DJANGO_DEBUG|WERKZEUG_DEBUG|\w+_DEBUG)$/.test(own))
    return is && wasOther ? 'errors show the code and its settings' : undefined;
  if (/(^|_)ALLOWED_HOSTS$/.test(own)) return value === '*' && wasOther ? 'any host name is answered' : undefined;
  if (/management\.?endpoints\.web\.exposure\.include$|management\.endpoints\.web\.exposure$/.test(dotted))
    return /\*|env|heapdump|beans|threaddump|shutdown/.test(value) ? 'anybody may read the actuators' : undefined;
  if (/\bmanagement\b.*\bendpoints?\b.*\bshow values\b/.test(name))
    return /always/i.test(value) ? 'the environment shows its values' : undefined;
  if (/\b(shutdown|heapdump|env)\b.*\b(enabled|access)\b/.test(name) && /^management\b/.test(name))
    return is || /unrestricted/i.test(value) ? 'a dangerous actuator is open' : undefined;
  if (/\berror\b.*\binclude (stacktrace|exception|binding errors)\b/.test(name))
    return /always|on_param/i.test(value) || is ? 'callers get the stack trace' : undefined;
  if (/\bh2\b.*\bconsole\b.*\benabled\b|\bdevtools\b.*\b(enabled|secret|remote)\b/.test(name))
    return is || /secret/.test(name) ? 'a console of development is open' : undefined;
  if (/\b(introspection|playground|graphiql)\b/.test(name) && /enabled$|introspection$|playground$|graphiql$/.test(own))
    return is && wasOther ? 'anybody may read the whole schema' : undefined;
  return undefined;
}
