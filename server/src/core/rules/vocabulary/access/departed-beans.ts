import type { SourceFacts, SymbolFact } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';
import { keepOf } from '../code/kept.ts';
import { isAccessName } from '../guards/guard-kinds.ts';
import { lineFor, linesOf } from './access-chains.ts';

/** What a container built and put in front of requests, and builds no more. */
export interface DepartedBean {
  readonly item: string;
  readonly range: Range;
}

/** Spring: `@Bean SecurityFilterChain api(HttpSecurity http)` without its annotation or gone from a configuration that stays, and `@EnableWebSecurity`. */
export function* departedBeans(input: RuleInput): Iterable<DepartedBean> {
  const { before, after, removed } = input;
  if (before?.language !== 'java' || after === undefined) return;
  for (const { kind, callee, scope, range } of removed.calls) {
    if (kind !== 'decorator') continue;
    const name = lastName(callee);
    if (SWITCHES.test(name)) {
      const isElsewhere = [...after.calls, ...input.addedElsewhere().calls].some(
        (call) => call.kind === 'decorator' && SWITCHES.test(lastName(call.callee)),
      );
      if (!isElsewhere) yield { item: `@${name}`, range };
      continue;
    }
    if (name === 'Bean')
      yield* lostBean(
        input,
        guardBeans(before).find((symbol) => symbol.name === scope),
        range,
      );
  }
  // Its annotation may stand on a line that another method has now.
  for (const symbol of removed.symbols) {
    const bean = guardBeans(before).find(({ key }) => key === symbol.key);
    if (!removed.calls.some(({ callee, scope }) => scope === bean?.name && lastName(callee) === 'Bean'))
      yield* lostBean(input, bean, symbol.range);
  }
}

function* lostBean(input: RuleInput, bean: SymbolFact | undefined, range: Range): Iterable<DepartedBean> {
  const { before, after } = input;
  if (bean === undefined || before === undefined || after === undefined || !isStanding(after, bean)) return;
  const isSame = ({ type, name }: SymbolFact): boolean =>
    type === bean.type && (type.startsWith('Security') || lastName(name) === lastName(bean.name));
  const moved = input.addedElsewhere().symbols.some(isSame) || isCovered(before, after, bean);
  if (!moved && guardBeans(after).length < guardBeans(before).length) yield { item: `${bean.type} ${lastName(bean.name)}`, range };
}

/** Another chain of the file asks at every address for as much. */
function isCovered(before: SourceFacts, after: SourceFacts, { name }: SymbolFact): boolean {
  const lines = linesOf(before).filter(({ call }) => within(call.scope, name));
  const asked = lines.flatMap(({ addresses, demand }) => addresses.map((address) => ({ address, demand })));
  return asked.length > 0 && asked.every(({ address, demand }) => (lineFor(linesOf(after), address)?.demand ?? -1) >= demand);
}

/** What brings the chains to the container; a method security that is switched off is told with the guards of a class. */
const SWITCHES = /^Enable(?:WebSecurity|WebFluxSecurity)$/;
const TYPES = /^(?:SecurityFilterChain|SecurityWebFilterChain|MethodSecurityExpressionHandler)$/;

/** Methods that give a bean which refuses, by its type or by what a filter is called. */
const guardBeans = keepOf((facts: SourceFacts): readonly SymbolFact[] => {
  const beans = new Set(
    facts.calls.flatMap(({ kind, callee, scope }) => (kind === 'decorator' && lastName(callee) === 'Bean' ? [scope] : [])),
  );
  return facts.symbols.filter(
    ({ kind, name, type }) =>
      kind === 'method' &&
      beans.has(name) &&
      (TYPES.test(type) || (/^FilterRegistrationBean\b/.test(type) && (isAccessName(type.slice(22)) || isAccessName(lastName(name))))),
  );
});

/** The configuration that it stood in stays. */
function isStanding({ symbols }: SourceFacts, { name }: SymbolFact): boolean {
  return symbols.some((symbol) => symbol.kind === 'class' && symbol.name === receiver(name));
}
