import type { Call, Loop, Option, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { bindingsOnce } from '../code/bindings.ts';
import { lastName, literal, shorten, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedOptions } from '../code/option-changes.ts';
import { homeOf } from '../code/option-paths.ts';

/**
 * What a program did to one named region, host or tenant and now does to all of them: the same call in a loop over everything
 * of the kind (`for region in list_regions(): push(region)`), and a target that is `'all'` or `'*'` now.
 */
export function* targetsInLoops(input: RuleInput): Generator<FindingDraft> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<number>();
  for (const round of [...loops(input, after), ...blocks(input, after)]) {
    if (told.has(round.from) || !isWhole(round.head, after)) continue;
    const inside = after.calls.filter((call) => call.range.start.line >= round.from && call.range.start.line <= round.to && changes(call));
    const nouns = nounsOf(round.head);
    const act = inside.find((call) => nouns.some((noun) => didToOne(input, call, noun)));
    const noun = act === undefined ? undefined : nouns.find((each) => didToOne(input, act, each));
    if (act === undefined || noun === undefined) continue;
    told.add(round.from);
    yield {
      side: 'after',
      range: round.range,
      message: fitMessage(`\`${shorten(act.callee, 24)}\` reaches every ${noun} now, was for one: \`${shorten(round.head, 30)}\``),
    };
  }
  yield* widenedOptions(input);
}

interface Round {
  readonly head: string;
  readonly from: number;
  readonly to: number;
  readonly range: Loop['range'];
}

function loops({ added }: RuleInput, after: SourceFacts): readonly Round[] {
  return added.loops
    .filter((loop) => loop.kind !== 'while' && after.loops.includes(loop))
    .map(({ head, body, range }) => ({ head, from: range.start.line, to: body.endLine, range }));
}

/** Ruby's `regions.each do |region|`, whose block goes on behind the call. */
function blocks({ added }: RuleInput, after: SourceFacts): readonly Round[] {
  return added.calls.flatMap((call) => {
    const list = /^(.*)\.(?:each|each_with_index|find_each|each_pair)$/.exec(call.callee)?.[1];
    const end = after.scopes.find(({ name }) => name === call.scope)?.endLine;
    return list === undefined ? [] : [{ head: list, from: call.range.start.line, to: end ?? call.range.end.line + 20, range: call.range }];
  });
}

const NOUN =
  /\b(region|zone|cell|tenant|cluster|host|site|datacenter|pop|customer|account|project|environment|shard|store|server|node|device|fleet|rack|location|country|market|organi[sz]ation|workspace|namespace|subscription)(?:s|es)?\b/;

/** What a loop runs over, by its variable and by its list. */
function nounsOf(head: string): readonly string[] {
  return [...singular(head).matchAll(new RegExp(NOUN, 'g'))].map(([, noun = '']) => noun);
}

function singular(text: string): string {
  return words(text).replace(/ies\b/g, 'y');
}

/** `region in list_regions()`, `const region of regions`, `_, region := range regions`, `String region : regions`. */
function partsOf(head: string): { readonly variable: string; readonly list: string } {
  // `REGIONS.map(…)`, `regions.forEach(…)`: the head is the call.
  const each = /^(.*)\.(?:forEach|map|flatMap|for_each|each)$/.exec(head)?.[1];
  if (each !== undefined) return { variable: '', list: each };
  const at = /\s(?:in|of|:=\s*range|=\s*range|:)\s/.exec(head);
  return at === null
    ? { variable: '', list: head }
    : { variable: head.slice(0, at.index), list: head.slice(at.index + at[0].length).trim() };
}

/** All there are of the kind: asked for without saying which, or a constant. What the caller gives is what was asked for. */
function isWhole(head: string, facts: SourceFacts): boolean {
  const { list } = partsOf(head);
  const source = /^[A-Za-z_]\w*$/.test(list) ? (bindingsOnce(facts).get(list) ?? list) : list;
  if (
    /\b(args|argv|opts?|options|flags?|input|inputs|params?|env|environ|request|req|body|filter\w*|where|selected|chosen|only|given|if|split|slice|limit)\b/i.test(
      source.replace(/\(\s*\)/g, ''),
    )
  )
    return false;
  if (/^(?:[A-Za-z_]\w*\s*(?:\.|::)\s*)*(?:[A-Z][A-Z0-9_]*|[A-Z]\w*)$/.test(source)) return NOUN.test(singular(source));
  // `Edge.regions`: what a class says of its whole kind.
  if (/^[A-Z]\w*\.\w+s$/.test(source)) return NOUN.test(singular(lastName(source)));
  return (
    /\b(list|all|every|get|fetch|load|describe|find|known|keys|values|items|enumerate|active)\b/.test(words(source)) &&
    source.includes('(') &&
    !/[='"]/.test(source)
  );
}

const CHANGES =
  /\b(push|deploy|apply|publish|release|rollout|roll out|upgrade|migrate|sync|flush|purge|write|set|put|install|activate|enable|disable|exec|execute|run|restart|reboot|stop|delete|remove|drain|scale|patch|rotate|update|replace|reset|kill|invalidate|wipe|send|promote|configure|provision|reload|evict|terminate|announce|withdraw|clear|truncate|drop|restore|suspend|block|post|upload|ship|cordon|failover|switch|shutdown|start|rebuild|reindex)\b/;

function changes(call: Call): boolean {
  return (
    call.kind === 'call' &&
    CHANGES.test(words(lastName(call.callee))) &&
    !/^(console|log|logger|logging|print|fmt|set|sys|os\.path)\b/.test(call.callee)
  );
}

/** The same was done before, in no loop over the kind, where one of the kind was named. */
function didToOne(input: RuleInput, call: Call, noun: string): boolean {
  const { before, removed } = input;
  const old = (before?.calls ?? []).filter(
    (other) => lastName(other.callee) === lastName(call.callee) && counterpartScope(input, other.scope) === call.scope,
  );
  if (old.length === 0 || old.some((other) => isInRound(other, before))) return false;
  // One that was named, and not many of them: an argument of this call or of what made its receiver, a member that is read.
  const one = new RegExp(`\\b${noun}( id| name| code)?$`);
  const names = [...removed.calls, ...old].flatMap(({ args }) => args).map((argument) => argument.replace(/^\w+\s*[=:]\s*/, ''));
  return names.some((name) => /^[\w.$?]+$/.test(name) && one.test(words(lastName(name))));
}

function isInRound(call: Call, facts: SourceFacts | undefined): boolean {
  const isOver = (text: string): boolean => NOUN.test(singular(text));
  const line = call.range.start.line;
  return (
    facts?.loops.some(
      (loop) => loop.kind !== 'while' && line >= loop.range.start.line && line <= loop.body.endLine && isOver(loop.head),
    ) === true ||
    facts?.calls.some(
      ({ callee, range }) =>
        /\.(forEach|map|flatMap|each|for_each)$/.test(callee) && isOver(callee) && range.start.line <= line && line <= range.end.line,
    ) === true
  );
}

const TARGET =
  /^(regions?|hosts?|tenants?|clusters?|zones?|target_?(hosts?|regions?|groups?|clusters?|tenants?)?|accounts?|sites?|locations?|datacenters?|cells?|shards?|customers?|namespaces?|environments?|racks?|pops?|stores?|devices?|cohorts?|scope)(_?(id|name))?$/i;
const EVERYTHING = /^\[?(['"])(all|\*|everyone|everything|global|fleet|everywhere)\1\]?$|^(?:\w+\.)*ALL(_[A-Z]+)?$/i;

/** What nobody does to a report. */
const ACTS =
  /\b(push|deploy|apply|publish|release|rollout|upgrade|migrate|flush|purge|install|activate|restart|reboot|delete|drain|scale|rotate|reset|kill|invalidate|wipe|promote|provision|terminate|announce|withdraw|truncate|drop|failover|shutdown)\b/;

/** `purge(zone='eu1')` that is `purge(zone='*')`, and the default of an option that says where. */
function* widenedOptions(input: RuleInput): Generator<FindingDraft> {
  for (const { before, after } of changedOptions(input)) {
    if (!EVERYTHING.test(after.value) || EVERYTHING.test(before.value) || literal(before.value) === '') continue;
    if (!isTarget(after, input) || /^(None|null|nil|undefined|true|false|True|False)$/.test(before.value)) continue;
    const isDefault = /^default/.test(after.name);
    const acts = isDefault
      ? input.after?.calls.some(({ callee }) => ACTS.test(words(lastName(callee)))) === true
      : CHANGES.test(words(`${after.callee} ${after.scope}`)) ||
        /\b(?:flags?|features?|rollouts?)\b/.test(words(`${after.callee} ${homeOf(after)}`));
    if (!acts) continue;
    yield {
      side: 'after',
      range: after.range,
      message: fitMessage(`\`${shorten(after.name, 20)}\` went from ${shorten(before.value, 22)} to ${shorten(after.value, 14)}`),
    };
  }
}

/** Named for a target, or the default of `add_argument("--region", …)`. */
function isTarget(option: Option, { after }: RuleInput): boolean {
  if (TARGET.test(option.name)) return true;
  if (option.name !== 'default' && option.name !== 'defaultValue') return false;
  return (
    after?.calls.some(
      ({ callee, args, range }) =>
        callee === option.callee &&
        range.start.line <= option.range.start.line &&
        option.range.end.line <= range.end.line &&
        TARGET.test((literal(args[0]) ?? '').replace(/^--?/, '').replaceAll('-', '_')),
    ) === true
  );
}
