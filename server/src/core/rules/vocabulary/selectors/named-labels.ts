import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';
import { homeOf } from '../code/option-paths.ts';
import { changedSettings, placeOf } from '../settings/settings.ts';

/**
 * Infrastructure as code that labels its pods by the name of an object, and by another object's name now, while a Service of the file is
 * still told the old one: `labels: podLabels` under `selector: labels`.
 */
export function* namedLabels(input: RuleInput): Generator<FindingDraft> {
  for (const change of changedSettings(input)) {
    const { before, after, path, resource } = change;
    if (!/(?:^|\/)template\/metadata\/labels$/.test(path.join('/')) || resource === undefined) continue;
    const [was, is] = [String(before?.value), String(after?.value)];
    if (!NAME.test(was) || !NAME.test(is) || was === is || holds(input, was, is)) continue;
    const asker = input.after?.settings.find(
      (other) => /(?:^|\/)spec\/selector$/.test(other.path.join('/')) && other.value === was && other.resource !== resource.key,
    );
    const service = input.after?.resources.find(({ key }) => key === asker?.resource);
    if (service === undefined || !/\bService$/.test(service.type)) continue;
    yield {
      ...placeOf(change),
      message: fitMessage(`${quote(`Service ${service.name}`, 30)} still selects ${quote(was, 20)}, pods have ${quote(is, 20)}`),
    };
  }
}

const NAME = /^[A-Za-z_$][\w$]*$/;

/** The new object says all that the old one does, as far as both are written out. */
function holds({ after }: RuleInput, was: string, is: string): boolean {
  const entries = (name: string): readonly string[] =>
    after?.options.filter((option) => option.callee === '' && homeOf(option) === name).map((option) => `${option.name}=${option.value}`) ??
    [];
  const [old, now] = [entries(was), entries(is)];
  const spreads = after?.options.some((option) => option.name === is && option.value.includes(`...${was}`)) === true;
  return spreads || (old.length > 0 && old.every((entry) => now.includes(entry)));
}
