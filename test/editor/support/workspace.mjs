// Workspaces for the in-editor tests: a small shop in a real git repository, with a real person's signing key.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROUTE = `import { requireAuth } from './auth';
import { findOrder } from './orders';
import { router } from './router';

router.get('/orders/:id', async (request, response) => {
  response.json(await findOrder(request.params.id));
});

router.post('/refund', requireAuth, async (request, response) => {
  const order = await findOrder(request.body.order);
  response.json(await order.refund(request.body.amount));
});
`;

const AUTH = `import type { Handler } from './router';

export const requireAuth: Handler = async (request, response, next) => {
  if (!request.user) {
    response.status(401).end();
    return;
  }
  next();
};
`;

const ORDERS = `export interface Order {
  readonly id: string;
  refund(amount: number): Promise<string>;
}

const orders = new Map<string, Order>();

export async function findOrder(id: string): Promise<Order> {
  const order = orders.get(id);
  if (order === undefined) throw new Error('no such order');
  return order;
}
`;

const ROUTER = `export interface Call {
  readonly params: Record<string, string>;
  readonly body: { order: string; amount: number };
  readonly user?: { readonly id: string };
}

export interface Answer {
  json(value: unknown): void;
  status(code: number): Answer;
  end(): void;
}

export type Handler = (call: Call, answer: Answer, next: () => void) => Promise<void>;

export const router = {
  get(_path: string, ..._handlers: readonly Handler[]): void {},
  post(_path: string, ..._handlers: readonly Handler[]): void {},
};
`;

const DATABASE = `resource "aws_db_instance" "orders" {
  identifier          = "orders"
  engine              = "postgres"
  deletion_protection = true
}
`;

/** Line of `src/orders.ts`, from 1, that declares what others depend on. */
export const findOrderLine = ORDERS.split('\n').findIndex((line) => line.includes('function findOrder')) + 1;

/** The file that the journeys edit, and its risky line. */
export const guardedRoute = {
  file: 'src/refund.ts',
  line: 9,
  guarded: "router.post('/refund', requireAuth, async (request, response) => {",
  unguarded: "router.post('/refund', async (request, response) => {",
};

/** Callers of `findOrder`, so that a change of its signature has somewhere to reach. */
const callers = ['cancel', 'invoice', 'receipt', 'search', 'ship'].map((verb) => [
  `src/${verb}.ts`,
  `import { findOrder } from './orders';

export async function ${verb}(id: string): Promise<string> {
  const order = await findOrder(id);
  return \`${verb} \${order.id}\`;
}
`,
]);

const SHOP = {
  ...Object.fromEntries(callers),
  'src/refund.ts': ROUTE,
  'src/auth.ts': AUTH,
  'src/orders.ts': ORDERS,
  'src/router.ts': ROUTER,
  'infra/database.tf': DATABASE,
  'README.md': '# Shop\n',
  'tsconfig.json': '{ "compilerOptions": { "strict": true, "target": "es2022", "lib": ["es2022"] } }\n',
};

/**
 * @typedef {object} Workspace
 * @property {string} folder
 * @property {NodeJS.ProcessEnv} env isolates git and Brakeline from whoever runs the tests
 * @property {(...args: string[]) => string} git
 * @property {(file: string) => string} read
 * @property {() => void} remove
 */

/**
 * A person who takes part in tests: a git identity and an SSH signing key, apart from the real home.
 * @param {string} [name]
 * @returns {{ home: string, env: NodeJS.ProcessEnv, allowedSigner: string, remove: () => void }}
 */
export function makePerson(name = 'Reviewer') {
  const email = `${name.toLowerCase()}@example.invalid`;
  const home = mkdtempSync(path.join(tmpdir(), 'brakeline-person-'));
  const key = path.join(home, 'signing-key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', email, '-f', key]);
  const config = path.join(home, 'gitconfig');
  writeFileSync(
    config,
    `[user]\n\tname = ${name}\n\temail = ${email}\n\tsigningkey = ${key}.pub\n[gpg]\n\tformat = ssh\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgsign = false\n`,
  );
  const env = {
    ...process.env,
    BRAKELINE_CONFIG_HOME: path.join(home, 'brakeline'),
    GIT_CEILING_DIRECTORIES: tmpdir(),
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const [type, data] = readFileSync(`${key}.pub`, 'utf8').split(' ');
  const allowedSigner = `${email} namespaces="brakeline-ack" ${type} ${data}\n`;
  return { home, env, allowedSigner, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/**
 * The shop, committed, with the person's key among those that count.
 * @param {ReturnType<typeof makePerson>} person
 * @returns {Workspace}
 */
export function makeShop(person) {
  const shop = makeFolder(person, { ...SHOP, '.brakeline/allowed_signers': person.allowedSigner });
  shop.git('init', '--quiet', '--initial-branch=main');
  shop.git('add', '--all');
  shop.git('commit', '--quiet', '--message', 'A small shop');
  return shop;
}

const SIGNOFF_POLICY = `version: 1
severities:
  high: { people: 1, reason: true, self: false, roles: [senior] }
  critical: { people: 1, reason: true, self: false, roles: [senior] }
people:
  - { id: reviewer, roles: [junior], principals: [reviewer@example.invalid] }
  - { id: senior, roles: [senior], principals: [senior@example.invalid] }
`;

/**
 * The shop with a policy that asks a senior, a commit of its author's with two risks, and a clone of the senior's that has not got it.
 * @param {ReturnType<typeof makePerson>} person the author
 * @returns {Workspace & { senior: Workspace & { person: ReturnType<typeof makePerson> } }}
 */
export function makeSignoffShop(person) {
  const other = makePerson('Senior');
  const shop = makeFolder(person, {
    ...SHOP,
    '.brakeline/policy.yaml': SIGNOFF_POLICY,
    '.brakeline/allowed_signers': `${person.allowedSigner}${other.allowedSigner}`,
  });
  shop.git('init', '--quiet', '--initial-branch=main');
  shop.git('add', '--all');
  shop.git('commit', '--quiet', '--message', 'A small shop');
  const clone = makeFolder(other, {});
  clone.git('clone', '--quiet', shop.folder, '.');
  writeFileSync(path.join(shop.folder, guardedRoute.file), ROUTE.replace(guardedRoute.guarded, guardedRoute.unguarded));
  writeFileSync(path.join(shop.folder, 'infra/database.tf'), DATABASE.replace('true', 'false'));
  shop.git('commit', '--quiet', '--all', '--message', 'Open refunds, and let the database be replaced');
  const remove = () => {
    shop.remove();
    clone.remove();
    other.remove();
  };
  return { ...shop, remove, senior: { ...clone, person: other } };
}

/**
 * The same files where no repository is.
 * @param {ReturnType<typeof makePerson>} person
 * @returns {Workspace}
 */
export function makeFolder(person, files = SHOP) {
  const folder = mkdtempSync(path.join(tmpdir(), 'shop-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return {
    folder,
    env: person.env,
    git: (...args) => execFileSync('git', args, { cwd: folder, env: person.env, encoding: 'utf8' }),
    read: (file) => readFileSync(path.join(folder, file), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
