import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';

/** Headers by which a browser refuses foreign frames and scripts, that are no longer sent. */
export interface LostHeaders {
  readonly side: 'before' | 'after';
  readonly range: Range;
  readonly by: string;
}

/** `app.use(helmet())`, `Talisman(app)` that are gone while the program serves, and a part of it that is switched off. */
export function* lostHeaders(input: RuleInput): Iterable<LostHeaders> {
  const { before, after } = input;
  if (before === undefined || after === undefined) return;
  const told = new Set<number>();
  for (const call of input.removed.calls) {
    const { line } = call.range.start;
    if (!sets(call) || told.has(line) || counterpartScope(input, call.scope) === undefined) continue;
    if (after.calls.some(sets) || input.addedElsewhere().calls.some(sets)) continue;
    told.add(line);
    yield { side: 'before', range: call.range, by: sets({ ...call, args: [] }) ? call.callee : (call.args[0] ?? call.callee) };
  }
  for (const option of input.added.options) {
    if (!/(?:^|\.)(?:helmet|fastifyHelmet|Talisman|register|use)$/.test(option.callee) || !/^false$/i.test(option.value)) continue;
    if (
      !/^(?:contentSecurityPolicy|frameguard|xFrameOptions|hsts|strictTransportSecurity|content_security_policy|force_https|strict_transport_security)$/.test(
        option.name,
      )
    )
      continue;
    if (before.options.some((old) => old.name === option.name && old.value === option.value)) continue;
    // A new program says what it needs.
    if (before.calls.some(sets)) yield { side: 'after', range: option.range, by: option.name };
  }
}

/** By its own name, or by what it is handed: `app.register(helmet)`. */
function sets({ callee, args, kind }: Call): boolean {
  if (kind === 'decorator') return false;
  const named =
    /^(?:fastify)?helmet\b|^(?:talisman|secure headers|security headers|content security policy|set security headers|add security headers|with security headers)$/;
  return (
    /^helmet\b/.test(callee) ||
    named.test(words(lastName(callee))) ||
    (/^(?:use|register)$/.test(lastName(callee)) &&
      args.some((argument) => /^(?:await )?(?:import\()?['"]?(?:@fastify\/|fastify-?)?helmet\b/i.test(argument)))
  );
}
