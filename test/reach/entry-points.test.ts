import { describe, expect, test } from 'vitest';
import { pathContext } from '../../server/src/core/facts/path-context.ts';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { codeEntries } from '../../server/src/core/reach/entry-points/code.ts';
import type { EntryPoint, EntryWorld } from '../../server/src/core/reach/entry-points/entry-point.ts';
import { declaredEntries } from '../../server/src/core/reach/entry-points/find-entry-points.ts';
import { readAsset } from '../support/check.ts';
import { treeOf } from './shop.ts';

async function worldOf(files: Readonly<Record<string, string>>): Promise<EntryWorld> {
  const tree = treeOf(files);
  await prepareLanguages(tree.paths(), readAsset);
  return {
    tree,
    paths: new Set(tree.paths()),
    facts: (path) => readFacts(path, files[path] ?? ''),
    isServed: (path) => pathContext(path) !== 'test',
  };
}

const told = (points: readonly EntryPoint[]): readonly string[] => points.map(({ kind, name, path }) => `${kind} ${name} > ${path}`);

/** What configurations and places declare. Files of code are given without their text: only that they are there matters. */
async function declared(files: Readonly<Record<string, string>>, code: readonly string[]): Promise<readonly string[]> {
  const world = await worldOf({ ...Object.fromEntries(code.map((path) => [path, ''])), ...files });
  return told(declaredEntries(world, world.tree.paths(), new Map()));
}

async function inCode(path: string, text: string): Promise<readonly string[]> {
  const world = await worldOf({ [path]: text });
  return codeEntries(world, path as RepoPath).map(({ kind, name }) => `${kind} ${name}`);
}

describe('packages', () => {
  test('exports, main and bin lead from what a build writes to its source', async () => {
    const manifest = {
      name: '@shop/api',
      main: './dist/index.js',
      bin: { shop: 'dist/cli.mjs' },
      exports: { '.': './dist/index.js', './client': { types: './dist/client.d.ts', default: './dist/client.js' } },
    };
    const files = { 'packages/api/package.json': JSON.stringify(manifest) };
    const code = ['packages/api/src/index.ts', 'packages/api/src/cli.mts', 'packages/api/src/client/index.ts', 'src/index.ts'];
    expect(new Set(await declared(files, code))).toEqual(
      new Set([
        'export @shop/api > packages/api/src/index.ts',
        'bin shop > packages/api/src/cli.mts',
        'export @shop/api/client > packages/api/src/client/index.ts',
      ]),
    );
  });

  test('a pattern of exports stands for the files that it fits', async () => {
    const files = { 'package.json': '{"name":"ui","exports":{"./icons/*":"./dist/icons/*.js"}}' };
    expect(await declared(files, ['src/icons/a.tsx', 'src/icons/b.tsx', 'src/other.ts'])).toEqual([
      'export ui/icons/* > src/icons/a.tsx',
      'export ui/icons/* > src/icons/b.tsx',
    ]);
  });

  test('a script that runs a file is one, one that checks or builds is none', async () => {
    const files = { 'package.json': '{"name":"a","main":"x.js","scripts":{"start":"node dist/server.js","lint":"node scripts/lint.js"}}' };
    expect(await declared(files, ['src/server.ts', 'scripts/lint.js'])).toEqual(
      ['script npm run start (a) > src/server.ts'].map((line) => line.replace(' (a)', '')),
    );
  });

  test('Python, Cargo and the manifest that says nothing', async () => {
    const files = {
      'pyproject.toml': '[project]\nname = "shop"\n[project.scripts]\nshop = "shop.cli:main"\n',
      'core/Cargo.toml': '[package]\nname = "ledger"\n',
      'js/package.json': '{"name":"quiet"}',
    };
    const code = ['src/shop/cli.py', 'core/src/lib.rs', 'core/src/bin/audit.rs', 'js/index.js'];
    expect(await declared(files, code)).toEqual([
      'export ledger > core/src/lib.rs',
      'bin audit > core/src/bin/audit.rs',
      'export quiet > js/index.js',
      'bin shop > src/shop/cli.py',
    ]);
  });
});

describe('what runs a file', () => {
  test('an image, through a script of its package and by a path of the container', async () => {
    const files = {
      'api/Dockerfile': 'FROM node:22\nENTRYPOINT ["node", "/usr/src/app/dist/main.js"]\n',
      'web/Dockerfile': 'FROM node:22\nCMD npm run serve\n',
      'web/package.json': '{"name":"web","main":"x","scripts":{"serve":"npm run inner","inner":"tsx src/serve.ts"}}',
    };
    const found = await declared(files, ['api/src/main.ts', 'web/src/serve.ts']);
    expect(found.filter((line) => line.startsWith('container'))).toEqual([
      'container Dockerfile ENTRYPOINT > api/src/main.ts',
      'container Dockerfile CMD > web/src/serve.ts',
    ]);
  });

  test('a script that starts itself ends', async () => {
    const files = { 'package.json': '{"name":"a","main":"x","scripts":{"start":"npm start"}}', Procfile: 'web: npm start\n' };
    expect(await declared(files, [])).toEqual([]);
  });

  test('Procfile, compose and Kubernetes', async () => {
    const files = {
      Procfile: 'web: gunicorn shop.wsgi:application\nworker: python -m shop.worker\n',
      'docker-compose.yml': 'services:\n  web:\n    build: ./api\n    command: node src/server.js\n',
      'k8s/bill.yaml':
        'apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: bill\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: bill\n              command: ["python", "/app/jobs/bill.py"]\n',
    };
    const code = ['shop/wsgi.py', 'shop/worker.py', 'api/src/server.js', 'jobs/bill.py'];
    expect(await declared(files, code)).toEqual([
      'container Procfile web > shop/wsgi.py',
      'container Procfile worker > shop/worker.py',
      'container service web > api/src/server.js',
      'job CronJob bill > jobs/bill.py',
    ]);
  });

  test('a workflow by its job, and one that a clock starts as a job', async () => {
    const steps = (run: string): string => `jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ${run}\n`;
    const files = {
      '.github/workflows/nightly.yml': `on:\n  schedule:\n    - cron: "0 3 * * *"\n${steps('node scripts/nightly.js')}`,
      '.github/workflows/push.yml': `on: push\n${steps('go run ./cmd/check')}        working-directory: tools\n`,
      'ops/crontab': '0 3 * * * root node /app/scripts/night.js\n',
    };
    expect(await declared(files, ['scripts/nightly.js', 'tools/cmd/check/main.go', 'scripts/night.js'])).toEqual([
      'job nightly.yml: a > scripts/nightly.js',
      'workflow push.yml: a > tools/cmd/check/main.go',
      'job cron: root node /app/scripts/night.js > scripts/night.js',
    ]);
  });

  test('handlers of the Serverless Framework, of SAM, of a Worker and of CDK', async () => {
    const files = {
      'serverless.yml': 'service: a\nfunctions:\n  pay:\n    handler: src/pay.main\n',
      'infra/template.yaml':
        'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Refund:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: code/\n      Handler: refund.main\n',
      'edge/wrangler.toml': 'name = "edge"\nmain = "src/index.ts"\n',
      'lib/stack.ts':
        "import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';\nnew NodejsFunction(this, 'Void', { entry: path.join(__dirname, '../lambda/void.ts') });\nnew lambda.Function(this, 'Sum', { handler: 'sum.main', code: lambda.Code.fromAsset('lambda') });\n",
    };
    const code = ['src/pay.ts', 'infra/code/refund.py', 'edge/src/index.ts', 'lambda/void.ts', 'lambda/sum.ts'];
    expect(new Set(await declared(files, code))).toEqual(
      new Set([
        'function function pay > src/pay.ts',
        'function function Refund > infra/code/refund.py',
        'function worker src/index.ts > edge/src/index.ts',
        'function function Void > lambda/void.ts',
        'function function Sum > lambda/sum.ts',
      ]),
    );
  });
});

describe('pages by their place', () => {
  test.each([
    ['next', 'app/(shop)/cart/[id]/page.tsx', 'page /cart/[id]'],
    ['next', 'src/app/api/pay/route.ts', 'route /api/pay'],
    ['next', 'pages/api/pay.ts', 'route /api/pay'],
    ['next', 'pages/index.tsx', 'page /'],
    ['@remix-run/react', 'app/routes/orders.$id.tsx', 'page /orders.$id'],
    ['@sveltejs/kit', 'src/routes/cart/+page.server.ts', 'page /cart'],
    ['@sveltejs/kit', 'src/routes/api/pay/+server.ts', 'route /api/pay'],
    ['astro', 'src/pages/cart.astro', 'page /cart'],
    ['nuxt', 'server/api/pay.post.ts', 'route /pay'],
  ])('%s: %s', async (dependency, path, expected) => {
    const manifest = JSON.stringify({ name: 'web', main: 'x', dependencies: { [dependency]: '1' } });
    expect(await declared({ 'web/package.json': manifest }, [`web/${path}`])).toEqual([`${expected} > web/${path}`]);
    // The same place in a package that does not use the framework is a file like any other.
    expect(await declared({ 'web/package.json': '{"name":"web","main":"x"}' }, [`web/${path}`])).toEqual([]);
  });

  test('what lies beside a page, and its test, is none', async () => {
    const manifest = '{"name":"web","main":"x","dependencies":{"next":"16"}}';
    expect(await declared({ 'package.json': manifest }, ['pages/cart.test.tsx', 'pages/components/row.tsx', 'lib/page.tsx'])).toEqual([]);
  });
});

describe('entry points in code', () => {
  test.each([
    ['a.ts', "app.post('/pay', requireUser, async (req, res) => {});", ['route POST /pay']],
    [
      'a.ts',
      "@Controller('cats')\nexport class Cats {\n  @Get(':id')\n  one() {}\n  @Delete()\n  all() {}\n}",
      ['route GET /cats/:id', 'route DELETE /cats'],
    ],
    [
      'a.ts',
      "cron.schedule('0 0 * * *', () => bill());\nnew Worker('refunds', async (job) => pay(job));",
      ['job cron 0 0 * * *', 'job queue refunds'],
    ],
    [
      'a.ts',
      "export class Jobs {\n  @Cron('0 0 * * *')\n  night() {}\n  @EventPattern('paid')\n  paid() {}\n}",
      ['job cron night', 'job queue paid'],
    ],
    ['a.ts', '#!/usr/bin/env node\nrun();', ['main a.ts']],
    [
      'a.py',
      "@app.route('/pay', methods=['POST'])\ndef pay():\n    pass\n\n@shared_task\ndef bill():\n    pass\n\nif __name__ == '__main__':\n    pay()\n",
      ['main a.py', 'route POST /pay', 'job task bill'],
    ],
    ['urls.py', "urlpatterns = [path('pay/', views.pay)]\n", ['route * /pay/']],
    [
      'main.go',
      'package main\n\nfunc main() {\n\thttp.HandleFunc("/pay", pay)\n\tr.Get("/cart", cart)\n}\n',
      ['main main.go', 'route * /pay', 'route GET /cart'],
    ],
    [
      'A.java',
      '@RestController\n@RequestMapping("/api")\npublic class A {\n  public static void main(String[] a) {}\n  @PostMapping("/pay")\n  public void pay() {}\n  @Scheduled(cron = "0 0 * * *")\n  public void night() {}\n}\n',
      ['main A.java', 'route POST /api/pay', 'job cron night'],
    ],
    // Whoever asks an address does not answer it.
    ['a.ts', "const a = await api.get('/pay', options);\naxios.post('/pay', body);\ncache.get('/pay', fallback);", []],
    ['a.ts', "params.get('/pay');\nconst worker = new Worker('./worker.js');", []],
    ['a.go', 'package shop\n\nfunc main() {}\n', []],
  ])('%s %j', async (path, text, expected) => expect(await inCode(path, text)).toEqual(expected));
});
