import type { SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten, words } from '../code/call-names.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { holdsLine } from '../code/hunk-lines.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * A loop over places that took some of them and takes all: `regions.filter((region) => region.wave <= wave)` and `[r for r in REGIONS if
 * r.wave <= wave]`, where the loop that changes each one runs over `regions` itself now.
 */
export function* unfilteredTargets(input: RuleInput): Generator<FindingDraft> {
  const { before, after, added, hunk } = input;
  if (before === undefined || after === undefined || (added.loops.length === 0 && added.calls.length === 0)) return;
  for (const scope of touchedScopes(input, before)) {
    const old = filtersIn(before, scope);
    const now = old.length === 0 ? undefined : counterpartScope(input, scope);
    if (now === undefined || now === '') continue;
    const text = tokensOf(after, now);
    for (const { list, asks } of old) {
      const line = lineOver(after, now, list, hunk.after);
      const stays = filtersIn(after, now).length > 0 || /\b(?:continue|break)\b/.test(text) || wasWhole(before, scope, list);
      if (line === undefined || stays || !changesThem(before, scope) || !changesThem(after, now)) continue;
      yield {
        side: 'after',
        range: rangeOfLine(input, 'after', line),
        message: fitMessage(`\`${shorten(lastName(now), 24)}\` reaches all of \`${shorten(list, 18)}\`, was for \`${shorten(asks, 28)}\``),
      };
    }
  }
}

interface Filter {
  readonly list: string;
  readonly asks: string;
}

/** Lists of places of which a function takes those that meet a condition, by what they are called. */
function filtersIn(facts: SourceFacts, scope: string): readonly Filter[] {
  const text = tokensOf(facts, scope);
  const found = [
    ...[...text.matchAll(/(?<![\w$.])([A-Za-z_$][\w$.]{1,60})\.(?:filter|Where|where|stream\(\)\.filter|iter\(\)\.filter)\(([^;]{1,80})/g)],
    ...[...text.matchAll(/\bfor \w{1,30} in ([A-Za-z_][\w.]{1,60}(?:\(\))?) if ([^\])]{1,80})/g)],
  ];
  return found.flatMap(([, list = '', asks = '']) => (PLACES.test(words(lastName(list.replace(/\(\)$/, '')))) ? [{ list, asks }] : []));
}

const PLACES =
  /\b(?:regions|zones|cells|tenants|clusters|hosts|sites|datacenters|pops|customers|accounts|environments|shards|servers|nodes|devices|fleets?|racks|locations|countries|markets|stores|rings|instances|agents|edges)$/;

/** The line of the hunk on which the function runs over the list as it is. */
function lineOver(
  facts: SourceFacts,
  scope: string,
  list: string,
  place: { readonly start: number; readonly lines: number },
): number | undefined {
  const bare = list.replace(/\(\)$/, '');
  const heads = facts.loops.filter((loop) => loop.scope === scope || loop.scope.startsWith(`${scope}.`));
  const lines = [
    ...heads.filter(({ head }) => new RegExp(`\\b(?:of|in|range|:) ?\\*?${escaped(bare)}(?:\\(\\)|\\.entries\\(\\))?$`).test(head)),
    ...facts.calls.filter(({ callee, scope: own }) => own.startsWith(scope) && (callee === `${bare}.map` || callee === `${bare}.forEach`)),
  ].map(({ range }) => range.start.line);
  return lines.find((line) => holdsLine(place, line));
}

/** The function ran over all of them beside the filter already. */
function wasWhole(facts: SourceFacts, scope: string, list: string): boolean {
  return lineOver(facts, scope, list, { start: 0, lines: Number.MAX_SAFE_INTEGER }) !== undefined;
}

function changesThem({ calls }: SourceFacts, scope: string): boolean {
  return calls.some(
    ({ callee, scope: own, kind }) =>
      kind === 'call' &&
      !/\.(?:push|append)$/.test(callee) &&
      (own === scope || own.startsWith(`${scope}.`)) &&
      CHANGES.test(words(lastName(callee))),
  );
}

const CHANGES =
  /\b(?:push|deploy|apply|publish|release|rollout|roll|upgrade|migrate|purge|install|activate|restart|reboot|stop|delete|remove|drain|scale|patch|rotate|update|reset|kill|invalidate|wipe|promote|configure|provision|reload|evict|terminate|announce|withdraw|truncate|drop|restore|suspend|block|ship|cordon|failover|shutdown|rebuild|disable|enable|execute|send)\b/;

/** Functions on whose lines this hunk took something away. */
function touchedScopes({ hunk }: RuleInput, before: SourceFacts): readonly string[] {
  const { start, lines } = hunk.before;
  const isNamed = tokensOn(before, start, start + lines - 1).some(({ text }) => /filter|where|^if$/i.test(text));
  return isNamed
    ? [...new Set(before.scopes.filter((scope) => scope.startLine < start + lines && scope.endLine >= start).map(({ name }) => name))]
    : [];
}
