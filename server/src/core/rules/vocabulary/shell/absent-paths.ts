import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { settingsUnder } from '../settings/setting-index.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';
import { classifyPath } from './delete-target.ts';

/** `file: { path: /var/lib/app, state: absent }` of Ansible, which deletes the whole tree, where the path or the state is another one. */
export function* absentPaths(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { path, before, after } = change;
    const [name = '', module = ''] = [path.at(-1), path.at(-2)];
    if (after === undefined || !/^(ansible\.builtin\.)?file$/.test(module) || !/^(path|dest|state)$/.test(name)) continue;
    // A new task is told once, by its path.
    if (name === 'state' && (before === undefined || before.value === 'absent')) continue;
    const own = settingsUnder(input.after, after, path.slice(0, -1));
    const said = (key: RegExp): string => String(own.find((setting) => key.test(setting.path.at(-1) ?? ''))?.value ?? '');
    const target = said(/^(path|dest)$/);
    if (said(/^state$/) === 'absent' && holdsData(target))
      yield { ...placeOf(change), message: fitMessage(`deletes all of ${quote(target, 40)}: ${quote('state: absent')}`) };
  }
}

/** A folder of data near its root; a single file has an extension, and tools that go leave `/opt`. */
function holdsData(path: string): boolean {
  if (/[{}$]/.test(path) || classifyPath(path) === 'cache') return false;
  return /^(root|home)$/.test(classifyPath(path)) || DATA.test(path);
}

const DATA = /^\/(?:var\/lib|data|srv|home|mnt|backups?|storage)(?:\/[\w-]+){0,2}\/?$/;
