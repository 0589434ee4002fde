import type { Resource } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { settingsOf } from './setting-index.ts';
import { statefulKind } from './stateful.ts';

/**
 * A store of a template or a stack that is gone while another one of its type came in the same file: its logical id changed.
 * Terraform's addresses are the business of destroy/iac-stateful-removed.
 */
export function* renamedStores({ added, before, after }: RuleInput): Generator<{ readonly old: Resource; readonly fresh: Resource }> {
  const isNamed = ({ type }: Resource): boolean => /^(AWS::|cdk:|pulumi:)/.test(type) && statefulKind(type) !== undefined;
  const keys = (resources: readonly Resource[] | undefined): ReadonlySet<string> => new Set(resources?.map((resource) => resource.key));
  const left = (before?.resources ?? []).filter((resource) => isNamed(resource) && !keys(after?.resources).has(resource.key));
  for (const fresh of added.resources.filter(isNamed)) {
    // Pulumi is told what it was called, and keeps it.
    const isKnownAs = (name: string): boolean =>
      settingsOf(after, fresh.key).some(({ path, value }) => path[0] === 'aliases' && value === name);
    const at = left.findIndex((old) => old.type === fresh.type && !isKnownAs(old.name));
    const [old] = at < 0 ? [] : left.splice(at, 1);
    if (old !== undefined) yield { old, fresh };
  }
}
