import type { Parameter, SymbolFact } from '../../model/facts.ts';
import type { FindingDraft } from '../../model/finding.ts';
import { shorten } from '../call-names.ts';
import { fanIn, isEveryCallerUpdated, severityByFanIn } from '../contract-callers.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { isWider } from '../types.ts';

/**
 * ## What it sees
 * An exported function, method or constructor whose parameters changed so that a call written for the old ones no longer
 * fits: one added that must be given, one removed, two swapped, one with another type, an optional one made required.
 *
 * ## Why it matters
 * The change is small and local; the callers are neither. In code without types, or with `any` on the way, nothing fails
 * before it runs.
 *
 * ## When it is fine
 * An optional parameter at the end, a new name for a parameter, a wider type; nobody imports it; or every call changed with it.
 * These are not flagged.
 *
 * ## What it misses
 * Callers outside the repository, calls through reflection, and a type that kept its name and changed its fields.
 */
export default defineRule({
  id: 'contract/exported-signature-changed',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'An exported signature changed under its callers',
  reads: ['symbols'],
  evidence: [
    {
      title: 'Reported retail order loss after high-blast-radius changes, 2026',
      url: 'https://vibegraveyard.ai/story/amazon-ai-code-retail-outages',
    },
  ],
  *check(input): Iterable<FindingDraft> {
    for (const symbol of input.removed.symbols) {
      if (!symbol.exported || (symbol.kind !== 'function' && symbol.kind !== 'method')) continue;
      // Of several overloads one that still takes the old calls is enough.
      const candidates =
        input.after?.symbols.filter((other) => other.name === symbol.name && other.kind === symbol.kind && other.exported) ?? [];
      const now = candidates.find((other) => input.added.symbols.includes(other)) ?? candidates[0];
      if (now === undefined || candidates.some((other) => breaks(symbol, other) === undefined)) continue;
      const broken = breaks(symbol, now);
      const radius = input.reach.of(symbol);
      if (
        radius !== null &&
        (radius.files === 0 || isEveryCallerUpdated(input, radius, (_, dependent) => !/^(im|ex)ports /.test(dependent.message)))
      )
        continue;
      const severity = radius === null ? undefined : severityByFanIn(radius);
      const reach = radius === null ? 'callers unknown' : fanIn(radius);
      yield {
        side: 'after',
        range: now.range,
        message: fitMessage(`\`${shorten(symbol.name, 24)}\` ${broken}; ${reach}`),
        radius,
        ...(severity === undefined ? {} : { severity }),
      };
    }
  },
});

/** Says what no longer fits, or undefined where every old call still does. */
function breaks(before: SymbolFact, after: SymbolFact): string | undefined {
  const old = before.parameters;
  const now = after.parameters;
  for (const [index, parameter] of now.entries()) {
    const counterpart = old[index];
    if (counterpart === undefined) {
      if (!parameter.optional) return `now needs \`${shorten(parameter.name, 14)}\``;
      continue;
    }
    const moved = old.findIndex((other) => other.name === parameter.name);
    if (moved >= 0 && moved !== index && !isRenamed(old, now))
      return now.some((other) => other.name === counterpart.name)
        ? `moved \`${shorten(parameter.name, 14)}\``
        : `lost \`${shorten(counterpart.name, 14)}\``;
    if (counterpart.optional && !parameter.optional) return `now needs \`${shorten(parameter.name, 14)}\``;
    if (isNarrowed(counterpart, parameter)) return `takes another \`${shorten(parameter.name, 14)}\``;
  }
  const dropped = old[now.length];
  return dropped === undefined ? undefined : `lost \`${shorten(dropped.name, 14)}\``;
}

/** The same names in the same number of places, none of which kept another's: only names changed. */
function isRenamed(old: readonly Parameter[], now: readonly Parameter[]): boolean {
  const names = new Set(old.map((parameter) => parameter.name));
  return !now.some((parameter) => names.has(parameter.name));
}

function isNarrowed(before: Parameter, after: Parameter): boolean {
  if (before.type === '' || after.type === '' || before.type === 'any') return false;
  return !isWider(before.type, after.type);
}
