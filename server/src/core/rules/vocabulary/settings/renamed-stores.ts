import type { Resource } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { onlyIn } from '../code/fact-keys.ts';
import { settingsOf } from './setting-index.ts';
import { statefulKind } from './stateful.ts';

/**
 * A store of a template or a stack that is gone while another one of its type came in the same file: its logical id changed.
 * Terraform's addresses are the business of destroy/iac-stateful-removed.
 */
export function* renamedStores({ added, before, after }: RuleInput): Generator<{ readonly old: Resource; readonly fresh: Resource }> {
  const isNamed = ({ type }: Resource): boolean => /^(AWS::|cdk:|pulumi:)/.test(type) && statefulKind(type) !== undefined;
  const came = added.resources.filter(isNamed);
  if (came.length === 0 || before === undefined) return;
  const left = onlyIn(before.resources, after?.resources ?? []).filter(isNamed);
  for (const fresh of came) {
    // Pulumi is told what it was called, and keeps it.
    const isKnownAs = (name: string): boolean =>
      settingsOf(after, fresh.key).some(({ path, value }) => path[0] === 'aliases' && value === name);
    const at = left.findIndex((old) => old.type === fresh.type && !isKnownAs(old.name));
    const [old] = at < 0 ? [] : left.splice(at, 1);
    if (old !== undefined) yield { old, fresh };
  }
}
