import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts, type FactsDraft } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { readRequirement } from '../python-requirement.ts';

/**
 * What pip reads line by line: requirements and constraints. A requirement is a dependency, an option (`--index-url …`) a
 * setting; hashes, which may follow over several lines, are settings of their package.
 */
const language: Language = {
  id: 'requirements',
  owns: (path) => /(^|\/)[^/]*(requirements|constraints)[^/]*\.(txt|in|pip)$|(^|\/)requirements\/[^/]+\.(txt|in|pip)$/i.test(path),
  facts(path, text) {
    const draft = draftFacts('requirements');
    for (const line of logicalLines(text)) addLine(line, path, draft);
    return draft;
  },
};

export default language;

interface LogicalLine {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** Where its first word starts, and where its first physical line ends without a remark. */
  readonly start: number;
  readonly end: number;
}

/** A line goes on over the next where it ends in a backslash; ` #` starts a remark. */
function logicalLines(text: string): readonly LogicalLine[] {
  const found: LogicalLine[] = [];
  const source = text.split('\n').map((line) => line.replace(/\r$/, ''));
  for (let at = 0; at < source.length; at++) {
    const first = withoutRemark(source[at] ?? '');
    if (first.trim() === '') continue;
    const line = at + 1;
    let whole = first;
    while (whole.endsWith('\\') && at + 1 < source.length)
      whole = `${whole.slice(0, -1).trimEnd()} ${withoutRemark(source[++at] ?? '').trim()}`;
    const start = first.length - first.trimStart().length;
    found.push({ text: whole.trim(), line, start, end: first.replace(/\\$/, '').trimEnd().length });
  }
  return found;
}

function withoutRemark(line: string): string {
  const at = /(^|\s)#/.exec(line)?.index;
  return (at === undefined ? line : line.slice(0, at)).trimEnd();
}

function addLine({ text, line, start, end }: LogicalLine, path: RepoPath, draft: FactsDraft): void {
  const range = { start: { line, character: start }, end: { line, character: end } };
  draft.tokens.push({ text: collapse(text), line });
  const setting = (name: string, value: string): void => {
    draft.settings.push({ path: [name], value, resource: '', range, key: `${name} = ${collapse(value)}`, scope: '' });
  };
  const editable = /^(?:-e|--editable)[\s=](.*)/s.exec(text)?.[1]?.replace(/^[\s=]+/, '');
  const option = editable === undefined ? /^(--?[A-Za-z][\w-]*)(?:[\s=](.*))?$/s.exec(text) : null;
  if (option !== null) {
    setting(LONG[option[1] ?? ''] ?? option[1] ?? '', (option[2] ?? '').replace(/^[\s=]+/, ''));
    return;
  }
  const hashed = / --hash[= ]/.test(text);
  const wanted = (editable ?? text).replace(/ --[a-z-]+[= ]\S+/g, '').trim();
  const found = readRequirement(wanted) ?? fromAddress(wanted);
  if (found === undefined) return;
  const group = /(^|[/_.-])(dev|develop|development|tests?|testing|docs?|lint|ci|typing)([_.-]|$)/i.test(path) ? 'development' : 'runtime';
  draft.dependencies.push({ ...found, group, range, key: `${group} ${found.name}@${found.version}`, scope: '' });
  if (hashed) setting(`hash ${found.name}`, String(text.match(/--hash[= ]\S+/g)?.length ?? 0));
}

const LONG: Readonly<Record<string, string>> = { '-i': '--index-url', '-f': '--find-links', '-r': '--requirement', '-c': '--constraint' };

/** `git+https://host/name.git@ref#egg=name`, a wheel by its address, or a folder. */
function fromAddress(text: string): { readonly name: string; readonly version: string } | undefined {
  if (/^\.{0,2}\//.test(text) || text === '.') return { name: text, version: `file:${text}` };
  if (!/^[a-z][\w+.-]*:\/\//i.test(text)) return undefined;
  const egg = /^[^#]*#(?:.*&)?egg=([\w.-]+)/.exec(text)?.[1];
  const whole = text.replace(/[#?].*/s, '');
  const last = whole.slice(whole.lastIndexOf('/') + 1);
  return { name: egg ?? last.replace(/@.*/s, '').replace(/\.git$/, ''), version: text };
}
