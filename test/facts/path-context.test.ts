import { describe, expect, it } from 'vitest';
import { isPreviewPath, isProductionPath, pathContext, severityIn } from '../../server/src/core/facts/path-context.ts';
import { SEVERITIES } from '../../server/src/core/model/finding.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const at = (path: string): RepoPath => path as RepoPath;
const severityAt = (path: string, severity: (typeof SEVERITIES)[number]): string => severityIn(at(path), pathContext(at(path)), severity);

describe('where a file lives', () => {
  it.each([
    ['k8s/overlays/dev/kustomization.yaml', 'development'],
    ['deploy/overlays/dev/api.yaml', 'development'],
    ['charts/shop/values-dev.yaml', 'development'],
    ['charts/shop/values.local.yaml', 'development'],
    ['infra/envs/sandbox/main.tf', 'development'],
    ['infra/dev.tfvars', 'development'],
    ['terraform/prod/db-dev.tf', 'production'],
    ['terraform/prod/dev_override.tf', 'production'],
    ['terraform/prod/local.tf.json', 'production'],
    ['terraform/prod/dev.auto.tfvars', 'production'],
    ['terraform/dev/database.tf', 'development'],
    ['docker-compose.override.yml', 'development'],
    ['config/cors.dev.ts', 'development'],
    ['deploy/overlays/prod/api.yaml', 'pipeline'],
    ['charts/shop/values-staging.yaml', 'production'],
    ['src/local/store.ts', 'production'],
    ['src/preview/render.ts', 'production'],
    ['infra/devices.tf', 'production'],
    ['src/livestream/play.ts', 'production'],
    ['src/docs/access.ts', 'production'],
    ['server/app/docs/retention/purge.py', 'production'],
    ['backend/docs/store.go', 'production'],
    ['docs/CODEOWNERS', 'production'],
    ['src/main/java/example/skerry/Gauge.java', 'production'],
    ['services/tides/src/main/kotlin/org/samples/tides/Gauge.kt', 'production'],
    ['examples/tides/src/main/java/org/tides/Gauge.java', 'documentation'],
    ['src/test/java/example/skerry/GaugeTest.java', 'test'],
    ['packages/e2e-tests/shop-app/src/fetch.ts', 'test'],
    ['dev/test-applications/shop/src/fetch.ts', 'test'],
    ['src/test-drives/booking.ts', 'production'],
    ['src/unit-testing-service/run.ts', 'production'],
    ['docs/access.ts', 'documentation'],
    ['docs/src/access.ts', 'documentation'],
    ['website/src/docs/intro.mdx', 'documentation'],
    ['src/components/docs/button.ts', 'documentation'],
    ['src/docs/examples/access.ts', 'documentation'],
  ])('%s is %s', (path, context) => {
    expect(pathContext(at(path))).toBe(context);
  });

  it('a path that says production raises what asks for a person, and no note', () => {
    expect(isProductionPath(at('infra/environments/prod/main.tf'))).toBe(true);
    expect(isProductionPath(at('config/gateway.production.json'))).toBe(true);
    expect(isProductionPath(at('src/live/search.ts'))).toBe(false);
    expect(isProductionPath(at('src/products/search.ts'))).toBe(false);
    expect(isProductionPath(at('test/production/setup.ts'))).toBe(false);
    expect(SEVERITIES.map((severity) => severityAt('infra/prod/main.tf', severity))).toEqual(['low', 'high', 'critical', 'critical']);
    expect(SEVERITIES.map((severity) => severityAt('infra/main.tf', severity))).toEqual(SEVERITIES);
  });

  it('an environment for one branch is known by its word, and one of a developer is none', () => {
    expect(isPreviewPath(at('k8s/preview/runner.yaml'))).toBe(true);
    expect(isPreviewPath(at('deploy/web.preview.yaml'))).toBe(true);
    expect(isPreviewPath(at('k8s/overlays/dev/preview.yaml'))).toBe(false);
    expect(isPreviewPath(at('k8s/scratch/runner.yaml'))).toBe(false);
  });

  it('a development overlay keeps everything as a note', () => {
    expect(SEVERITIES.map((severity) => severityAt('k8s/overlays/dev/api.yaml', severity))).toEqual(['low', 'low', 'low', 'low']);
  });
});
