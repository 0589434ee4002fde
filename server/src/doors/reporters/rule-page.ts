import type { Rule } from '../../core/rules/define.ts';
import { fold, paint, printable, type Terminal } from './terminal.ts';

/** Address of a rule's manual page. Opened only by a person; Brakeline itself opens no connection. */
export function rulePageUrl(rule: string): string {
  return `https://github.com/brakeline/brakeline/blob/main/docs/rules/${rule}.md`;
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

/** The same page for a terminal: headings stand out, examples keep their columns, links show where they lead. */
export function renderRuleText(rule: Rule, page: string | undefined, terminal: Terminal): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let fenced = false;
  const flush = (): void => {
    if (paragraph.length > 0) out.push(...fold(plain(paragraph.join(' ')), Math.min(terminal.columns, 80)));
    paragraph = [];
  };
  for (const line of renderRuleMarkdown(rule, page).trimEnd().split('\n')) {
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
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 <$2>')
    .replace(/\*\*([^*]+)\*\*/g, '$1');
}
