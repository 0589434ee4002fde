import type { Call } from '../../../model/facts.ts';
import { keepOfText } from './kept.ts';

/** `verify` of `jwt.verify`, `post` of `app.route('/x').post`. */
export function lastName(callee: string): string {
  // One look from the end: a callee may be a chain as long as its line, and its last name is short.
  for (let at = callee.length - 1; at >= 0; at -= 1) if (separates(callee.charCodeAt(at))) return callee.slice(at + 1);
  return callee;
}

/** `.`, `)` or `:`. */
function separates(code: number): boolean {
  return code === 46 || code === 41 || code === 58;
}

/** `router` of `router.post`; empty for a plain name. */
export function receiver(callee: string): string {
  const dot = callee.lastIndexOf('.');
  return dot < 0 ? '' : callee.slice(0, dot);
}

/** `idempotencyKey` and `IDEMPOTENCY_KEY` alike become `idempotency key`. */
export const words = keepOfText((name): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim(),
);

/** Words of a call's name and its literal or named arguments. */
export function callWords(call: Call): string {
  return words([call.callee, ...call.args].join(' '));
}

/** Cuts a name so that a message stays within its line. */
export function shorten(text: string, max = 34): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** The text of a quoted argument, or undefined where it is not a plain string. */
export function literal(argument: string | undefined): string | undefined {
  if (argument === undefined || !isQuote(argument.charCodeAt(0))) return undefined;
  const match = /^(['"`])([^'"`$]*)\1$/.exec(argument);
  return match?.[2];
}

/** `"`, `'` or a backtick. */
function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

const WRITES =
  /\b(create|insert|update|upsert|delete|remove|destroy|save|write|record|charge|pay|payout|refund|transfer|capture|send|publish|commit|post|put|patch|enqueue|settle|ledger|debit|credit|book|reserve|persist|store|append|apply|execute|query|cancel|grant|revoke|withdraw|deposit|ship|provision|deploy|migrate|submit|mark|set|add|sync|emit|dispatch)\b/;

/** What means a change only as the verb of a name: `issueVoucher` writes, `openIssue` may only look. */
const WRITES_FIRST =
  /^(deduct|redeem|spend|accrue|allocate|deallocate|activate|deactivate|suspend|reinstate|archive|purge|fulfil|fulfill|finalize|finalise|increment|decrement|adjust|award|mint|burn|restock|replenish|upload|overwrite|rotate|enrol|enroll|onboard|offboard|chargeback)\b|^(issue|assign|unassign|approve|reject|complete|close|lock|unlock|expire|confirm|move|rename|replace|register|unregister|link|unlink|attach|detach|invalidate|reassign) (?!modal|dialog|dialogue|menu|popup|panel|drawer|tab|window|listener|handler|component|focus|cursor|tooltip|toast|props|all\b)\w/;

/** True where a callee's name says that it changes something outside the process. */
export const isWrite = keepOfText((callee): boolean => {
  if (
    /^(set|map|cache|seen|list|lines|out|result|results|items|headers|params|url)\.(set|add|append|delete)$/i.test(callee) ||
    /^set[A-Z]\w*$|^dispatch$/.test(callee)
  )
    return false;
  const name = words(lastName(callee));
  return WRITES.test(name) || WRITES_FIRST.test(name);
});
