import type { Setting, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten } from '../code/call-names.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { nameOf } from '../settings/setting-index.ts';

/**
 * A block of nginx that let in some addresses and kept out the rest, and lets in everybody now: its `deny all` is gone, or `allow all`
 * stands in front of it. Rules are asked in order, and a block without any has those of the block around it
 * (https://nginx.org/en/docs/http/ngx_http_access_module.html).
 */
export function* openedAddressLists(input: RuleInput): Generator<FindingDraft> {
  const { before, after, added, removed } = input;
  if (before?.language !== 'nginx' || after === undefined) return;
  for (const deny of removed.settings) {
    if (nameOf(deny) !== 'deny' || deny.value !== 'all') continue;
    const block = deny.path.slice(0, -1);
    if (!keepsOut(before, block) || !stands(after, block) || keepsOut(after, block) || asksWho(after, block)) continue;
    yield {
      side: 'before',
      range: deny.range,
      message: fitMessage(`\`deny all\` of \`${name(block)}\` is gone: everybody may connect`),
    };
  }
  for (const allow of added.settings) {
    if (nameOf(allow) !== 'allow' || allow.value !== 'all') continue;
    const block = allow.path.slice(0, -1);
    if (!keepsOut(before, block) || keepsOut(after, block) || asksWho(after, block)) continue;
    yield {
      side: 'after',
      range: allow.range,
      message: fitMessage(`\`allow all\` lets everybody in to \`${name(block)}\``),
    };
  }
}

/** True where the rules of a block, or else those of the nearest block around it that has some, end in keeping out everybody else. */
function keepsOut(facts: SourceFacts, block: readonly string[]): boolean {
  for (let depth = block.length; depth >= 0; depth -= 1) {
    const rules = (blocksOf(facts).get(keyOf(block.slice(0, depth))) ?? []).filter((setting) => /^(?:allow|deny)$/.test(nameOf(setting)));
    if (rules.length > 0) return rules.some((rule) => rule.value === 'all' && nameOf(rule) === 'deny') && !letsAllIn(rules);
  }
  return false;
}

/** `allow all` in front of `deny all`. */
function letsAllIn(rules: readonly Setting[]): boolean {
  const first = rules.find(({ value }) => value === 'all');
  return first !== undefined && nameOf(first) === 'allow';
}

/** A password or another service is asked instead, or nobody is answered. */
function asksWho(facts: SourceFacts, block: readonly string[]): boolean {
  const own = blocksOf(facts).get(keyOf(block)) ?? [];
  if (own.some((setting) => nameOf(setting) === 'return' && /^(?:403|404|444)\b/.test(String(setting.value)))) return true;
  const around = block.flatMap((_part, depth) => blocksOf(facts).get(keyOf(block.slice(0, depth))) ?? []);
  return [...own, ...around].some(
    (setting) => /^(?:auth_basic|auth_request|auth_jwt|ssl_verify_client|internal)$/.test(nameOf(setting)) && setting.value !== 'off',
  );
}

function stands(facts: SourceFacts, block: readonly string[]): boolean {
  return blocksOf(facts).has(keyOf(block));
}

/** Directives by the block that they stand in. */
const blocksOf = keepOf((facts: SourceFacts) => groupBy(facts.settings, ({ path }) => keyOf(path.slice(0, -1))));

function keyOf(block: readonly string[]): string {
  return block.join('\n');
}

/** The block by its own words. */
function name(block: readonly string[]): string {
  return shorten(block.at(-1) ?? 'the server', 30);
}
