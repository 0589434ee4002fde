import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { includedTexts } from '../vocabulary/settings/included-templates.ts';
import { isTaggedByOverlay } from '../vocabulary/settings/kustomize-patches.ts';
import { nameOf } from '../vocabulary/settings/setting-index.ts';
import { changedSettings, changeName, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';
import { floatingArguments, withArguments } from '../vocabulary/supply/build-arguments.ts';
import { floatingImages } from '../vocabulary/supply/images-in-code.ts';

/**
 * ## What it sees
 * An image whose tag becomes `latest` or goes away, also as the default of a variable, an argument of the build or a constant of a program, and a digest
 * that is taken out for a tag. Also a whole version, `2.11.3`, that becomes the number of a line, `2`, of an image that is no official one.
 *
 * ## Why it matters
 * The same manifest then runs different code on two nodes, and nobody can say what ran yesterday.
 *
 * ## When it is fine
 * One version to another, and an image that was built in the same file.
 *
 * ## What it misses
 * Tags that are moved in the registry without any change here, and a tag that only the environment of the build gives.
 */
export default defineRule({
  id: 'deploy/image-unpinned',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Runs an image without a fixed version',
  reads: ['settings', 'options'],
  evidence: [
    { title: 'kube-linter: latest-tag', url: 'https://docs.kubelinter.io/#/generated/checks?id=latest-tag' },
    { title: 'hadolint DL3007', url: 'https://github.com/hadolint/hadolint/wiki/DL3007' },
  ],
  *check(input) {
    yield* floatingImages(input);
    yield* floatingArguments(input);
    for (const change of changedSettings(input)) {
      const name = nameOf(change);
      const tag = unpinnedTag(change);
      if (tag !== undefined) yield { ...placeOf(change), message: fitMessage(tag) };
      const isImage =
        name === 'FROM' ||
        (name === 'container' && change.resource?.type === 'job') ||
        (name === 'image' &&
          /^(Pod|Deployment|StatefulSet|DaemonSet|Job|CronJob|ReplicaSet|service|job|Rollout|ReplicationController|aws_ecs_task_definition|AWS::ECS::TaskDefinition|kubernetes_\w+|google_cloud_run\w*|azurerm_container\w*|Task|ClusterTask|Pipeline|Workflow|WorkflowTemplate|CronWorkflow)$/.test(
            change.resource?.type ?? '',
          )) ||
        (change.resource === undefined &&
          /^(image|containerImage|baseImage|image_uri|docker_image|image_url)$/.test(name) &&
          change.before !== undefined &&
          /[/:]/.test(String(change.before.value)));
      if (typeof change.after?.value !== 'string' || change.after.value === '{}') continue;
      const fresh = withArguments(String(change.after.value), input.after);
      const old =
        change.before === undefined ? pinnedElsewhere(fresh, name, input) : withArguments(String(change.before.value), input.before);
      // An image may stand in a template of its own, which others take in: `x-app: &app`.
      if (!isImage && (change.before !== undefined || old === undefined)) continue;
      if (name === 'FROM' && input.after?.resources.some((stage) => stage.type === 'stage' && stage.name === fresh) === true) continue;
      const texts = includedTexts(input, change.after);
      if (name !== 'FROM' && old !== undefined && isMovingLine(old, fresh)) {
        const [was, is] = [old, fresh].map((image) => image.slice(image.lastIndexOf(':') + 1));
        yield { ...placeOf(change), message: fitMessage(`the tag of ${quote(fresh, 36)} moves: ${was ?? ''} -> ${is ?? ''}`) };
        continue;
      }
      const pin = texts.length === 0 ? pinOf(fresh) : Math.min(...texts.map(pinOf));
      if (pin >= (old === undefined ? 1 : Math.min(pinOf(old), 2)) || isTaggedByOverlay(input, fresh)) continue;
      yield {
        ...placeOf(change),
        message: fitMessage(
          `the image ${quote(fresh, 40)} has no fixed ${old !== undefined && pinOf(old) === 2 ? 'digest any more' : 'version'}`,
        ),
      };
    }
  },
});

/** 2 for a digest, 1 for a version, 0 for none; what a variable or an earlier stage names is taken for pinned. */
function pinOf(image: string): 0 | 1 | 2 {
  if (image.includes('@sha256:') || image.includes('$') || /^(?:var|local|module|data|each)\.\w/.test(image)) return 2;
  const last = image.slice(image.lastIndexOf('/') + 1);
  const tag = /:([^:]+)$/.exec(last)?.[1];
  if (image === 'scratch') return 2;
  return tag === undefined || /^(latest|edge|nightly|main|master|dev)$/.test(tag) ? 0 : 1;
}

/** `shop/web:2.11.3` that became `shop/web:2`, of an image with a registry or an owner: whatever is pushed next under the number runs. */
function isMovingLine(old: string, fresh: string): boolean {
  const [was, is] = [old, fresh].map((image) => /^([^@]*\/[^@:/]*):v?(\d+(?:\.\d+)*)$/.exec(image));
  if (was?.[1] === undefined || was[1] !== is?.[1]) return false;
  return /^\d+\.\d+\.\d+/.test(was[2] ?? '') && /^\d+$/.test(is[2] ?? '');
}

/** The same image of the same file with a version, under whatever name it stood there: it was moved, and lost it on the way. */
function pinnedElsewhere(fresh: string, name: string, { removed, before, removedElsewhere }: RuleInput): string | undefined {
  if (!/^(image|containerImage|baseImage|image_uri|docker_image|image_url|FROM)$/.test(name) || pinOf(fresh) === 2) return undefined;
  const [repository] = fresh.split(/[:@]/);
  const isSame = ({ value }: { readonly value: unknown }): boolean =>
    typeof value === 'string' && pinOf(value) > 0 && !value.includes('$') && value.split(/[:@]/)[0] === repository;
  const found = [...removed.settings, ...(before?.settings ?? []), ...removedElsewhere().settings].find(isSame)?.value;
  return typeof found === 'string' ? found : undefined;
}

/** `image: { tag: latest }` of a chart, `newTag` of an overlay, and a digest that is taken out of either. */
function unpinnedTag(change: SettingChange): string | undefined {
  const { path, before, after, resourceIsGone } = change;
  const name = changeName(change);
  if (before === undefined || resourceIsGone || before.value === after?.value) return undefined;
  const isTag =
    /^(tag|newTag|targetRevision|(\w+[_-])?image[_-]?(tag|version)|\w*[iI]mageTag|\w*[iI]mageVersion|(app|container|release|service|docker)_?(tag|version))$/i.test(
      name,
    ) &&
    (path.length === 1 || name === 'targetRevision' || /image|images|tag/i.test(`${path.join('/')} ${change.resource?.type ?? ''}`));
  if (isTag && after !== undefined && FLOATING.test(String(after.value)) && !FLOATING.test(String(before.value)))
    return `the tag ${quote(name === path.at(-1) ? path.slice(-2).join('.') : name, 24)}: ${String(before.value)} -> ${String(after.value)}`;
  const isDigest = /^(digest|imageDigest|image_digest|sha)$/.test(name) && /^(sha256:)?[0-9a-f]{32,}$/.test(String(before.value));
  return isDigest && (after === undefined || String(after.value) === '') ? `the image has no fixed digest any more` : undefined;
}

const FLOATING = /^(HEAD|latest|edge|nightly|main|master|dev|develop|stable|release|current|)$/;
