import type { Call, SourceFacts } from '../../../model/facts.ts';
import { keepOf } from '../code/kept.ts';

/** `record(actor, 'user.grant')` of `from admin.audit import record`: what it writes is told by where it comes from. */
export function isImportedAudit(facts: SourceFacts | undefined, { kind, callee }: Call): boolean {
  return facts !== undefined && kind === 'call' && WRITES.test(callee) && auditNames(facts).has(callee);
}

const WRITES = /^(?:record|log|write|track|append|emit|note|add)(?:_?[A-Za-z]\w*)?$/;

/** Names that a file imports from what is called an audit. */
const auditNames = keepOf(({ tokens }: SourceFacts): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const [at, { text, line }] of tokens.entries()) {
    if (text !== 'from' || !/^[A-Za-z.'"]/.test(tokens[at + 1]?.text ?? '')) continue;
    const behind = tokens.slice(at + 1, at + LONGEST).filter((token) => token.line === line);
    const split = behind.findIndex((token) => token.text === 'import');
    const module = (split < 0 ? behind : behind.slice(0, split)).map((token) => token.text).join('');
    if (!/(?:^|[./_'"-])audit(?:ing|_?log)?(?:[./'";]|$)/i.test(module)) continue;
    // Python names what it takes behind the module, JavaScript in front of it.
    const names = split < 0 ? tokens.slice(Math.max(0, at - LONGEST), at).filter((token) => token.line === line) : behind.slice(split + 1);
    for (const token of names) if (/^[a-z_]\w*$/i.test(token.text) && !/^(?:import|type|as)$/.test(token.text)) found.add(token.text);
  }
  return found;
});

const LONGEST = 40;
