import type { Setting } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import type { SettingChange } from './settings.ts';

/** A text of more lines than this is a document and no list of settings. */
const MOST_LINES = 400;

/**
 * Changes of the settings that stand in the text of a setting, one to a line: `extendedConfiguration: |` with the lines of a
 * `postgresql.conf`, a ConfigMap with a file of properties. Each stands on its own line, with the path of the text and its name.
 */
export function linesOfTexts(input: RuleInput, changes: readonly SettingChange[]): readonly SettingChange[] {
  return changes.flatMap((change) => {
    const { before, after } = change;
    if (before === undefined || after === undefined || change.resourceIsNew) return [];
    const [old, now] = [readLines(before.value), readLines(after.value)];
    if (old === undefined || now === undefined) return [];
    const names = new Set([...old.keys(), ...now.keys()]);
    return [...names].flatMap((name) => {
      const [was, is] = [old.get(name), now.get(name)];
      if (was === is) return [];
      const path = [...change.path, name];
      return [
        {
          ...change,
          path,
          before: was === undefined ? undefined : atLine(before, path, was, lineIn(input.hunk.before.start, input.hunk.removed, name)),
          after: is === undefined ? undefined : atLine(after, path, is, lineIn(input.hunk.after.start, input.hunk.added, name)),
        },
      ];
    });
  });
}

/** Name and value of each line; undefined where it is no such text. A name that comes twice says nothing. */
function readLines(value: Setting['value']): ReadonlyMap<string, string> | undefined {
  if (typeof value !== 'string' || !value.includes('\n')) return undefined;
  const lines = value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^[#;!]/.test(line) && !/^\[.*\]$/.test(line));
  if (lines.length > MOST_LINES) return undefined;
  const found = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf('=');
    const name = line.slice(0, Math.max(0, at)).trim();
    if (at <= 0 || !/^[A-Za-z_][\w.-]*$/.test(name)) return undefined;
    found.set(name, line.slice(at + 1).trim());
  }
  return found.size === 0 ? undefined : found;
}

function atLine(setting: Setting, path: readonly string[], source: string, range: Range | undefined): Setting {
  return { ...setting, path, value: plainValue(source), range: range ?? setting.range };
}

function plainValue(source: string): Setting['value'] {
  const text = (/^(["'])(.*)\1$/.exec(source)?.[2] ?? source).trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return /^(true|false)$/.test(text) ? text === 'true' : text;
}

function lineIn(start: number, lines: readonly string[], name: string): Range | undefined {
  const at = lines.findIndex((line) => line.trimStart().startsWith(name) && /^\s*=/.test(line.trimStart().slice(name.length)));
  if (at < 0) return undefined;
  const text = lines[at] ?? '';
  return {
    start: { line: start + at, character: text.length - text.trimStart().length },
    end: { line: start + at, character: text.trimEnd().length },
  };
}
