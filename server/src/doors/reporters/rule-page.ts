import type { Finding } from '../../core/model/finding.ts';
import type { TeamRule } from '../../core/model/team-rule.ts';
import type { Rule } from '../../core/rules/define.ts';
import { fold, paint, printable, type Terminal } from './terminal.ts';

/** Address of a rule's manual page. Opened only by a person; Brakeline itself opens no connection. */
export function rulePageUrl(rule: string): string {
  return `https://github.com/brakeline/brakeline/blob/main/docs/rules/${rule}.md`;
}

/** Where the rule of a finding is explained: the page of a rule that ships, what a team names for its own, else how teams write rules. */
export function explanationUrl({ rule, url }: Pick<Finding, 'rule' | 'url'>): string {
  if (url !== undefined) return url.replaceAll('(', '%28').replaceAll(')', '%29');
  return isTeamRule(rule) ? 'https://github.com/brakeline/brakeline/blob/main/docs/team-rules.md' : rulePageUrl(rule);
}

/** No rule that ships is called so (test/team-rules/schema.test.ts). */
export function isTeamRule(rule: string): boolean {
  return /^[a-z]+\/team-/.test(rule);
}

/** What a team's rule says of itself. */
export function renderTeamRuleMarkdown({ id, message, severity, on, language, note, url, path, line }: TeamRule): string {
  const pattern = 'A rule of this repository, asked of every change beside the ones that ship.';
  const about = `Severity **${severity}** · on ${on} code · ${language} · ${path}:${line}`;
  return `${[`# ${id}`, `${message}.`, about, ...(note === '' ? [] : [note.trim()]), ...(url === undefined ? [] : [`More: <${url}>`]), pattern].join('\n\n')}\n`;
}

/** The manual page of a rule: the one generated from its doc comment and fixtures, or what the rule says of itself. */
export function renderRuleMarkdown(rule: Rule, page: string | undefined): string {
  if (page !== undefined) return `${page.replace(/^<!--[\s\S]*?-->\s*/, '').trim()}\n`;
  return `${[
    `# ${rule.id}`,
    `${rule.title}.`,
    `Severity **${rule.severity}** · confidence ${rule.confidence} · version ${rule.version}`,
    '## Evidence',
    rule.evidence.map((entry) => `- [${entry.title}](${entry.url})`).join('\n'),
    `The whole page: ${rulePageUrl(rule.id)}`,
  ].join('\n\n')}\n`;
}

/** A page for a terminal: headings stand out, examples keep their columns, links show where they lead. */
export function renderPageText(page: string, terminal: Terminal): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let fenced = false;
  const flush = (): void => {
    if (paragraph.length > 0) out.push(...fold(plain(paragraph.join(' ')), Math.min(terminal.columns, 80)));
    paragraph = [];
  };
  for (const line of page.trimEnd().split('\n')) {
    if (/^```/.test(line)) {
      flush();
      fenced = !fenced;
    } else if (fenced) out.push(`    ${paintExample(line, terminal)}`);
    else if (/^#+ /.test(line)) {
      flush();
      out.push(paint(terminal, 'strong', line.replace(/^#+ /, '')));
    } else if (/^- /.test(line)) {
      flush();
      out.push(
        ...fold(plain(line.slice(2)), Math.min(terminal.columns, 80) - 4).map((text, index) => `${index === 0 ? '  - ' : '    '}${text}`),
      );
    } else if (line.trim() === '') {
      flush();
      if (out.at(-1) !== '') out.push('');
    } else paragraph.push(line.trim());
  }
  flush();
  return `${out.join('\n')}\n`;
}

function paintExample(line: string, terminal: Terminal): string {
  const style = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : line.startsWith('~') ? 'medium' : undefined;
  const text = printable(line);
  return style === undefined ? text : paint(terminal, style, text);
}

/** Inline Markdown as plain text. A code span keeps its marks: they tell code from prose without colour. */
function plain(text: string): string {
  return printable(text)
    .replace(/\[([^[\]]+)\]\(([^)]+)\)/g, '$1 <$2>')
    .replace(/\*\*([^*]+)\*\*/g, '$1');
}
