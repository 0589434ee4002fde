import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { type Line, lineFor, linesOf } from './access-chains.ts';
import { isIn, tailOf } from './chain-places.ts';

/**
 * Lines of a chain of access rules by whose addresses more roles may come in than before, whatever else the line names now:
 * `requestMatchers(POST, "/payout").hasRole("SUPERVISOR")` that became `requestMatchers(POST, "/payout", "/notes").hasAnyRole("SUPERVISOR", "CLERK")`.
 */
export function* widenedLines(input: RuleInput): Iterable<FindingDraft> {
  if (input.before?.language !== 'java' || input.after === undefined) return;
  const [before, after] = [linesOf(input.before), linesOf(input.after)];
  for (const line of after) {
    // A chain is one call that begins many lines above: its last link says which hunk it belongs to.
    if (!isIn(input.hunk.after, tailOf(line.call))) continue;
    for (const address of line.addresses) {
      const old = lineFor(before, address);
      const [was, is] = [old === undefined ? [] : rolesOf(old), rolesOf(line)];
      // A line above may answer for the address still.
      if (was.length === 0 || is.length === 0 || lineFor(after, address) !== line) continue;
      const gained = is.find((role) => !was.includes(role));
      if (gained === undefined || !was.every((role) => is.includes(role))) continue;
      yield {
        side: 'after',
        range: tailOf(line.call),
        message: fitMessage(
          `\`${shorten(gained, 22)}\` may also ask for \`${shorten(address, 30)}\`, it was \`${shorten(was.join(', '), 22)}\``,
        ),
      };
      break;
    }
  }
}

/** The roles of which any is enough; empty where the line asks for none by name. */
function rolesOf({ call: { callee, args } }: Line): readonly string[] {
  if (!/^has(Any)?(Role|Authority)$/.test(lastName(callee))) return [];
  return args.flatMap((text) => /^["'](?:ROLE_)?([\w:.-]+)["']$/.exec(text)?.[1] ?? []);
}
