import type { Setting } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage } from '../../quote.ts';
import { lastName, shorten } from '../code/call-names.ts';
import { nameOf } from '../settings/setting-index.ts';

/** A client of SSH that believes any host: by the words of its command, by an option, by a variable that tells another program so. */
export function* unknownHosts(input: RuleInput): Generator<FindingDraft> {
  const { added, before, after, removed } = input;
  const written = (text: string): FindingDraft['message'] => fitMessage(`\`${shorten(text, 40)}\` believes any host of SSH`);
  for (const command of added.commands)
    if (ANY_HOST.test(command.written) && !before?.commands.some((other) => other.name === command.name && ANY_HOST.test(other.written)))
      yield { side: 'after', range: command.range, severity: 'medium', message: written(command.written) };
  for (const setting of added.settings) {
    const text = `${nameOf(setting)}=${String(setting.value)}`;
    if (
      !(ANY_HOST.test(text) || ANSIBLE.test(text)) ||
      before?.settings.some((other) => other.value === setting.value && nameOf(other) === nameOf(setting)) ||
      isScript(input, setting)
    )
      continue;
    yield { side: 'after', range: setting.range, severity: 'medium', message: written(text) };
  }
  for (const call of added.calls)
    if (
      /^(?:setConfig|setProperty|put|option|addOption)$/.test(lastName(call.callee)) &&
      ANY_HOST.test(call.args.join('=').replace(/['"]/g, ''))
    )
      if (!removed.calls.some((other) => other.callee === call.callee && other.args.join() === call.args.join()))
        yield { side: 'after', range: call.range, severity: 'high', message: written(call.args.join(' ')) };
  for (const option of added.options) {
    const text = `${option.name.replace(/['"]/g, '')}=${option.value.replace(/['"]/g, '')}`;
    if (ANY_HOST.test(text) && !before?.options.some((other) => other.key === option.key && after !== undefined))
      yield { side: 'after', range: option.range, severity: 'high', message: written(text) };
  }
}

/** A script in a setting is told by its commands. */
function isScript({ after }: RuleInput, { range }: Setting): boolean {
  return (
    after?.commands.some((command) => range.start.line <= command.range.start.line && command.range.end.line <= range.end.line) === true
  );
}

/** `accept-new` believes a host once and is asked for by no attacker's second answer. */
const ANY_HOST = /\bStrictHostKeyChecking["']?[ =:,]{1,3}["']?(?:no|off|false)\b/i;
const ANSIBLE = /^(?:ANSIBLE_HOST_KEY_CHECKING|host_key_checking)=(?:false|no|0)$/i;
