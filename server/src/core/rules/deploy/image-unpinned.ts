import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedSettings, nameOf, placeOf } from '../settings.ts';

/**
 * What it sees
 * An image whose tag becomes `latest` or goes away, and a digest that is taken out for a tag.
 *
 * Why it matters
 * The same manifest then runs different code on two nodes, and nobody can say what ran yesterday.
 *
 * When it is fine
 * One version to another, and an image that was built in the same file.
 *
 * What it misses
 * Tags that are moved in the registry without any change here.
 */
export default defineRule({
  id: 'deploy/image-unpinned',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'high',
  title: 'Runs an image without a fixed version',
  reads: ['settings'],
  evidence: [
    { title: 'kube-linter: latest-tag', url: 'https://docs.kubelinter.io/#/generated/checks?id=latest-tag' },
    { title: 'hadolint DL3007', url: 'https://github.com/hadolint/hadolint/wiki/DL3007' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      const name = nameOf(change);
      const isImage =
        name === 'FROM' ||
        (name === 'image' &&
          /^(Pod|Deployment|StatefulSet|DaemonSet|Job|CronJob|ReplicaSet|service|job)$/.test(change.resource?.type ?? ''));
      if (!isImage || typeof change.after?.value !== 'string' || change.after.value === '{}') continue;
      const fresh = String(change.after.value);
      const old = change.before === undefined ? undefined : String(change.before.value);
      if (pinOf(fresh) >= (old === undefined ? 1 : Math.min(pinOf(old), 2))) continue;
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
  if (image.includes('@sha256:') || image.includes('$')) return 2;
  const last = image.slice(image.lastIndexOf('/') + 1);
  const tag = /:([^:]+)$/.exec(last)?.[1];
  if (image === 'scratch') return 2;
  return tag === undefined || /^(latest|edge|nightly|main|master|dev)$/.test(tag) ? 0 : 1;
}
