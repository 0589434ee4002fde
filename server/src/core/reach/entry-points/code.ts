import type { Call, SourceFacts } from '../../model/facts.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import type { EntryPoint, EntryWorld } from './entry-point.ts';

/**
 * Without one of these words a file neither answers an address nor waits for a clock, a queue or an event, and is not run by itself:
 * it need not be read for facts. Invariant: what `codeEntries` finds, this lets through (test/reach/entry-points.test.ts).
 */
const MAY_BE_ENTERED = new RegExp(
  [
    // A call with an address: `app.post('/pay', …)`, `path("pay/", …)`.
    String.raw`\.(?:get|post|put|patch|delete|head|options|all|any|route|handle|handlefunc|handlerfunc|method|methodfunc|add_url_rule|add_route)\s*\(\s*[rbuf]{0,2}["'${'`'}]`,
    String.raw`\b(?:path|re_path|url)\s*\(\s*[rbuf]{0,2}["']`,
    // A decorator or an annotation.
    String.raw`@(?:[\w.]*\.)?(?:get|post|put|patch|delete|all|route|websocket|api_route|\w*mapping|query|mutation|subscription|cron|interval|timeout|scheduled|schedules|eventpattern|messagepattern|rabbit\w+|kafkalistener|sqs\w+|jmslistener|processor?|onqueueevent|shared_task|task|periodic_task)\b`,
    String.raw`\b(?:schedule(?:Job)?|CronJob|Cron|createFunction|onRequest|onCall|onSchedule|onMessagePublished|onDocument\w+|addEventListener)\s*\(`,
    String.raw`\bnew\s+(?:\w+\.)?Worker\b|[qQ]ueue\.process\b`,
    String.raw`\b__main__\b|\bfunc\s+main\b|\bstatic\s+void\s+main\b|require\.main\b|^#!`,
  ].join('|'),
  'i',
);

const VERB = /^(get|post|put|patch|delete|head|options)$/i;
/** What asks an address and does not answer one, or only looks like it. */
const ASKS =
  /^(axios|http|https|client|\w*[cC]lient|requests?|fetch|ky|got|superagent|agent|session|nock|page|cy|headers|params|map|cache|store|storage|config|redis|mock\w*|msw|rest|formData|searchParams|cookies|registry)$/;
const ANNOTATED = /^(Get|Post|Put|Patch|Delete|Request)Mapping$/;

export function mayBeEntered(tree: Tree, path: RepoPath): boolean {
  const content = tree.read(path);
  return content?.kind === 'text' && MAY_BE_ENTERED.test(content.text);
}

/** Entry points that the code of a file declares itself: addresses, work that something starts, and being run as a program. */
export function codeEntries(world: EntryWorld, path: RepoPath): readonly EntryPoint[] {
  const content = world.tree.read(path);
  if (content?.kind !== 'text' || !mayBeEntered(world.tree, path)) return [];
  const facts = world.facts(path);
  const main = mainOf(path, content.text);
  const point = (kind: EntryPoint['kind'], name: string, line: number, scope?: string): EntryPoint => ({
    kind,
    name,
    path,
    declared: { path, line },
    ...(scope === undefined || scope === '' ? {} : { scope }),
  });
  return [
    ...(main === undefined ? [] : [point('main', path, main)]),
    ...(facts?.calls ?? []).flatMap((call): readonly EntryPoint[] => {
      const route = routeOf(call, facts);
      if (route !== undefined) return [point('route', route, call.range.start.line, runs(call))];
      const job = jobOf(call);
      return job === undefined ? [] : [point(job.kind, job.name, call.range.start.line, runs(call))];
    }),
  ];
}

/** The scope whose code runs: what a decorator stands on, the handler by its name, or the place of one without a name. */
function runs(call: Call): string {
  if (call.kind === 'decorator') return call.scope;
  const handler = call.args.at(-1) ?? '';
  const [, name] = /^(?:\w+\.)*([A-Za-z_$][\w$]*)(?:\(.*\))?$/s.exec(handler) ?? [];
  if (name !== undefined && name !== 'fn') return name;
  return call.args[0] === undefined ? '' : `${call.callee}(${call.args[0]})`;
}

function routeOf(call: Call, facts: SourceFacts | undefined): string | undefined {
  const name = lastName(call.callee);
  const written = addressIn(call);
  if (call.kind === 'decorator') {
    if (/^(Query|Mutation|Subscription)$/.test(name) && facts?.calls.some(({ callee }) => callee === 'Resolver'))
      return `${name.toLowerCase()} ${literal(call.args[0]) ?? call.scope.split('.').at(-1) ?? ''}`;
    const verb = ANNOTATED.test(name) ? name.replace('Mapping', '') : name;
    if (!VERB.test(verb) && !/^(route|websocket|Request|api_route|All)$/.test(verb)) return undefined;
    // A base address on the class says where its methods lie, and answers nothing itself.
    if (verb === 'Request' && facts?.symbols.some((symbol) => symbol.name === call.scope && symbol.kind === 'class')) return undefined;
    const isOwn = /^(Get|Post|Put|Patch|Delete|All)$/.test(name) || ANNOTATED.test(name);
    if (written === undefined && !(isOwn && call.args.length === 0)) return undefined;
    if (!isOwn && written?.startsWith('/') !== true) return undefined;
    return `${methodOf(call) ?? (VERB.test(verb) ? verb.toUpperCase() : '*')} ${joined(baseOf(call, facts), written ?? '')}`;
  }
  if (call.kind !== 'call' || written === undefined || call.args.length < 2) return undefined;
  const receiver = call.callee.includes('.') ? (call.callee.split('.').at(-2) ?? '').replace(/\(.*/s, '') : '';
  if (ASKS.test(receiver) && !/^(http\.(HandleFunc|Handle))$/.test(call.callee)) return undefined;
  const [, method, bare = written] = /^([A-Z]+) (\S+)$/.exec(written) ?? [];
  const isVerb = VERB.test(name) || name === 'all' || name === 'any' || name === 'Any';
  const isOther = /^(handle|handlefunc|handlerfunc|method|methodfunc|route|add_url_rule|add_route|path|re_path|url)$/i.test(name);
  if (!isVerb && !isOther) return undefined;
  if (isVerb && receiver === '') return undefined;
  const isDjango = /^(path|re_path|url)$/.test(call.callee);
  if (!bare.startsWith('/') && !isDjango) return undefined;
  if (!handles(call)) return undefined;
  const verb = VERB.test(name) ? name.toUpperCase() : (method ?? methodOf(call) ?? '*');
  return `${verb} ${isDjango && !bare.startsWith('/') ? `/${bare}` : bare}`;
}

/** A route ends in what handles it, and whoever asks an address hands over data, or waits for the answer. */
function handles(call: Call): boolean {
  const handler = call.args.at(-1) ?? '';
  if (call.use === 'awaited') return false;
  return /^(fn|[A-Za-z_$][\w$.:]*(\(.*\))?)$/s.test(handler) && !/^(true|false|null|undefined|nil|None|\d+)$/.test(handler);
}

function addressIn(call: Call): string | undefined {
  const named = call.args.find((argument) => /^(value|path|rule)\s*=/.test(argument))?.replace(/^\w+\s*=\s*/, '');
  return literal(call.args[0]) ?? literal(named);
}

/** `methods=['POST']` of Flask, `method = RequestMethod.POST` of Spring. */
function methodOf(call: Call): string | undefined {
  const argument = call.args.find((one) => /^methods?\s*=/.test(one));
  const verbs = argument?.match(/\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b/g);
  return verbs === null || verbs === undefined ? undefined : [...new Set(verbs)].join('|');
}

/** `@Controller('cats')`, `@RequestMapping("/api")` of the class around a method. */
function baseOf(call: Call, facts: SourceFacts | undefined): string {
  const owner = call.scope.includes('.') ? call.scope.slice(0, call.scope.lastIndexOf('.')) : '';
  if (owner === '') return '';
  const bases = facts?.calls.filter(
    ({ kind, scope, callee }) => kind === 'decorator' && scope === owner && /^(Controller|RequestMapping|Path)$/.test(lastName(callee)),
  );
  return bases?.map(addressIn).find((base) => base !== undefined) ?? '';
}

function joined(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((part) => part !== '')
    .join('/')}`;
}

function jobOf(call: Call): { readonly kind: 'job' | 'function'; readonly name: string } | undefined {
  const { callee, kind, args } = call;
  const name = lastName(callee);
  const first = literal(args[0]) ?? '';
  const named = (word: string): string => [word, first].filter((part) => part !== '').join(' ');
  if (kind === 'decorator') {
    const target = call.scope.split('.').at(-1) ?? '';
    if (/^(Cron|Interval|Timeout|Scheduled|Schedules)$/.test(name)) return { kind: 'job', name: `cron ${target}` };
    if (
      /^(EventPattern|MessagePattern|RabbitSubscribe|RabbitRPC|KafkaListener|RabbitListener|SqsListener|JmsListener|SqsMessageHandler|Processor|Process|OnQueueEvent)$/.test(
        name,
      )
    )
      return { kind: 'job', name: first === '' ? `queue ${target}` : `queue ${first}` };
    if (name === 'shared_task' || /\.(task|periodic_task)$/.test(callee)) return { kind: 'job', name: `task ${target}` };
    return undefined;
  }
  if (/^(cron|nodeCron|schedule|scheduler|node_schedule)\.(schedule|scheduleJob)$/.test(callee))
    return { kind: 'job', name: named('cron') };
  if (kind === 'new' && /(^|\.)(CronJob|Cron)$/.test(callee)) return { kind: 'job', name: named('cron') };
  if (kind === 'new' && /(^|\.)Worker$/.test(callee) && first !== '' && args.length > 1 && !/[./]/.test(first))
    return { kind: 'job', name: named('queue') };
  if (kind === 'call' && /[qQ]ueue\.process$/.test(callee)) return { kind: 'job', name: `queue ${callee.split('.').at(-2)}` };
  if (/(^|\.)createFunction$/.test(callee) && args.length > 2)
    return { kind: 'job', name: `function ${/id:\s*["']([^"']+)/.exec(args[0] ?? '')?.[1] ?? ''}`.trim() };
  if (/(^|\.)(onRequest|onCall)$/.test(callee)) return { kind: 'function', name: 'cloud function' };
  if (/(^|\.)(onSchedule|onMessagePublished|onDocument(Created|Updated|Deleted|Written))$/.test(callee))
    return { kind: 'job', name: named(name) };
  if (/^(self\.|globalThis\.)?addEventListener$/.test(callee) && /^(fetch|scheduled|queue)$/.test(first))
    return { kind: 'function', name: `worker ${first}` };
  return undefined;
}

/** 1-based line at which a file says that it is a program. */
function mainOf(path: RepoPath, text: string): number | undefined {
  if (/\.([cm]?[jt]s|rb|php)$/.test(path) && text.startsWith('#!')) return 1;
  if (path.endsWith('.py')) return lineOf(text, /^if\s+__name__\s*==\s*["']__main__["']/m);
  if (path.endsWith('.go') && /^package\s+main\b/m.test(text)) return lineOf(text, /^func\s+main\s*\(\s*\)/m);
  if (path.endsWith('.java')) return lineOf(text, /\bpublic\s+static\s+void\s+main\s*\(/);
  if (/\.[cm]?js$/.test(path)) return lineOf(text, /require\.main\s*===?\s*module/);
  return undefined;
}

function lineOf(text: string, expression: RegExp): number | undefined {
  const at = text.search(expression);
  return at < 0 ? undefined : text.slice(0, at).split('\n').length;
}

function lastName(callee: string): string {
  return callee.replace(/\(.*/s, '').split(/\.|::/).at(-1) ?? callee;
}

function literal(argument: string | undefined): string | undefined {
  return /^(?:[rbuf]{0,2})(["'`])([^"'`$]*)\1$/.exec(argument?.trim() ?? '')?.[2];
}
