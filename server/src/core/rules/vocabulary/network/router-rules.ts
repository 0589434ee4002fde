import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';

/**
 * Which requests a router of Traefik takes: a rule that lost one of its conditions takes what others took, and one with other names leaves
 * what it took to nobody. A label is a key of its own or `key=value` in a list.
 */
export function* routerRules(input: RuleInput): Generator<FindingDraft> {
  const { before, after, added } = input;
  if (before === undefined || after === undefined) return;
  for (const setting of added.settings) {
    const now = ruleIn(setting);
    if (now === undefined) continue;
    const old = before.settings.map(ruleIn).find((other) => other?.name === now.name);
    if (old === undefined || partsOf(old.rule).every((part) => partsOf(now.rule).includes(part)) || isWider(old.rule, now.rule)) continue;
    yield { side: 'after', range: setting.range, message: fitMessage(`${quote(old.rule, 34)} -> ${quote(now.rule, 34)}`) };
  }
}

function ruleIn({
  path,
  value,
  resource,
}: RuleInput['added']['settings'][number]): { readonly name: string; readonly rule: string } | undefined {
  const [, name = '', rule = ''] = /^(traefik\.(?:http|tcp|udp)\.routers\.[\w@-]+\.rule)=(.*)$/.exec(String(value)) ?? [];
  if (name !== '') return { name: `${resource} ${path.slice(0, -1).join('/')} ${name}`, rule };
  const own = /(?:^|\/)(?:traefik\.)?(?:http|tcp|udp)[./]routers[./][\w@-]+[./]rule$/.test(path.join('/'));
  return own && typeof value === 'string' ? { name: `${resource} ${path.join('/')}`, rule: value } : undefined;
}

/** Conditions that must all hold, without white space. */
function partsOf(rule: string): readonly string[] {
  return rule.split('&&').map((part) => part.replace(/\s/g, ''));
}

/** `Host(a)` that is `Host(a) || Host(b)`: what was taken is taken still. */
function isWider(old: string, now: string): boolean {
  return now.split('||').some((part) => part.replace(/\s/g, '') === old.replace(/\s/g, ''));
}
