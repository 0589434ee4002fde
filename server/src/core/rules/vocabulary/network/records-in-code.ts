import type { Call } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { literal } from '../code/call-names.ts';

/** Records of dnscontrol, whose zones are programs: `CNAME('api', 'lb-eu.example.net.')` of `dnsconfig.js`. */
export function* recordsInCode({ removed, added, after, path }: RuleInput): Generator<FindingDraft> {
  if (!/(^|\/)[\w.-]*dns[\w.-]*\.[jt]s$/i.test(path)) return;
  for (const call of removed.calls) {
    const record = recordOf(call);
    if (record === undefined) continue;
    const same = (calls: readonly Call[]): readonly Call[] => calls.filter((other) => recordOf(other)?.name === record.name);
    const [instead] = same(added.calls);
    const left = same(after?.calls ?? []);
    if (left.some((other) => recordOf(other)?.value === record.value)) continue;
    const place = instead === undefined ? { side: 'before' as const, range: call.range } : { side: 'after' as const, range: instead.range };
    const now = instead === undefined ? 'removed' : quote(recordOf(instead)?.value ?? '', 24);
    yield { ...place, message: fitMessage(`${quote(record.name, 18)}: ${quote(record.value, 26)} -> ${now}`) };
  }
}

function recordOf({ callee, args }: Call): { readonly name: string; readonly value: string } | undefined {
  const [name, value] = [literal(args[0]), literal(args.slice(1).find((argument) => literal(argument) !== undefined))];
  return /^(A|AAAA|ALIAS|CNAME|MX|NS|SRV|CAA)$/.test(callee) && name !== undefined && value !== undefined
    ? { name: `${callee} ${name}`, value }
    : undefined;
}
