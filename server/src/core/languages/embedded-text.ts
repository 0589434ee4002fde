/** A statement's first words. A verb alone is English; a verb with its shape is SQL. */
export const SQL_START =
  /^\s*(select\b[\s\S]+?\bfrom\b|insert\s+(ignore\s+)?into\b|update\s+[\w."`$[\]{}]+\s+((as\s+)?\w+\s+)?set\b|delete\s+from\b|drop\s+(table|database|schema|index|view|column|materialized)\b|truncate\s+(table\s+)?[\w."`$[{]+\s*(,|;|$|cascade|restart)|alter\s+(table|type|database)\b|create\s+(unique\s+|temp\w*\s+|or\s+replace\s+)*(table|index|view|materialized|type|function)\b|vacuum\s+(\(\s*)?full\b|reindex\s+(\(|(table|index|schema|database|system)\b)|cluster\s+[\w."$]+\s+using\b|grant\s[\s\S]+?\bto\b|revoke\s[\s\S]+?\bfrom\b|with\s+\w+\s+as\s*(materialized\s*)?\(|(create|alter|drop)\s+policy\s+(if\s+exists\s+)?[\w."$]+\s+on\b|(create|alter)\s+(role|user)\s+[\w."'$@%]+\s+(with|login|nologin|superuser|nosuperuser|bypassrls|nobypassrls|createrole|createdb|identified|password|set)\b|set\s+(local|session)\s+(role|row_security|authorization|session_replication_role)\b|set\s+row_security\b|(re)?set\s+role(\s+[\w."$]+)?\s*(;\s*)?$)/i;

/** Last names of callees whose strings are read by people: what they say is not run. */
export const SPOKEN =
  /^(describe|it|test|log|info|warn|warning|error|debug|trace|fatal|fail|exception|critical|message|t|i18n|gettext|_|Error|\w+Error|\w+Exception|\w*[mM]essage|toBe|toEqual|toContain|toMatch|toThrow|includes|startsWith|endsWith|startswith|endswith|expect|indexOf|print|println|eprintln|eprint|panic|bail|anyhow|context|with_context|echo|secho|Print|Printf|Println|Errorf|Fatalf?|Fatalln|Panicf?|Logf?|Skipf?|(Info|Warn|Warning|Debug|Trace|Error)(f|w|ln)?|Wrapf?|WithMessagef?|assertEqual|assertIn|assert_eq|add_argument)$/;

/** Names of properties and arguments whose strings are read by people. */
export const SPOKEN_NAME =
  /^(message|msg|description|title|label|help|help_text|verbose_name|summary|text\w+|placeholder|docs?|epilog|usage|Short|Long|Use|Usage)$/i;

/** True where a filled-in value seems to be the condition of a statement, and the words before it wait for none. */
export function fillsCondition(expression: string, before: string): boolean {
  return /where|filter|cond|clause|predicate|criteria/i.test(expression) && !/\b(where|and|or|on)\s*(?:\(\s*)?$/i.test(before);
}

/**
 * Stands for a value that is filled in when the program runs, at equal length. Where the words say that a condition is filled
 * in, it reads as one, so that a statement with a computed WHERE is not taken for one without. `raw` is what it replaces:
 * its line breaks stay.
 */
export function placeholder(expression: string, length: number, raw: string, before: string): string {
  const word = fillsCondition(expression, before) && length >= 7 ? `where ${'p'.repeat(length - 6)}` : 'p'.repeat(length);
  return [...word]
    .map((character, index) => (raw[index] === '\n' ? '\n' : character))
    .join('')
    .slice(0, length);
}
