import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

const TEXTS = /^(licen[cs]e|copying|notice|thirdpartynotice)[^/]*$/i;

/**
 * Writes THIRD-PARTY-NOTICES.txt from what the bundler put in (`dist/inputs.json`, written by `build.mjs --meta`): each package
 * with its version, licence and licence text. Fails where a bundled package names no licence.
 */
export async function main(): Promise<void> {
  const inputs: readonly string[] = JSON.parse(readFileSync('dist/inputs.json', 'utf8'));
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  const parts = folders.map((folder) => {
    const manifest: Manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    if (manifest.license === undefined) throw new Error(`expected a licence in ${folder}/package.json, found none`);
    return [`${manifest.name} ${manifest.version} (${manifest.license})`, ...texts(folder)].join('\n\n');
  });
  const head = 'Brakeline is MIT licensed; see LICENSE. It ships code of the packages below, each under its own licence.\n';
  // What a package carries inside it without saying so in its own licence file.
  parts.push(
    ...readdirSync('docs/third-party')
      .sort()
      .map((name) => readFileSync(path.join('docs/third-party', name), 'utf8').trim()),
  );
  writeFileSync('THIRD-PARTY-NOTICES.txt', `${head}\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
  console.log(`${folders.length} packages in THIRD-PARTY-NOTICES.txt`);
}

function packageFolder(input: string): string | undefined {
  const at = input.lastIndexOf('node_modules/');
  if (at < 0) return undefined;
  const [first = '', second = ''] = input.slice(at + 'node_modules/'.length).split('/');
  return `${input.slice(0, at)}node_modules/${first.startsWith('@') ? `${first}/${second}` : first}`;
}

function texts(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => TEXTS.test(name))
    .sort()
    .map((name) => readFileSync(path.join(folder, name), 'utf8').replace(/\r\n/g, '\n').trim());
}
