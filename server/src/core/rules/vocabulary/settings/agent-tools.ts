import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { findSetting, settingsUnder } from './setting-index.ts';

/** What an agent is handed in a pipeline, and the servers that it works through. */
export function* widerTools(input: RuleInput): Generator<FindingDraft> {
  if (/(^|\/)\.github\/workflows\//.test(input.path)) yield* toolsOfSteps(input);
  if (/mcp[\w.-]*\.json$|(^|\/)\.(cursor|vscode|claude|gemini)\//i.test(input.path)) yield* serverArguments(input);
}

/** `allowed_tools: "*"`, a bare `Bash` or one of anything, where there was a list. */
function* toolsOfSteps({ added, before }: RuleInput): Generator<FindingDraft> {
  for (const setting of added.settings) {
    if (!/^(allowed_?tools|allowed-tools)$/i.test(setting.path.at(-1) ?? '') || !isOpen(setting.value)) continue;
    const old = findSetting(before, setting);
    if (old === undefined || isOpen(old.value)) continue;
    yield { side: 'after', range: setting.range, message: fitMessage(`allows ${quote(String(setting.value), 34)} without asking`) };
  }
}

function isOpen(value: Setting['value']): boolean {
  const tools = String(value).match(/(?:[^,(]|\([^)]*\)?)+/g) ?? [];
  return tools.some((tool) => /^(\*|Bash|Bash\(\s*(?:\*\s*)?\)|Bash\(:\*\))$/.test(tool.trim()));
}

/** A server of tools that is no longer held to reading, or to a folder: `--read-only` gone, `./src` that is `/`. */
function* serverArguments({ removed, added, before, after }: RuleInput): Generator<FindingDraft> {
  for (const setting of removed.settings) {
    const list = listOf(setting);
    if (
      list === undefined ||
      !/^--?(read-?only|readonly|safe|sandbox|no-write|no-exec|restricted|deny\S*)(=true)?$/i.test(String(setting.value))
    )
      continue;
    const now = settingsUnder(after, setting, list);
    if (now.length === 0 || now.some(({ value }) => value === setting.value)) continue;
    yield {
      side: 'before',
      range: setting.range,
      message: fitMessage(`${quote(list.at(-2) ?? '', 26)} is no longer ${quote(String(setting.value), 26)}`),
    };
  }
  for (const setting of added.settings) {
    const list = listOf(setting);
    if (list === undefined || !EVERYWHERE.test(String(setting.value))) continue;
    const old = settingsUnder(before, setting, list).filter(({ path }) => path.length > list.length);
    if (old.length === 0 || old.some(({ value }) => EVERYWHERE.test(String(value)))) continue;
    yield {
      side: 'after',
      range: setting.range,
      message: fitMessage(`${quote(list.at(-2) ?? '', 26)} reaches the whole of ${quote(String(setting.value), 20)}`),
    };
  }
}

const EVERYWHERE = /^(\/|~\/?|\$\{?(?:env:)?HOME\}?\/?|\/home|\/Users|[A-Z]:\\?)$/;

function listOf({ path }: Setting): readonly string[] | undefined {
  const at = path.lastIndexOf('args');
  return at < 2 || !/^(mcpServers|servers)$/.test(path[at - 2] ?? '') || path.length !== at + 2 ? undefined : path.slice(0, at + 1);
}
