import { isWrite, lastName, words } from '../code/call-names.ts';

const CLEAN_UP =
  /^(unlink|unlinkSync|rm|rmSync|rmdir|close|dispose|disconnect|end|destroy|abort|kill|cleanup|release|unsubscribe|removeListener|clearTimeout|clearInterval|stop|terminate|shutdown|unref|removeItem|setItem|getItem|revokeObjectURL|play|pause|focus|blur|track|unwatch|detach)$/i;

export function isCleanUp(callee: string): boolean {
  return (
    /^((std::|tokio::)?fs::remove_\w+|os\.(Remove|RemoveAll|remove|unlink|rmdir)|shutil\.rmtree|fmt\.Fp?rint\w*|godotenv\.Load|\w*([lL]og|[lL]ogger|zap|sugar|l)\.Sync|(w|rw|buf|sb|b|builder|hash|h)\.Write\w*)$|\.[rR]ollback$/.test(
      callee,
    ) ||
    CLEAN_UP.test(lastName(callee)) ||
    /^(localStorage|sessionStorage|cache|analytics|metrics|telemetry|stats|logger|console|span|tracer|posthog|gtag)\b/i.test(callee)
  );
}

/** What else leaves something behind that somebody relies on. */
const STAKES =
  /\b(upload|uploads|archive|back ?up|replicate|remit|allocate|assign|enrol|enroll|seal|sign|rotate|dispense|prescribe|escalate|finalize|finalise|fulfil|fulfill|complete|redeem|escrow|freeze|lock|quarantine|accrue|disburse|reconcile|checkpoint|restore|drain|decrement|register|administer|deduct|replenish|activate|deactivate|enlist|issue|revert|truncate|purge|retire|rollout|rollback)\b/;

export function isStake(callee: string): boolean {
  return (
    (isWrite(callee) || STAKES.test(words(lastName(callee))) || /(^|\.)(Exec|ExecContext|NamedExec\w*|MustExec\w*)$/.test(callee)) &&
    !isCleanUp(callee) &&
    // A question or a connection changes nothing, whatever it is for: `connection_for_write`.
    !/^(get|is|has|can|should|find|list|load|read|fetch|count|connection|connect|open|parse|format|build|to)\b/.test(
      words(lastName(callee)),
    ) &&
    // The parts of an address, and what JDBC and its like call a question.
    !/(?:[sS]earchParams|[hH]eaders)\.(?:set|append|delete)$|(?:^|\.)executeQuery$/.test(callee) &&
    !/^(new |JSON|Object|Array|Math|Number|String|URL|Date|path|expect|document|window|headers|params)\b/.test(callee)
  );
}
