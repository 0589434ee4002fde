import type { Resource } from '../../model/facts.ts';
import type { RepoPath, Tree } from '../../model/tree.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { settingsOf } from '../settings.ts';
import { statefulKind } from '../stateful.ts';

/**
 * What it sees
 * A database, bucket, volume, key or the like that a Terraform file, a CloudFormation template or a Kubernetes manifest no
 * longer declares; a Terraform address that changed without a `moved` block counts as removed.
 *
 * Why it matters
 * The next apply deletes it, and often the backups that live with it.
 *
 * When it is fine
 * A `moved` or `removed` block names the address, the same address stands in another file, or CloudFormation retains it.
 *
 * What it misses
 * Resources inside modules whose source changed, and objects that a chart or an overlay no longer renders.
 */
export default defineRule({
  id: 'destroy/iac-stateful-removed',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Removes infrastructure that holds data',
  reads: ['resources'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
    { title: 'An environment deleted and recreated, 2025', url: 'https://www.vibegraveyard.ai/story/aws-kiro-ai-agent-outage' },
  ],
  *check(input) {
    for (const resource of input.removed.resources) {
      const kind = statefulKind(resource.type);
      if (kind === undefined || isKept(resource, input)) continue;
      yield {
        side: 'before',
        range: resource.range,
        message: fitMessage(`removes the ${kind} ${quote(`${resource.type} ${resource.name}`, 44)}`),
      };
    }
  },
});

function isKept(resource: Resource, { before, after, trees, path }: RuleInput): boolean {
  if (after?.resources.some((other) => other.key === resource.key) === true) return true;
  if (
    settingsOf(before, resource.key).some(
      (setting) => setting.path.length === 1 && setting.path[0] === 'DeletionPolicy' && setting.value === 'Retain',
    )
  )
    return true;
  if (!path.endsWith('.tf') && !path.endsWith('.tofu')) return false;
  const address = `${resource.type}.${resource.name}`;
  const names = (other: Resource): boolean => (other.type === 'moved' || other.type === 'removed') && other.name.split('[')[0] === address;
  return after?.resources.some(names) === true || isNamedElsewhere(address, trees.after, path);
}

/** A `moved` or `removed` block may stand in another file of the same folder; its text names the address after `from`. */
function isNamedElsewhere(address: string, tree: Tree, path: RepoPath): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return tree.mentioning('from', ['.tf', '.tofu']).some((file) => {
    if (file === path || file.slice(0, file.lastIndexOf('/') + 1) !== folder) return false;
    const content = tree.read(file);
    return content?.kind === 'text' && namesInMove(content.text, address);
  });
}

function namesInMove(text: string, address: string): boolean {
  const words = text.split(/\s+/);
  return words.some((word, at) => word === 'from' && words[at + 1] === '=' && words[at + 2]?.split('[')[0] === address);
}
