import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts } from '../facts-draft.ts';
import type { Language } from '../language.ts';
import { indexLines } from '../positions.ts';

const NOTES =
  /(^|\/)(AGENTS?|CLAUDE(\.local)?|GEMINI|CODEX|QWEN|copilot-instructions)\.md$|(^|\/)(\.cursorrules|\.windsurfrules|\.clinerules|\.goosehints)$|(^|\/)\.(claude|cursor|codex|gemini|windsurf|roo|kiro|amazonq|github\/(instructions|prompts|chatmodes|agents))\/([\w.-]+\/)*[\w.-]+\.(md|mdc|mdx)$/i;

/**
 * Instructions that a coding agent obeys. They are prose, and read as little as prose may be: the header as settings, and each
 * line as one setting called `line`, for rules that know a few words nobody writes by accident.
 */
const language: Language = {
  id: 'agent-notes',
  owns: (path: RepoPath) => NOTES.test(path),
  facts(path, text) {
    const draft = draftFacts('agent-notes');
    const lines = indexLines(text);
    const push = (name: readonly string[], value: string | number | boolean | null, start: number, end: number): void => {
      const key = `${path} ${name.filter((part) => !/^\d+$/.test(part)).join('/')} = ${collapse(String(value))}`;
      draft.settings.push({ path: name, value, resource: '', range: lines.rangeOf(start, end), key, scope: '' });
    };
    const header = /^---\r?\n([\s\S]*?)\r?\n---\r?(\n|$)/.exec(text);
    const body = header?.[0].length ?? 0;
    if (header !== null) readHeader(header[1] ?? '', header[0].indexOf('\n') + 1, push);
    let start = body;
    for (const line of text.slice(body).split('\n')) {
      const trimmed = line.trim();
      const from = start + line.indexOf(trimmed);
      if (trimmed !== '') push(['line'], trimmed, from, from + trimmed.length);
      start += line.length + 1;
    }
    return draft;
  },
};

export default language;

/** `tools: Bash(*)`, `permissionMode: bypassPermissions` between the dashes. */
function readHeader(
  yaml: string,
  offset: number,
  push: (path: readonly string[], value: string | number | boolean | null, start: number, end: number) => void,
): void {
  const { contents } = parseDocument(yaml, { logLevel: 'silent' });
  if (!isMap(contents)) return;
  for (const { key, value } of contents.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const items = isSeq(value) ? value.items : [value];
    for (const [at, item] of items.entries()) {
      if (!isScalar(item) || item.range == null) continue;
      const plain = item.value;
      const shown = typeof plain === 'number' || typeof plain === 'boolean' ? plain : String(plain ?? '');
      push(isSeq(value) ? [name, String(at)] : [name], shown, offset + (item.range[0] ?? 0), offset + (item.range[1] ?? 0));
    }
  }
}
