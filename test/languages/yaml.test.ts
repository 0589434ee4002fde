import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { SourceFacts } from '../../server/src/core/model/facts.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

const { resolve } = createRequire(import.meta.url);

beforeAll(async () => {
  await prepareLanguages(['x.yaml' as RepoPath], async (name) => readFileSync(assetFile(name, resolve)));
});

describe('settings', () => {
  it('carry the path that leads to them, and their place', () => {
    const settings = scalars('a:\n  b: 1\n  c: [x, true]\n  d: {}\n');
    expect(settings.map((setting) => `${setting.path.join('/')}=${JSON.stringify(setting.value)}`)).toEqual([
      'a/b=1',
      'a/c/0="x"',
      'a/c/1=true',
      'a/d="{}"',
    ]);
    expect(settings[0]?.range).toEqual({ start: { line: 2, character: 2 }, end: { line: 2, character: 6 } });
  });

  it('say which key holds others, so that a key that changes is seen on its own line', () => {
    const { settings } = read('on:\n  push:\n    branches: [main]\n');
    expect(settings.map((setting) => `${setting.range.start.line} ${setting.path.join('/')}=${setting.value}`)).toEqual([
      '1 on=null',
      '2 on/push=null',
      '3 on/push/branches=null',
      '3 on/push/branches/0=main',
    ]);
  });

  it('name the elements of a list, so that a new order is no change', () => {
    const keys = (text: string): readonly string[] =>
      read(text)
        .settings.map((setting) => setting.key)
        .sort();
    expect(keys('- name: a\n  x: 1\n- name: b\n  x: 2\n')).toEqual(keys('- name: b\n  x: 2\n- name: a\n  x: 1\n'));
    expect(keys('- a\n- b\n')).toEqual(keys('- b\n- a\n'));
    expect(keys('- name: a\n  x: 1\n')).not.toEqual(keys('- name: b\n  x: 1\n'));
  });

  it('follow anchors and merge keys, and end where the file ends', () => {
    const settings = scalars('base: &base\n  a: 1\n  b: 2\none:\n  <<: *base\n  b: 3\ntwo: *base\n');
    expect(settings.map((setting) => `${setting.range.start.line} ${setting.path.join('/')}=${setting.value}`)).toEqual([
      '2 base/a=1',
      '3 base/b=2',
      '5 one/a=1',
      '6 one/b=3',
      '7 two/a=1',
      '7 two/b=2',
    ]);
  });

  it('do not end on the line behind a block scalar', () => {
    expect(read('a: |\n  one\n  two\nb: 1\n').settings[0]?.range.end).toEqual({ line: 3, character: 5 });
  });

  it('stop at a cap where aliases multiply', () => {
    const lines = [
      'a: &a [x, x, x, x, x, x, x, x, x, x]',
      ...'bcdefg'.split('').map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdef'[at]}`)}]`),
    ];
    const facts = read(lines.join('\n'));
    expect(facts.settings.length).toBeLessThanOrEqual(20_000);
    expect(facts.blindSpots.length).toBeGreaterThan(0);
  });
});

describe('resources', () => {
  it('are Kubernetes objects, one for each document', () => {
    const { resources, settings } = read(
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: n\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n',
    );
    expect(
      resources.map(
        (resource) => `${resource.type} ${resource.name} ${resource.scope} ${resource.range.start.line}-${resource.range.end.line}`,
      ),
    ).toEqual(['Service n/a Service/a 2-4', 'Secret b Secret/b 8-9']);
    expect(settings.every((setting) => resources.some((resource) => resource.key === setting.resource))).toBe(true);
  });

  it('are other objects in another environment', () => {
    const key = (path: string): string | undefined =>
      readFacts(path as RepoPath, 'apiVersion: v1\nkind: Secret\nmetadata: {name: b}\n')?.resources[0]?.key;
    expect(key('k8s/prod/a.yaml')).not.toBe(key('k8s/dev/a.yaml'));
    expect(key('k8s/prod/a.yaml')).toBe(key('k8s/prod/secrets/b.yaml'));
  });

  it('are CloudFormation resources, with their tags', () => {
    const { resources, settings } = read(
      'Resources:\n  Orders:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !Ref Name\nOutputs:\n  A: b\n',
    );
    expect(resources.map((resource) => `${resource.type} ${resource.name} ${resource.scope}`)).toEqual([
      'AWS::DynamoDB::Table Orders Resources.Orders',
    ]);
    expect(
      settings.filter((setting) => setting.value !== null).map((setting) => `${setting.resource === ''} ${setting.path.join('/')}`),
    ).toEqual(['false Type', 'false Properties/TableName', 'true Outputs/A']);
  });

  it('are compose services and jobs of a workflow', () => {
    expect(read('services:\n  db: {image: "postgres:16"}\n').resources.map((resource) => `${resource.type} ${resource.name}`)).toEqual([
      'service db',
    ]);
    expect(workflow('echo').resources.map((resource) => `${resource.type} ${resource.name}`)).toEqual(['job build']);
  });
});

describe('shell in pipelines', () => {
  it('has its place in the file for every style of string', () => {
    const place = (run: string): string => {
      const rm = workflow(run).commands.find((command) => command.name === 'rm');
      return `${rm?.scope} ${rm?.range.start.line}:${rm?.range.start.character}-${rm?.range.end.line}:${rm?.range.end.character}`;
    };
    expect(place('rm -r x # note')).toBe('jobs.build 6:13-6:20');
    expect(place('"rm -r x"')).toBe('jobs.build 6:14-6:21');
    expect(place('|\n          true\n          rm -r x\n')).toBe('jobs.build 8:10-8:17');
    expect(place('>-\n          rm\n          -r x\n')).toBe('jobs.build 7:10-8:14');
  });

  it('keeps its length where an expression stands, and its difference', () => {
    const command = (run: string) => workflow(run).commands[0];
    expect(command('rm -r ${{ inputs.a }}/x')?.range.end.character).toBe(13 + 'rm -r ${{ inputs.a }}/x'.length);
    expect(command('rm -r ${{ inputs.a }}/x')?.words[2]?.expansions).toHaveLength(1);
    expect(command('rm -r ${{ inputs.a }}/x')?.key).not.toBe(command('rm -r ${{ inputs.b }}/x')?.key);
  });

  it('is read from GitLab lists, from `sh -c` and from no other shell', () => {
    const names = (path: string, text: string): readonly string[] | undefined =>
      readFacts(path as RepoPath, text)?.commands.map((command) => `${command.scope} ${command.name}`);
    expect(names('.gitlab-ci.yml', 'deploy:\n  script:\n    - A=1\n    - terraform destroy\n')).toEqual(['deploy terraform']);
    expect(names('k8s/a.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  command: [sh, -c, "rm -rf /data"]\n')).toEqual([
      'Pod/p rm',
    ]);
    expect(workflow('import os\n        shell: python').commands).toEqual([]);
    expect(names('config/app.yaml', 'run: rm -rf /\n')).toEqual([]);
  });
});

describe('bad input', () => {
  it('names a template that is no YAML until it is rendered', () => {
    expect(read('a:\n{% if x %}\n  b: 1\n{% endif %}\n').blindSpots[0]?.reason).toBe('parse-error');
    expect(read('a:\n\t- b\n').blindSpots[0]?.reason).toBe('parse-error');
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      'a: ',
      '- ',
      '\n',
      '  ',
      '&x ',
      '*x',
      '<<: ',
      '{',
      '}',
      '[',
      ']',
      '|\n',
      '"',
      "'",
      '---\n',
      '? ',
      'kind: Pod\n',
      'run: rm\n',
      '!Ref ',
      '\t',
      'é',
      '#',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        expect(() => readFacts('.github/workflows/x.yml' as RepoPath, parts.join(''))).not.toThrow();
      }),
      { numRuns: 300 },
    );
  });
});

it('has equal tokens for another layout and others for another structure', () => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens('a:\n    b: 1 # note\n')).toEqual(tokens('a: {b: 1}\n'));
  expect(tokens('a:\n  b: 1\n  c: 2\n')).not.toEqual(tokens('a:\n  b: 1\nc: 2\n'));
});

it.each([
  ['a:\n  b: 1\n  c: 2\n', 'a:\n  b: 1\nc: 2\n'],
  ['a: "1"\n', 'a: 1\n'],
  ['a: null\n', 'a: "null"\n'],
  ['a: {}\n', 'a: "{}"\n'],
  ['a: [x]\n', 'a: {0: x}\n'],
  ['a/b: 1\n', 'a: {b: 1}\n'],
  ['a: x\n---\nb: y\n', 'a: x\nb: y\n'],
  ['a: !Ref x\n', 'a: !Sub x\n'],
  ['[a, [b]]\n', '[a, b]\n'],
])('tells texts of another meaning apart by their tokens: %j and %j', (one, other) => {
  const tokens = (text: string): readonly string[] => read(text).tokens.map((token) => token.text);
  expect(tokens(one)).not.toEqual(tokens(other));
  expect(tokens(one)).not.toEqual([]);
});

it('names what is deeper than it reads, and has no tokens then', () => {
  const facts = read(`a: ${'['.repeat(70)}1${']'.repeat(70)}\n`);
  expect(facts.blindSpots).toEqual([{ reason: 'too-complex', detail: 'deeper than 60 levels' }]);
  expect(facts.tokens).toEqual([]);
});

it('names a lock file as not seen', () => {
  const facts = readFacts('pnpm-lock.yaml' as RepoPath, 'lockfileVersion: 9\n');
  expect(facts?.settings).toEqual([]);
  expect(facts?.blindSpots).toEqual([{ reason: 'generated', detail: 'lock file' }]);
});

function scalars(text: string): SourceFacts['settings'] {
  return read(text).settings.filter((setting) => setting.value !== null);
}

function workflow(run: string): SourceFacts {
  const text = `on: push\njobs:\n  build:\n    runs-on: ubuntu\n    steps:\n      - run: ${run}\n`;
  const facts = readFacts('.github/workflows/x.yml' as RepoPath, text);
  if (facts === undefined) throw new Error('expected a language for a workflow, found none');
  return facts;
}

function read(text: string): SourceFacts {
  const facts = readFacts('x.yaml' as RepoPath, text);
  if (facts === undefined) throw new Error('expected a language for YAML, found none');
  return facts;
}

describe('Helm templates', () => {
  const chart = [
    '{{- if .Values.enabled }}',
    'kind: Deployment',
    'apiVersion: apps/v1',
    'metadata:',
    '  name: {{ include "shop.name" . }}',
    '  labels:',
    '    {{- include "shop.labels" . | nindent 4 }}',
    'spec:',
    '  replicas: {{ .Values.replicas }}',
    '  resources:',
    '    {{- toYaml .Values.resources | nindent 4 }}',
    '{{- end }}',
    '',
  ].join('\n');
  const settings = (text: string): readonly string[] =>
    read(text)
      .settings.filter((setting) => setting.value !== null)
      .map((setting) => `${setting.range.start.line} ${setting.path.join('.')}`);

  it('are read with their actions masked, every position as it was', () => {
    expect(read(chart).blindSpots).toEqual([]);
    expect(settings(chart)).toEqual([
      '2 kind',
      '3 apiVersion',
      '5 metadata.name',
      '6 metadata.labels',
      '9 spec.replicas',
      '10 spec.resources',
    ]);
  });

  it('show in their tokens what an action says', () => {
    const tokens = (text: string): string =>
      read(text)
        .tokens.map((token) => token.text)
        .join(' ');
    expect(tokens(chart.replace('.Values.enabled', '.Values.always'))).not.toBe(tokens(chart));
  });

  it('leave the expressions of a pipeline alone', () => {
    expect(read('a: ${{ inputs.x }}\n').settings[0]?.value).toBe('${{ inputs.x }}');
  });
});
