import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { keepOfBoth } from '../code/kept.ts';

/**
 * A list of machines or objects that is asked for with fewer filters than before, in a file that then changes what it got:
 * `describe_instances(Filters=[…])` without its `tag:Tenant`, `list_namespaced_pod(label_selector=…)` without one of its labels.
 */
export function* lostFilters(input: RuleInput): Generator<FindingDraft> {
  const { before, after, added, removed } = input;
  if (before === undefined || after === undefined) return;
  for (const { old, lost, heir, successor } of lostInFile(before, after)) {
    const isHere = added.calls.includes(successor);
    if (!isHere && (heir !== undefined || !removed.calls.includes(old))) continue;
    yield {
      side: isHere ? 'after' : 'before',
      range: isHere ? successor.range : old.range,
      message: fitMessage(`\`${shorten(nameOfList(old), 26)}\` no longer asks for \`${shorten(lost, 28)}\``),
    };
  }
}

interface LostFilter {
  readonly old: Call;
  /** The first filter that is gone. */
  readonly lost: string;
  /** The new call that asks for the same list, where there is one. */
  readonly heir: Call | undefined;
  readonly successor: Call;
}

/** The same for every hunk of a file. */
const lostInFile = keepOfBoth((before: SourceFacts, after: SourceFacts): readonly LostFilter[] => {
  const narrowed = onlyIn(before.calls, after.calls).filter((call) => filtersOf(call).length > 0);
  if (narrowed.length === 0 || !after.calls.some(changesThem)) return [];
  const text = [...after.calls.flatMap((call) => call.args), ...after.options.map((option) => option.value)].join('\n');
  const known = new Set(before.calls.map((call) => call.key));
  return narrowed.flatMap((old): readonly LostFilter[] => {
    const names = filtersOf(old);
    const lost = names.filter((name) => !text.includes(name));
    // Other filters for all of the old ones ask for something else.
    if (lost.length === 0 || (lost.length === names.length && names.length > 1 && after.calls.some((call) => filtersOf(call).length > 0)))
      return [];
    const heir = after.calls.find(
      (call) => !known.has(call.key) && isSameList(old, call) && (filtersOf(call).length > 0 || call.args.length > 0),
    );
    const successor = heir ?? after.calls.find((call) => isSameList(old, call));
    return successor === undefined || isOpaque(successor) ? [] : [{ old, lost: lost[0] ?? '', heir, successor }];
  });
});

const CHANGES =
  /\b(reboot|terminate|stop|delete|restart|start|remove|drain|detach|deregister|modify|scale|evict|patch|send|run|suspend|shutdown|destroy|purge|invoke|rotate|update|cordon|replace|release|disable|recycle|reset|kill)\b/;

function changesThem(call: Call): boolean {
  return call.kind === 'call' && CHANGES.test(words(lastName(call.callee)));
}

/** Names of what a list is narrowed by. */
function filtersOf(call: Call): readonly string[] {
  if (call.kind === 'decorator') return [];
  const text = call.args.join(', ');
  if (/\b(Filters?|filters|TagFilters|tag_filters)\b['"]?\s*[=:]/.test(text))
    return [...text.matchAll(/\b(?:Name|Key)['"]?\s*[:=]\s*(?:\w+\.String\(|Some\()?['"]([\w:./-]+)['"]/g)].map((match) => match[1] ?? '');
  const selector = /\b(?:label_?selector|field_?selector)['"]?\s*[=:]\s*f?['"`]([^'"`]*)['"`]/i.exec(text)?.[1];
  if (selector === undefined && OWN_LIST.test(words(lastName(call.callee))))
    return [...text.matchAll(/(?:^|[{,(]\s*)(\w+)(?=\s*[=:,}])/g)].flatMap(([, name = '']) => (PLACE.test(words(name)) ? [name] : []));
  return selector === undefined ? [] : selector.split(',').flatMap((part) => /^\s*([\w./-]+)\s*[!=]=?/.exec(part)?.[1] ?? []);
}

/** A list of the project's own: `hosts(rack=…)`, `listTenants({ region })`. */
const OWN_LIST =
  /\b(hosts|nodes|servers|instances|machines|workers|tenants|customers|devices|clusters|inventory|targets|pods|vms|brokers|shards|sites|stores)$/;
const PLACE =
  /^(rack|region|zone|cell|tenant|cluster|host|site|datacenter|data center|dc|shard|group|limit|ring|wave|cohort|pool|row|hall|batch|canary)( id| name)?$/;

/** `describe_instances`, also where a paginator is asked for it. */
function nameOfList(call: Call): string {
  return /(?:paginator|waiter|paginate\w*)\(\s*['"](\w+)['"]/i.exec(`${call.callee}(${call.args.join()})`)?.[1] ?? lastName(call.callee);
}

function isSameList(old: Call, call: Call): boolean {
  const [one, other] = [old, call].map((each) =>
    words(nameOfList(each))
      .replace(/\b(paginate|paginator|command|input|pages|new)\b/g, '')
      .trim(),
  );
  return one === other;
}

/** Filters in a variable of their own may be any. */
function isOpaque(call: Call): boolean {
  return /\b(Filters?|filters|label_?selector)['"]?\s*[=:]\s*[A-Za-z_][\w.]*\s*($|[,)}])|\*\*\w|\.\.\.\w/i.test(call.args.join(', '));
}
