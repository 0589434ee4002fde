import { CHECKOUT_BEFORE } from './checkout-before.ts';

/** The demo's repository as it is committed: a small shop with its schema, its infrastructure and its way to production. */
export const SHOP_FILES: Readonly<Record<string, string>> = {
  'README.md': '# Shop\n\nA small shop: checkout, refunds, a database and the way to production.\n',
  'package.json': `{
  "name": "shop",
  "version": "1.4.0",
  "private": true,
  "type": "module",
  "scripts": {
    "start": "node dist/server.js",
    "migrate": "node dist/migrate.js"
  },
  "dependencies": {
    "express": "5.1.0",
    "pg": "8.16.3"
  }
}
`,
  '.gitignore': 'node_modules/\ndist/\n',
  'src/checkout/checkout-service.ts': CHECKOUT_BEFORE,
  'src/checkout/order.ts': `export interface Line {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: number;
}

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly lines: readonly Line[];
  readonly total: number;
  readonly paid: number;
  readonly refunded: number;
  readonly status: 'open' | 'paid' | 'refunded';
}
`,
  'src/checkout/errors.ts': `export class EmptyCart extends Error {}
export class UnknownOrder extends Error {}
export class AlreadyPaid extends Error {}
export class RefundTooLarge extends Error {}
`,
  'src/payments/gateway.ts': `export interface Gateway {
  charge(customer: string, cents: number, key: string): Promise<string>;
  refund(customer: string, cents: number, key: string): Promise<string>;
}
`,
  'src/store/orders.ts': `import type { Order } from '../checkout/order.js';

const orders = new Map<string, Order>();

export async function loadOrder(id: string): Promise<Order | undefined> {
  return orders.get(id);
}

export async function saveOrder(order: Order): Promise<void> {
  orders.set(order.id, order);
}
`,
  'src/api/routes.ts': `import type { Router } from 'express';
import { pay, placeOrder, refund } from '../checkout/checkout-service.js';
import { requireStaff, requireUser } from './auth.js';

export function mount(router: Router): void {
  router.post('/orders', requireUser, async (request, response) => {
    response.json(await placeOrder(request.body.customer, request.body.lines));
  });
  router.post('/orders/:id/pay', requireUser, async (request, response) => {
    response.json(await pay(request.params.id));
  });
  router.post('/orders/:id/refund', requireStaff, async (request, response) => {
    response.json(await refund(request.params.id, Number(request.body.cents)));
  });
}
`,
  'src/api/auth.ts': `import type { NextFunction, Request, Response } from 'express';

export function requireUser(request: Request, response: Response, next: NextFunction): void {
  if (request.headers.authorization === undefined) {
    response.status(401).end();
    return;
  }
  next();
}

export function requireStaff(request: Request, response: Response, next: NextFunction): void {
  if (request.headers['x-role'] !== 'staff') {
    response.status(403).end();
    return;
  }
  next();
}
`,
  'src/support/refund-desk.ts': `import { refund } from '../checkout/checkout-service.js';

export async function refundAll(ids: readonly string[], cents: number): Promise<number> {
  let done = 0;
  for (const id of ids) {
    await refund(id, cents);
    done += 1;
  }
  return done;
}
`,
  'src/jobs/chargebacks.ts': `import { refund } from '../checkout/checkout-service.js';

export async function settleChargeback(order: string, cents: number): Promise<void> {
  await refund(order, cents);
}
`,
  'migrations/0001_orders.sql': `CREATE TABLE orders (
  id text PRIMARY KEY,
  customer text NOT NULL,
  total integer NOT NULL,
  paid integer NOT NULL DEFAULT 0,
  refunded integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'open',
  created_at timestamptz NOT NULL DEFAULT now()
);
`,
  'migrations/0002_order_status.sql': `CREATE INDEX CONCURRENTLY orders_status ON orders (status);

-- Orders that were left open for a month are closed.
UPDATE orders
SET status = 'closed'
WHERE status = 'open' AND created_at < now() - interval '30 days';
`,
  'infra/database.tf': `resource "aws_db_instance" "orders" {
  identifier              = "orders"
  engine                  = "postgres"
  engine_version          = "16.4"
  instance_class          = "db.t4g.medium"
  allocated_storage       = 100
  backup_retention_period = 14
  deletion_protection     = true
  skip_final_snapshot     = false
}
`,
  'infra/network.tf': `resource "aws_security_group" "database" {
  name = "orders-database"

  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}
`,
  '.github/workflows/deploy.yml': `name: deploy
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: actions/checkout@v5
      - run: npm ci
      - run: ./ops/deploy.sh
`,
  'ops/deploy.sh': `#!/usr/bin/env bash
set -euo pipefail

RELEASE="\${1:?usage: deploy.sh RELEASE}"
TARGET="/srv/shop/releases/$RELEASE"

mkdir -p "$TARGET"
cp -R dist package.json "$TARGET"
ln -sfn "$TARGET" /srv/shop/current
systemctl reload shop
`,
};
