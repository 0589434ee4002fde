import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { factsInside } from '../code/facts-by-place.ts';
import { groupBy, keepOf } from '../code/kept.ts';
import { isView } from './redecorated-routes.ts';

/**
 * Guards of Python's views that went above the decorator which registers the view: `@login_required` over `@bp.delete(…)`. Flask and
 * FastAPI take what stands below it, and the guard is put around a function that nobody calls
 * (https://flask.palletsprojects.com/en/stable/patterns/viewdecorators/).
 */
export function* guardsAboveRoutes(input: RuleInput, isGuard: (call: Call) => boolean): Iterable<FindingDraft> {
  const { before, after, path } = input;
  if (before === undefined || after === undefined || !/\.pyi?$/.test(path)) return;
  const { start, lines } = input.hunk.after;
  const here = { start: { line: start, character: 0 }, end: { line: start + lines, character: 0 } };
  const onHunk = factsInside(after.calls, here).filter(({ kind, range }) => kind === 'decorator' && range.start.line < start + lines);
  for (const scope of new Set(onHunk.map((call) => call.scope))) {
    const [old, now] = [decoratorsOf(before).get(scope) ?? [], decoratorsOf(after).get(scope) ?? []];
    for (const guard of now) {
      const view = now.find((other) => isView(other) && isAbove(guard, other));
      if (view === undefined || isView(guard) || !isGuard(guard)) continue;
      const isBelow = (all: readonly Call[], other: Call): boolean => all.some((route) => isView(route) && isAbove(route, other));
      const same = (other: Call): boolean => other.callee === guard.callee;
      if (!old.some((other) => same(other) && isBelow(old, other)) || now.some((other) => same(other) && isBelow(now, other))) continue;
      const place = [guard, view].find((call) => onHunk.includes(call));
      if (place === undefined) continue;
      yield {
        side: 'after',
        range: place.range,
        message: fitMessage(
          `\`@${shorten(guard.callee, 24)}\` stands above \`@${shorten(lastName(view.callee), 12)}\` and no longer guards \`${shorten(scope, 24)}\``,
        ),
      };
    }
  }
}

const decoratorsOf = keepOf((facts: SourceFacts) =>
  groupBy(
    facts.calls.filter(({ kind }) => kind === 'decorator'),
    ({ scope }) => scope,
  ),
);

function isAbove(one: Call, other: Call): boolean {
  return one.range.end.line < other.range.start.line;
}
