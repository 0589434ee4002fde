import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { lastName, literal } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';
import { usersOf } from './removed-routes.ts';

/**
 * What stands in front of all addresses of a router, and is another one now, while somebody asks for the old ones: `APIRouter(prefix="/visits")`,
 * `app.use('/visits', visits)`, `@Controller('visits')`.
 */
export function* movedPrefixes(input: RuleInput): Iterable<FindingDraft> {
  const { before, after, added, removed } = input;
  if (before === undefined || after === undefined || /(^|\/)(tests?|__tests__|mocks?|fixtures)\/|[._-](test|spec)\./.test(input.path))
    return;
  for (const call of added.calls) {
    const now = prefixOf(call);
    if (now === undefined) continue;
    const old = removed.calls.find(
      (other) =>
        other.callee === call.callee && other.kind === call.kind && prefixOf(other) !== undefined && restOf(other) === restOf(call),
    );
    const was = old === undefined ? undefined : prefixOf(old);
    if (was === undefined || was === now || was === '' || keepsOld(after.calls, was)) continue;
    const users = usersOf(input, was, asksBelow(was, now)).filter((file) => !/\.(?:md|ya?ml|json)$/.test(file));
    if (users.length === 0) continue;
    yield {
      side: 'after',
      range: call.range,
      message: fitMessage(
        `${quote(was, 24)} is ${quote(now, 24)} now; ${users.length} ${users.length === 1 ? 'file asks' : 'files ask'} for the old one`,
      ),
      severity: 'high',
      related: users.slice(0, 10).map((file) => ({ path: file, line: 1, message: `asks for ${was}` })),
    };
  }
}

/** A text that names an address which begins with the old prefix, and not as a part of the new one. */
function asksBelow(was: string, now: string): (text: string) => boolean {
  const asked = new RegExp(`(?<![\\w-])${escaped(was)}(?![\\w-])`);
  // One that got shorter is a part of the old one.
  return (text) => asked.test(was.includes(now) ? text : text.replaceAll(now, ''));
}

const IN_OPTION = /^(?:APIRouter|Blueprint|include_router|register_blueprint|Router|register)$/;
const IN_FIRST = /^(?:use|route|mount|Mount|Group|Route|group|nest|scope|basePath|Controller|RequestMapping)$/;

/** `/visits`, with its slash in front. */
function prefixOf(call: Call): string | undefined {
  const name = lastName(call.callee);
  const said = call.args.map((argument) => /^(?:prefix|url_prefix|path|value) ?[=:] ?([^ ].*)/s.exec(argument)?.[1]);
  const given = literal(said.find((value) => value !== undefined)) ?? (IN_FIRST.test(name) ? literal(call.args[0]) : undefined);
  if (given === undefined || !(IN_OPTION.test(name) || IN_FIRST.test(name))) return undefined;
  const isClass = call.kind === 'decorator';
  if (!given.startsWith('/') && !(isClass && /^[\w-]+(?:\/[\w-]+)*$/.test(given))) return undefined;
  return given.replace(/^(?!\/)/, '/').replace(/\/$/, '');
}

/** All that the call is told beside the prefix. */
function restOf(call: Call): string {
  const prefix = prefixOf(call) ?? '';
  return call.args
    .filter((argument) => (literal(argument.replace(/^\w+\s*[=:]\s*/, '')) ?? '').replace(/^\/|\/$/g, '') !== prefix.slice(1))
    .join();
}

function keepsOld(calls: readonly Call[], prefix: string): boolean {
  return calls.some((call) => prefixOf(call) === prefix);
}
