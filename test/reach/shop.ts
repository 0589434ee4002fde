import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { memoryTree } from '../support/memory-tree.ts';

/** A tree of a few files, for tests of this folder. */
export function treeOf(files: Readonly<Record<string, string>>, id = 'tree'): ReturnType<typeof memoryTree> {
  return memoryTree(id, new Map(Object.entries(files) as [RepoPath, string][]));
}

/** A shop in four packages of which one is tested, with a page, a route, a job, a program and owners. */
export const SHOP: Readonly<Record<string, string>> = {
  'package.json': '{"name":"shop","private":true,"workspaces":["packages/*","web"]}',
  '.github/CODEOWNERS': '* @shop/everyone\n/packages/pay/ @shop/payments\n/web/\n',
  '.github/workflows/nightly.yml':
    'on:\n  schedule:\n    - cron: "0 3 * * *"\njobs:\n  bill:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npx tsx packages/jobs/src/nightly.ts\n',
  'packages/pay/package.json': '{"name":"@shop/pay","main":"dist/index.js","bin":{"refund":"dist/cli.js"}}',
  'packages/pay/src/index.ts': "export * from './charge';\n",
  'packages/pay/src/charge.ts':
    'export function charge(amount: number): number {\n  return amount;\n}\nexport class Ledger {\n  add(n: number) {\n    return charge(n);\n  }\n}\n',
  'packages/pay/src/cli.ts': "#!/usr/bin/env node\nimport { charge } from './charge';\ncharge(Number(process.argv[2]));\n",
  'packages/pay/test/charge.test.ts': "import { charge } from '../src/charge';\ntest('x', () => {\n  charge(1);\n});\n",
  'packages/api/package.json': '{"name":"@shop/api","scripts":{"start":"node dist/server.js"},"dependencies":{"@shop/pay":"*"}}',
  'packages/api/Dockerfile': 'FROM node:22\nCMD ["npm","start"]\n',
  'packages/api/src/routes/orders.ts':
    "import { Router } from 'express';\nimport { charge } from '@shop/pay';\nexport const orders = Router();\norders.post('/orders', requireUser, async (req, res) => {\n  const paid = charge(req.body.amount);\n  res.json({ paid });\n});\norders.get('/orders', (req, res) => res.json([]));\n",
  'packages/api/src/server.ts': "import { orders } from './routes/orders';\napp.use(orders);\n",
  'packages/jobs/package.json': '{"name":"@shop/jobs"}',
  'packages/jobs/src/nightly.ts': "import * as pay from '@shop/pay';\nexport function run() {\n  pay.charge(1);\n}\n",
  'web/package.json': '{"name":"web","dependencies":{"next":"16"}}',
  'web/app/checkout/page.tsx': "import { charge } from '@shop/pay';\nexport default function Page() {\n  return charge(3);\n}\n",
};
