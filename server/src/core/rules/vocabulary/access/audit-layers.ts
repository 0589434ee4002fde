import type { Call } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, literal, words } from '../code/call-names.ts';
import { counterpartScope } from '../code/counterpart.ts';
import { changedLists } from '../code/named-lists.ts';

/** What wrote an audit entry for each request, and that nothing asks any more. */
export interface LostLayer {
  readonly range: Range;
  readonly side: 'before' | 'after';
  /** As written: `auditTrail({ … })`, `shop.audit.AuditMiddleware`. */
  readonly name: string;
}

/** `app.use(auditTrail())`, `add_middleware(AuditLog)`, an entry of `MIDDLEWARE`, gone from a program that still answers. */
export function* lostAuditLayers(input: RuleInput): Iterable<LostLayer> {
  const { removed, before, after, addedElsewhere } = input;
  if (after === undefined) return;
  const layered = removed.calls.filter((call) => USES.test(lastName(call.callee)) && layerOf(call) !== undefined);
  const lists = changedLists(input).filter(({ name }) => /middleware|interceptors?$|filters$/i.test(name));
  if (layered.length === 0 && lists.length === 0) return;
  const now = [...after.calls, ...addedElsewhere().calls];
  const old = new Set(before?.calls.map(({ key }) => key));
  // Whatever is new and makes one may be handed on in any way: a list of layers, a table.
  if (now.some((call) => layerOf(call) !== undefined || (!old.has(call.key) && call.kind !== 'assertion' && isAuditName(call.callee))))
    return;
  for (const call of layered) {
    // A client of a database is extended where it is made.
    const isStill =
      counterpartScope(input, call.scope) !== undefined &&
      now.some(({ callee }) => SERVES.test(lastName(callee)) || (EXTENDS.test(lastName(call.callee)) && EXTENDS.test(lastName(callee))));
    if (isStill) yield { range: call.range, side: 'before', name: layerOf(call) ?? '' };
  }
  for (const list of lists) {
    const entry = list.removed.find(({ text }) => isAuditName(text));
    if (entry !== undefined && !list.added.some(({ text }) => isAuditName(text)))
      yield { range: lineRange(entry.line), side: 'before', name: entry.text };
  }
}

const USES =
  /^(?:use|Use|addHook|register|add_middleware|middleware|layer|wrap|addInterceptor|useGlobalInterceptors|useGlobalFilters|apply|addFilterBefore|addFilterAfter|Wrap|With|\$extends|plugin)$/;
/** What a program that answers does, whichever way it is put together. */
const SERVES =
  /^(?:use|Use|listen|serve|run|route|routes|get|post|put|patch|delete|Get|Post|Put|Patch|Delete|GET|POST|Handle|HandleFunc|mount|Mount|include_router|service|nest|addInterceptor|ListenAndServe|apply)$/;

const EXTENDS = /^(?:\$extends|plugin)$/;

/** The argument that writes entries; a route of that name shows them. */
function layerOf({ kind, callee, args }: Call): string | undefined {
  if (kind === 'assertion' || !USES.test(lastName(callee)) || args.some((argument) => literal(argument)?.startsWith('/') === true))
    return undefined;
  return args.find((argument) => isAuditName(/^(?:new )?&?[\w.:$]+/.exec(argument)?.[0] ?? ''));
}

function isAuditName(name: string): boolean {
  const text = words(name);
  return (
    /\baudit(?:s|ed|or|ing|log|trail)?\b/.test(text) && !/\b(?:routes?|router|routing|controller|page|view|api|plugin admin)\b/.test(text)
  );
}

function lineRange(line: number): Range {
  return { start: { line, character: 0 }, end: { line: line + 1, character: 0 } };
}
