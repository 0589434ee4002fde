import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, literal, receiver, words } from '../code/call-names.ts';

/** Whether a call writes, by its name or by the SQL in its arguments; of a list in memory it changes nothing. */
export function changesSomething(call: Call): boolean {
  if (call.args.some((argument) => /^['"`]\s*(insert|update|delete|merge|upsert)\b/i.test(argument))) return true;
  if (/^(query|execute|exec|run)$/.test(lastName(call.callee)) && call.args.some((argument) => /^['"`]\s*select\b/i.test(argument)))
    return false;
  if (
    /^(push|pop|shift|splice|sort|reverse|fill|log|info|warn|error|debug|json|end|status|header|redirect|then|catch|finally|use|get|on|once|off)$/.test(
      lastName(call.callee),
    )
  )
    return false;
  // Socket.IO hands a message to its adapter and promises nothing.
  if (/^(emit|socketsJoin|socketsLeave|disconnectSockets)$/.test(lastName(call.callee)) && /\b(io|sockets?|socketio)\b/i.test(call.callee))
    return false;
  return isWrite(call.callee) || isAudit(call.callee);
}

/** Whether it keeps a record that somebody will ask for. */
export function isAudit(callee: string): boolean {
  return /\b(audit|ledger|journal|outbox|receipt|invoice)\b/.test(words(callee));
}

/** What may be lost. */
export function isTelemetry(callee: string): boolean {
  return (
    /\b(metric|metrics|telemetry|analytics|stats|statsd|trace|tracer|span|sentry|posthog|mixpanel|segment|amplitude|datadog|prom|counter|histogram|logger|console|log|track|heartbeat|prefetch|warm|cache|beacon|ping)\b/.test(
      words(callee),
    ) && !isAudit(callee)
  );
}

const MONEY =
  /\b(balance|balances|account|accounts|ledger|payment|payments|charge|charges|refund|refunds|payout|payouts|invoice|invoices|transfer|transfers|wallet|wallets|order|orders|stock|credit|credits|debit)\b/;

/** Whether what is written is money: by its table, its SQL or the name of the call. */
export function isMoney(input: RuleInput, call: Call, write: string): boolean {
  const sql = call.args.map((argument) => literal(argument) ?? argument).find((text) => /^['"`]?\s*(update|insert|delete)\b/i.test(text));
  const table =
    input.after?.statements
      .filter((statement) => statement.range.start.line >= call.range.start.line && statement.range.start.line <= call.range.end.line)
      .flatMap(({ targets }) => targets) ?? [];
  return (
    MONEY.test(words(`${table.join(' ')} ${sql === undefined ? '' : sql.slice(0, 80)}`)) ||
    /\b(charge|refund|payout|transfer|debit|credit|ledger|capture|withdraw|deposit)\b/.test(words(`${receiver(write)} ${lastName(write)}`))
  );
}
