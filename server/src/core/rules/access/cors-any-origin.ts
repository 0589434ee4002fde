import type { FindingDraft } from '../../model/finding.ts';
import { lastName, shorten } from '../call-names.ts';
import { cameAlong } from '../counterpart.ts';
import { defineRule } from '../define.ts';
import { fitMessage } from '../quote.ts';

/**
 * ## What it sees
 * A list of origins that became all of them: `origin: true`, `origin: '*'`, a header that names everybody, `cors()` without
 * its options.
 *
 * ## Why it matters
 * With credentials, any page a signed-in person opens may act and read as that person.
 *
 * ## When it is fine
 * An interface that is public and takes no credentials.
 *
 * ## What it misses
 * A function that accepts whatever origin asks.
 */
export default defineRule({
  id: 'access/cors-any-origin',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Any origin may call with credentials',
  reads: ['options', 'calls'],
  evidence: [{ title: 'CWE-942: permissive cross-domain policy', url: 'https://cwe.mitre.org/data/definitions/942.html' }],
  *check(input): Iterable<FindingDraft> {
    for (const option of input.added.options) {
      if (
        /^(CORS_ALLOW_ALL_ORIGINS|CORS_ORIGIN_ALLOW_ALL|AllowAllOrigins|allow_all_origins|AllowAllOriginsWithCredentials)$/.test(
          option.name,
        ) &&
        /^true$/i.test(option.value)
      ) {
        yield { side: 'after', range: option.range, message: fitMessage(`\`${shorten(option.name, 30)}\` lets any origin in`) };
        continue;
      }
      const isOrigin =
        /^(origin|origins|allowedOrigins|allowOrigins|allow_origins|allowOrigin|CORS_ALLOWED_ORIGINS|CORS_ORIGIN_WHITELIST|CORS_ORIGINS|allow_origin_regex|allowed_origins|allowedOriginPatterns|Access-Control-Allow-Origin)$/i.test(
          option.name,
        );
      if (
        !isOrigin ||
        !/^(true|\[?\s*['"]\*['"]\s*\]?|\/\.\*\/|r?['"]\^?\.\*\$?['"]|\[\]string\{['"]\*['"]\}|.*(headers|META|Header\.Get).*\borigin\b.*)$/i.test(
          option.value,
        )
      )
        continue;
      if (option.value === 'true' && !/cors/i.test(option.callee)) continue;
      const old = input.removed.options.find((other) => other.name === option.name);
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`\`${shorten(option.name, 28)}\` went from ${shorten(old?.value ?? 'nothing', 24)} to any origin`),
      };
    }
    for (const call of input.added.calls) {
      if (
        /^(setHeader|header|set|append|Set|Add|Header|add|add_header|setdefault)$/.test(lastName(call.callee)) &&
        /access-control-allow-origin/i.test(call.args[0] ?? '') &&
        /^['"]\*['"]$|\borigin\b/i.test(call.args[1] ?? '') &&
        !cameAlong(input, call)
      ) {
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.args[0] ?? '', 32)}\` names any origin`) };
      }
      // A function of ours decides; one that calls back with true for whatever came decides nothing.
      const isBlind =
        call.args.length === 2 &&
        /^(null|undefined)$/.test(call.args[0] ?? '') &&
        /^(true|'\*'|origin|_origin|requestOrigin)$/.test(call.args[1] ?? '') &&
        input.after?.options.some(
          (option) =>
            /^origin$/i.test(option.name) &&
            /^fn$/.test(option.value) &&
            option.range.start.line <= call.range.start.line &&
            call.range.start.line <= option.range.start.line + 6,
        ) === true;
      const isGuarded =
        input.after?.calls.some(
          (other) =>
            other.scope === call.scope &&
            other !== call &&
            /\.(includes|has|some|test|indexOf|find)$/.test(other.callee) &&
            Math.abs(other.range.start.line - call.range.start.line) <= 6,
        ) === true;
      if (isBlind && !isGuarded) yield { side: 'after', range: call.range, message: '`origin` accepts any origin' };
      const lost =
        /(^|\.)(cors|enableCors)$/.test(call.callee) &&
        call.args.length === 0 &&
        input.removed.calls.some((other) => other.callee === call.callee && other.args.length > 0);
      const isOpened =
        /(^|\.)CORS$/.test(call.callee) &&
        !call.args.some((argument) => /^(origins|resources)\b/.test(argument)) &&
        input.removed.calls.some(
          (other) => other.callee === call.callee && other.args.some((argument) => /^(origins|resources)\b/.test(argument)),
        );
      if (lost || isOpened)
        yield { side: 'after', range: call.range, message: fitMessage(`\`${shorten(call.callee, 24)}\` lost its list of origins`) };
    }
  },
});
