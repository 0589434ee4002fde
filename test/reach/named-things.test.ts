import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NamedThing } from '../../server/src/core/model/named-thing.ts';
import type { RepoPath, Tree } from '../../server/src/core/model/tree.ts';
import { usesOf } from '../../server/src/core/reach/named-things/index.ts';
import { radiusOfThings } from '../../server/src/core/reach/named-things/radius.ts';
import { memoryTree } from '../support/memory-tree.ts';

/** Where each thing is made (`=`) and used (`>`), as `path:line`. */
const CASES: readonly {
  readonly what: string;
  readonly thing: NamedThing;
  readonly files: Readonly<Record<string, string>>;
  readonly found: readonly string[];
}[] = [
  {
    what: 'a column in SQL, in an object mapper and in other languages',
    thing: { kind: 'column', name: 'legacy_ref', within: 'orders' },
    files: {
      'migrations/0001.sql': 'create table orders (\n  id int,\n  legacy_ref text\n);\n',
      'src/order.entity.ts': 'class Order {\n  @Column() legacyRef: string;\n}\n',
      'src/report.ts': 'export const ref = (order: Order) => order.legacyRef;\n// legacyRef is old\n',
      'jobs/sync.py': 'rows = db.execute("select legacy_ref from orders")\n',
      'api/order.go': 'package api\n\nvar x = order.LegacyRef\n',
      'src/other.ts': 'export const legacyReference = 1;\n',
    },
    found: ['api/order.go:3>', 'jobs/sync.py:1>', 'migrations/0001.sql:3=', 'src/order.entity.ts:2=', 'src/report.ts:1>'],
  },
  {
    what: 'a table by its name and by the class of its rows',
    thing: { kind: 'table', name: 'order_items' },
    files: {
      'db/schema.sql': 'create table order_items (id int);\n',
      'models.py': 'class OrderItem(Base):\n    __tablename__ = "order_items"\n',
      'src/Items.java': 'class Items { List<OrderItem> all; }\n',
      'report.sql': 'select * from order_items;\n',
    },
    found: ['db/schema.sql:1=', 'models.py:1=', 'models.py:2=', 'report.sql:1>', 'src/Items.java:1>'],
  },
  {
    what: "a model of Django by its application's table",
    thing: { kind: 'table', name: 'shop_invoice' },
    files: {
      'shop/models.py': 'class Invoice(models.Model):\n    pass\n',
      'shop/views.py': 'Invoice.objects.all()\n',
      'web/invoice.ts': 'interface Invoice {}\n',
    },
    found: ['shop/models.py:1=', 'shop/views.py:1>'],
  },
  {
    what: 'a resource of Terraform in its folder, and commands that name it',
    thing: { kind: 'terraform', name: 'aws_db_instance.main', within: 'infra' },
    files: {
      'infra/db.tf': 'resource "aws_db_instance" "main" {\n}\n',
      'infra/dns.tf': 'records = [aws_db_instance.main.address]\n',
      'other/db.tf': 'resource "aws_db_instance" "main" {\n}\nx = aws_db_instance.main.id\n',
      'deploy.sh': 'terraform apply -target=aws_db_instance.main\n',
    },
    found: ['deploy.sh:1>', 'infra/db.tf:1=', 'infra/dns.tf:1>'],
  },
  {
    what: 'a variable and an output of a module, with its callers',
    thing: { kind: 'terraform', name: 'output.vpc_id', within: 'modules/net' },
    files: {
      'modules/net/outputs.tf': 'output "vpc_id" {\n  value = aws_vpc.this.id\n}\n',
      'main.tf': 'module "net" {\n  source = "./modules/net"\n}\nid = module.net.vpc_id\n',
      'modules/db/main.tf': 'vpc = var.vpc_id\n',
    },
    found: ['main.tf:4>', 'modules/net/outputs.tf:1='],
  },
  {
    what: 'a config map, and no other object of its name',
    thing: { kind: 'kubernetes', name: 'shop-config', within: 'ConfigMap' },
    files: {
      'k8s/config.yaml':
        'kind: ConfigMap\nmetadata:\n  name: shop-config\n---\nkind: Service\nmetadata:\n  name: shop-config\n---\nkind: Deployment\nspec:\n  envFrom:\n    - configMapRef:\n        name: shop-config\n',
      'k8s/other.yaml': 'name: shop-config-two\n',
    },
    found: ['k8s/config.yaml:13>', 'k8s/config.yaml:3='],
  },
  {
    what: 'a label and whoever selects it',
    thing: { kind: 'label', name: 'app', within: 'web' },
    files: {
      'k8s/service.yaml': 'spec:\n  selector:\n    app: web\n',
      'k8s/policy.yaml': 'matchExpressions:\n  - key: app\n    operator: In\n    values:\n      - web\n',
      'k8s/other.yaml': 'name: web\nrole: web\n',
      'run.sh': 'kubectl get pods -l app=web\n',
    },
    found: ['k8s/policy.yaml:5>', 'k8s/service.yaml:3>', 'run.sh:1>'],
  },
  {
    what: 'a variable of the environment: givers and readers of every language',
    thing: { kind: 'setting', name: 'DATABASE_URL' },
    files: {
      '.env.example': 'DATABASE_URL=postgres://x\n',
      'compose.yaml': 'services:\n  web:\n    environment:\n      DATABASE_URL: x\n      COPY: ${DATABASE_URL}\n',
      'src/db.ts': 'connect(process.env.DATABASE_URL);\n',
      'app.py': 'url = os.environ["DATABASE_URL"]\n',
      'main.go': 'package main\n\nvar url = os.Getenv("DATABASE_URL")\n',
      'src/main.rs': 'let url = env::var("DATABASE_URL")?;\n',
      Dockerfile: 'FROM x\nENV DATABASE_URL=none\n',
    },
    found: [
      '.env.example:1=',
      'Dockerfile:2=',
      'app.py:1>',
      'compose.yaml:4=',
      'compose.yaml:5>',
      'main.go:3>',
      'src/db.ts:1>',
      'src/main.rs:1>',
    ],
  },
  {
    what: 'a queue by its name and by the constant that holds it',
    thing: { kind: 'event', name: 'order.created' },
    files: {
      'src/events.ts': "export const ORDER_CREATED = 'order.created';\n",
      'src/shop.ts': 'bus.emit(ORDER_CREATED, order);\n',
      'worker/listen.py': '@listen("order.created")\ndef on(e): ...\n',
      'src/other.ts': "bus.emit('order.created.v2');\nconst order = { created: 1 };\n",
    },
    found: ['src/events.ts:1>', 'src/shop.ts:1>', 'worker/listen.py:1>'],
  },
  {
    what: 'a field of protobuf under the names of generated code',
    thing: { kind: 'proto', name: 'total_cents', within: 'Order' },
    files: {
      'api/order.proto': 'message Order {\n  int64 total_cents = 2;\n}\n',
      'src/Bill.java': 'long sum = order.getTotalCents();\n',
      'bill.go': 'package bill\n\nvar sum = order.TotalCents\n',
      'bill.ts': 'order.totalCents;\n',
    },
    found: ['api/order.proto:2=', 'bill.go:3>', 'bill.ts:1>', 'src/Bill.java:1>'],
  },
  {
    what: 'a path of an interface: description, server and clients',
    thing: { kind: 'route', name: '/orders/{orderId}/lines' },
    files: {
      'openapi.yaml': 'paths:\n  /orders/{id}/lines:\n    get:\n      operationId: listLines\n',
      'server.py': '@app.get("/orders/{order_id}/lines")\ndef lines(): ...\n',
      'web/client.ts':
        'fetch(`${base}/orders/${order.id}/lines`);\nfetch("/orders/" + id + "/lines");\nfetch("/orders/7/liness");\nfetch("/preorders/7/lines");\n',
    },
    found: ['openapi.yaml:2=', 'server.py:1=', 'web/client.ts:1>', 'web/client.ts:2>'],
  },
  {
    what: "a description's operation by the names of generated clients",
    thing: { kind: 'operation', name: 'listLines' },
    files: {
      'openapi.yaml': '      operationId: listLines\n',
      'web/page.ts': 'api.listLines();\n',
      'job.py': 'client.list_lines()\n',
    },
    found: ['job.py:1>', 'openapi.yaml:1=', 'web/page.ts:1>'],
  },
];

describe('named things', () => {
  it.each(CASES)('$what', ({ thing, files, found }) => {
    const { places, atMost, method } = usesOf(treeOf(files), thing);
    expect(places.map(({ path, line, kind }) => `${path}:${line}${kind === 'use' ? '>' : '='}`).sort()).toEqual([...found].sort());
    expect({ atMost, method }).toEqual({ atMost: true, method: 'names' });
  });

  it('says where the name stands', () => {
    const { places } = usesOf(treeOf({ 'a/b.ts': 'one();\n  x(process.env.SHOP_KEY);\n' }), { kind: 'setting', name: 'SHOP_KEY' });
    expect(places).toEqual([{ path: 'a/b.ts', line: 2, character: 16, kind: 'use' }]);
  });

  it('counts users alone, and not the file that was asked from', () => {
    const tree = treeOf({
      'db/migrations/1.sql': 'alter table orders add legacy_ref text;\n',
      'db/migrations/2.sql': 'alter table orders drop column legacy_ref;\n',
      'jobs/a.py': 'row.legacy_ref\nrow.legacy_ref\n',
      'jobs/tests/test_a.py': 'assert row.legacy_ref\n',
    });
    const radius = radiusOfThings(tree, [{ kind: 'column', name: 'legacy_ref' }], 'db/migrations/2.sql' as RepoPath);
    expect(radius).toMatchObject({ references: 3, files: 2, tests: 1, packages: 2, atMost: true, method: 'names' });
    expect(radius.dependents[0]).toEqual({ path: 'jobs/a.py', line: 1, message: 'names `legacy_ref`' });
  });

  it('never counts less when a mention is added', () => {
    const things = CASES.map((one) => one.thing);
    const lines = CASES.flatMap((one) =>
      Object.entries(one.files).flatMap(([path, text]) => text.split('\n').map((line) => [path, line] as const)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...things),
        fc.array(fc.constantFrom(...lines), { maxLength: 12 }),
        fc.constantFrom(...lines),
        (thing, some, more) => {
          const files = new Map<string, string>();
          const add = ([path, line]: readonly [string, string]): void => void files.set(path, `${files.get(path) ?? ''}${line}\n`);
          some.forEach(add);
          const before = usesOf(treeOf(Object.fromEntries(files)), thing).places.length;
          // A file of its own: a line put into another file may change what the lines above it are about.
          const [path, line] = more;
          const fresh = path.includes('/')
            ? `${path.slice(0, path.lastIndexOf('/'))}/more-${path.slice(path.lastIndexOf('/') + 1)}`
            : `more-${path}`;
          files.set(fresh, line);
          expect(usesOf(treeOf(Object.fromEntries(files)), thing).places.length).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });
});

function treeOf(files: Readonly<Record<string, string>>): Tree {
  // Paths of a test are what RepoPath promises.
  return memoryTree('before', new Map(Object.entries(files).map(([path, text]) => [path as RepoPath, text])));
}

describe('a file of one long line', () => {
  const thing: NamedThing = { kind: 'event', name: 'order.paid' };
  const ask = (text: string, path = 'src/a.ts') => usesOf(memoryTree('long', new Map([[path as RepoPath, text]])), thing).places.length;

  it.each([
    ['white space around a colon', `Abcde${' '.repeat(50_000)}:${' '.repeat(50_000)}x\torder.paid`, 1],
    ['white space before the text', `const ORDER_PAID${' '.repeat(50_000)}=${' '.repeat(50_000)}"order.paid"`, 1],
    ['words before the text', `const ${'Abcdef '.repeat(20_000)}= "order.paid"`, 1],
    ['many mentions', '"order.paid",'.repeat(20_000), 20_000],
    ['many constants', 'const ORDER_PAID = "order.paid";'.repeat(5_000), 5_000],
  ])('is read in time that grows with its length: %s', { timeout: 5_000 }, (_what, text, count) => {
    expect(ask(text)).toBeGreaterThanOrEqual(count);
  });

  it('is a remark as a whole, or not at all', () => {
    expect(ask(`// ${'order.paid '.repeat(50)}`)).toBe(0);
    expect(ask(`emit("order.paid"); ${' '.repeat(1_000)} // order.paid`)).toBe(2);
    expect(ask(`${' '.repeat(1_000)}# order.paid`, 'a.py')).toBe(0);
  });
});
