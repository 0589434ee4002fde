import type { Resource } from '../../../model/facts.ts';
import type { FindingDraft } from '../../../model/finding.ts';

/** The thing by which others know a resource: its address in Terraform, its kind and name in Kubernetes; nothing for another kind of file. */
export function addressed({ type, name }: Resource, path: string): Pick<FindingDraft, 'things'> {
  const own = name.split('[')[0] ?? name;
  if (own === '') return {};
  if (/\.(tf|tofu)$/.test(path) && /^[a-z]\w*$/.test(type))
    return { things: [{ kind: 'terraform', name: `${type}.${own}`, within: path.slice(0, Math.max(0, path.lastIndexOf('/'))) }] };
  return /\.(ya?ml|json)$/.test(path) && /^[A-Z]\w+$/.test(type)
    ? { things: [{ kind: 'kubernetes', name: own.split('/').at(-1) ?? own, within: type }] }
    : {};
}
