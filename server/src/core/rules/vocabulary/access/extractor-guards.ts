import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { shorten, words } from '../code/call-names.ts';

/** A parameter of a handler of Rust that only a known caller can give: `_admin: AdminUser`, `claims: Claims`. */
export function* lostExtractors(input: RuleInput): Iterable<FindingDraft> {
  if (input.before?.language !== 'rust') return;
  const isProof = (type: string): boolean =>
    /\b(auth\w*|authed|admin\w*|claims|current user|session user|logged in|require\w*|jwt|bearer\w*|principal|identity|api key)\b/.test(
      words(type),
    );
  for (const symbol of input.removed.symbols) {
    const isHandler = symbol.parameters.some(({ type }) =>
      /^&?(web::)?(State|Path|Json|Query|Extension|Form|Data|HttpRequest|Request)\b/.test(type),
    );
    const now = input.after?.symbols.find(({ name, kind }) => name === symbol.name && kind === symbol.kind);
    const proof = symbol.parameters.find(({ type }) => isProof(type));
    if (!isHandler || now === undefined || proof === undefined || now.parameters.some(({ type }) => isProof(type))) continue;
    yield {
      side: 'before',
      range: symbol.range,
      message: fitMessage(`\`${shorten(proof.type, 30)}\` no longer guards \`${shorten(symbol.name, 24)}\``),
    };
  }
}
