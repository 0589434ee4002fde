import type { Call, Option, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/** A server that believes what anybody writes into `X-Forwarded-For`. */
export interface TrustedProxies {
  readonly side: 'before' | 'after';
  readonly range: Range;
  /** As written: `app.set('trust proxy', true)`, `forwarded_allow_ips`. */
  readonly said: string;
}

/**
 * Every address is a proxy now, where some or none were: `app.set('trust proxy', true)`, `trustProxy: true`, `ProxyFix(x_for=10)`,
 * `--forwarded-allow-ips='*'`, `SetTrustedProxies([]string{"0.0.0.0/0"})`, `set_real_ip_from 0.0.0.0/0`. A file that is new had nothing to lose.
 */
export function* proxiesOfAnybody(input: RuleInput): Generator<TrustedProxies> {
  const { added, before } = input;
  if (before === undefined || isOpenAlready(before)) return;
  for (const call of added.calls) if (isOpenCall(call)) yield { side: 'after', range: call.range, said: call.callee };
  for (const option of added.options) {
    const hops = /^x_for$/.test(option.name) ? Number(option.value) : 0;
    const was = before.options.find(({ name, callee }) => name === option.name && callee === option.callee)?.value ?? '1';
    if (hops > MOST_HOPS && hops > Number(was)) yield { side: 'after', range: option.range, said: `${option.name}=${option.value}` };
    else if (isOpenOption(input.after, option)) yield { side: 'after', range: option.range, said: option.name };
  }
  for (const command of added.commands) {
    const flag = FLAG.exec(command.written)?.[0];
    if (flag !== undefined && !before.commands.some(({ written }) => FLAG.test(written)))
      yield { side: 'after', range: command.range, said: flag };
  }
  for (const change of changedSettings(input)) {
    const { after: now } = change;
    if (now === undefined || change.resourceIsNew) continue;
    const [name, value, was] = [words(change.path.join('.')), String(now.value), String(change.before?.value ?? '')];
    const isOpen = (text: string): boolean =>
      (PROXIES.test(name) && ANYBODY.test(text)) ||
      (/forwarded headers insecure$/.test(name) && text === 'true') ||
      FLAG.test(text.replaceAll(/["',[\]]/g, ' '));
    if (isOpen(value) && !isOpen(was)) yield { ...placeOf(change), said: change.path.at(-1) ?? '' };
  }
}

const isOpenAlready = keepOf(
  (facts: SourceFacts): boolean => facts.calls.some(isOpenCall) || facts.options.some((option) => isOpenOption(facts, option)),
);

/** More proxies than this do not stand one behind another. */
const MOST_HOPS = 4;

const FLAG = /--forwarded-allow-ips[\s=]{1,4}["']?\*|--[\w.]{1,60}[fF]orwarded[hH]eaders\.insecure(?:=true)?(?![\w=])/;

/** Where the addresses of proxies are listed, as `words` gives the end of a path. */
const PROXIES =
  /(?:^| )(?:forwarded allow ips|trusted proxies|forwarded headers trusted ips|set real ip from|proxy real ip cidr)(?: \d+)?$/;

/** All addresses there are. */
const ANYBODY = /(?:^|[\s'"`[({,])(?:\*|0\.0\.0\.0\/0|::\/0)(?:$|[\s'"`\])},])/;

function isOpenCall({ callee, args }: Call): boolean {
  const [name = '', value = ''] = args;
  const isTrust = /^['"`]trust proxy['"`]$/.test(name);
  if (isTrust) return (lastName(callee) === 'set' && value === 'true') || lastName(callee) === 'enable';
  return /^(?:SetTrustedProxies|set_trusted_proxies|setTrustedProxies)$/.test(lastName(callee)) && ANYBODY.test(args.join(', '));
}

function isOpenOption(facts: SourceFacts | undefined, { name, value, callee, key }: Option): boolean {
  const text = words(name);
  if (text === 'trust proxy') return value === 'true';
  if (PROXIES.test(text)) return ANYBODY.test(value);
  // Koa says it with one short word.
  return text === 'proxy' && value === 'true' && (callee === 'Koa' || (/^\(\w+\./.test(key) && makesKoa(facts)));
}

function makesKoa(facts: SourceFacts | undefined): boolean {
  return facts?.calls.some(({ kind, callee }) => kind === 'new' && callee === 'Koa') === true;
}
