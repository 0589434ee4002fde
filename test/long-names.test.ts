import { expect, it } from 'vitest';
import { repoPath } from './support/git.ts';
import { timeToReview, upTo } from './support/time-to-review.ts';

/** Short lines around it, so that a file with a line of tens of thousands of characters is not taken for a bundler's. */
const AROUND = '// A remark.\n'.repeat(300);

/** A file that says a name, or a chain of links, wherever its language lets it. A grammar takes lines of 20,000 characters. */
const LONG: Readonly<Record<string, readonly [path: string, length: number, text: (name: string) => string, name?: typeof nameOf]>> = {
  'a field that a guard asks': [
    'src/edge/pick.ts',
    36_000,
    (name) =>
      `export function pick(release: Release): string {\n  if (release.${name}) {\n    return release.next;\n  }\n  return '';\n}\n${AROUND}`,
  ],
  'a callee': [
    'src/edge/pick.ts',
    36_000,
    (name) =>
      `export function pick(release: Release): string {\n  if (!${name}(release)) throw new Error('no');\n  return ${name}(1);\n}\n${AROUND}`,
  ],
  'an argument and a text': [
    'src/edge/pick.ts',
    36_000,
    (name) =>
      `export function pick(): string {\n  may(${name}, '${name}');\n  return fetch('${name}', { timeout: ${name} });\n}\n${AROUND}`,
  ],
  'a declaration': [
    'src/edge/pick.ts',
    36_000,
    (name) =>
      `export const MAX_${name} = 5;\nexport function ${name}(a: ${name}): number {\n  return a < MAX_${name} ? a : 0;\n}\n${AROUND}`,
  ],
  'white space': [
    'src/edge/pick.ts',
    36_000,
    (name) => `export function pick(a: boolean): string {\n  if (a &&${name}b) return go(1,${name}2);\n  return 'x${name}y';\n}\n${AROUND}`,
    (length) => ' '.repeat(length),
  ],
  'a chain that TypeScript asks': [
    'src/edge/pick.ts',
    36_000,
    (name) => `export function pick(): string {\n  if (${name}) return ${name}(1);\n  return '';\n}\n${AROUND}`,
    chainOf,
  ],
  'a chain that Python asks': [
    'shop/pick.py',
    18_000,
    (name) => `def pick():\n    if ${name}:\n        return ${name}(1)\n    return 2\n`,
    chainOf,
  ],
  'a chain that Go asks': [
    'edge/pick.go',
    18_000,
    (name) => `package edge\n\nfunc Pick() string {\n\tif ${name} {\n\t\treturn ${name}(1)\n\t}\n\treturn ""\n}\n`,
    chainOf,
  ],
  'a chain that Java asks': [
    'src/Pick.java',
    18_000,
    (name) => `class Pick {\n  String pick() {\n    if (${name}) {\n      return ${name}(1);\n    }\n    return "";\n  }\n}\n`,
    chainOf,
  ],
  'a name in Python': [
    'shop/pick.py',
    18_000,
    (name) => `def pick(release):\n    if release.${name}:\n        return '${name}'\n    return ${name}(release)\n`,
  ],
  'a name in Go': [
    'edge/pick.go',
    18_000,
    (name) => `package edge\n\nfunc Pick(r Release) string {\n\tif r.${name} {\n\t\treturn "${name}"\n\t}\n\treturn ${name}(r)\n}\n`,
  ],
  'a name in Rust': [
    'src/pick.rs',
    18_000,
    (name) =>
      `pub fn pick(r: Release) -> String {\n    if r.${name} {\n        return next("${name}");\n    }\n    ${name}(r).unwrap()\n}\n`,
  ],
  'a table in SQL': [
    'db/pick.sql',
    36_000,
    (name) => `UPDATE ${name} SET ${name} = 1 WHERE ${name} = 2;\nALTER TABLE ${name} DROP COLUMN ${name};\n`,
  ],
  'a key in YAML': ['config/pick.yaml', 36_000, (name) => `${name}:\n  replicas: 3\nname: ${name}\ncommand: ["${name}"]\n`],
  'a job and a word in its script': [
    '.github/workflows/pick.yml',
    36_000,
    (name) => `on: push\njobs:\n  ${name}:\n    if: ${name}\n    runs-on: ubuntu\n    steps:\n      - run: ${name} --force\n`,
  ],
  'a key in JSON': ['config/pick.json', 36_000, (name) => `{ "${name}": "${name}",\n  "b": { "${name}": 1 } }\n`],
  'a word in a script': [
    'bin/pick.sh',
    18_000,
    (name) => `set -e\nrun --${name}\nrm -rf "$${name}"\nif [ -z "$${name}" ]; then\n  ${name}\nfi\n`,
  ],
  'an attribute in Terraform': [
    'infra/main.tf',
    18_000,
    (name) => `resource "aws_instance" "a" {\n  ${name} = 1\n  ami = "${name}"\n  key = var.${name}\n}\n`,
  ],
  'a chain in Terraform': ['infra/main.tf', 18_000, (name) => `resource "aws_instance" "a" {\n  ami = ${name}\n}\n`, chainOf],
  'a chain in a file of no language': ['.brakeline/allowed_signers', 72_000, (name) => `ada@${name} ssh-ed25519 AAAA\n`, chainOf],
  'an instruction in a Dockerfile': ['Dockerfile', 18_000, (name) => `FROM shop:1\nENV ${name}=1\nRUN run --${name}\nUSER ${name}\n`],
};

function nameOf(length: number): string {
  return `e${'a'.repeat(length)}nabled`;
}

/** `a0.a1.a2…`, as many characters of it. */
function chainOf(length: number): string {
  return upTo(length / 3)
    .map((index) => `a${index % 10}`)
    .join('.');
}

it.each(Object.entries(LONG))(
  '%s, as long as a file, takes a time that grows with it',
  { timeout: 240_000 },
  async (_, [path, longest, text, name = nameOf]) => {
    let round = 0;
    // Of several: what a machine does beside it only adds.
    const time = async (length: number): Promise<number> => {
      const taken: number[] = [];
      for (let run = 0; run < 3; run += 1) {
        round += 1;
        // No two of them alike, so that nothing is remembered.
        const [was, is] = [text(name(length)), text(`${name(length)}${'x'.repeat(round)}`)];
        taken.push(await timeToReview(new Map([[repoPath(path), was]]), new Map([[repoPath(path), is]])));
      }
      return Math.min(...taken);
    };
    await time(longest / 4);
    const [small, large] = [await time(longest / 4), await time(longest)];
    // Four times as long, in less than four times the time; the square of it would be sixteen.
    expect(large / small).toBeLessThan(8);
  },
);

/** A call that has thousands of arguments after the change, by what stood there before. */
const MANY: Readonly<Record<string, readonly [before: string, after: (list: string) => string]>> = {
  'a guarded route': [
    "router.get('/me', requireAuth, async (req, res) => {\n  res.json({ id: req.user.id });\n});\n",
    (list) => `router.get('/me', ${list}, async (req, res) => {\n  res.json({ id: req.user.id });\n});\n`,
  ],
  'a worker of a queue': ["new Worker('print', print, { connection });\n", (list) => `new Worker('print', print, ${list}, {});\n`],
  'a query': ['db.user.deleteMany({ where: { id } });\n', (list) => `db.user.deleteMany(${list});\n`],
};

it.each(Object.entries(MANY))('%s of very many arguments takes a time that grows with them', { timeout: 240_000 }, async (_, [was, is]) => {
  const time = async (count: number): Promise<number> => {
    const taken: number[] = [];
    for (let run = 0; run < 3; run += 1) {
      const list = upTo(count + run).map((index) => (index % 2 === 0 ? 'x' : '-y'));
      const path = repoPath('src/call.ts');
      taken.push(await timeToReview(new Map([[path, `${was}${AROUND}`]]), new Map([[path, `${is(list.join(', '))}${AROUND}`]])));
    }
    return Math.min(...taken);
  };
  await time(2_000);
  const [small, large] = [await time(4_000), await time(16_000)];
  expect(large / small).toBeLessThan(8);
});
