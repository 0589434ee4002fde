// What the extension's manifest calls things, so that a journey looks for the words that ship.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './editions.mjs';

/**
 * The title under which the palette shows a command, such as `Brakeline: Acknowledge Hunk`.
 * @param {string} id
 */
export function commandTitle(id) {
  const manifest = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8'));
  const command = manifest.contributes?.commands?.find((contributed) => contributed.command === id);
  if (command === undefined) throw new Error(`expected the command ${id} in package.json, found none`);
  return `${inEnglish(command.category)}: ${inEnglish(command.title)}`;
}

/** `%key%` stands for an entry of package.nls.json. */
function inEnglish(text) {
  const key = /^%(.+)%$/.exec(text)?.[1];
  if (key === undefined) return text;
  const file = path.join(projectRoot, 'package.nls.json');
  const words = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const word = words[key];
  if (word === undefined) throw new Error(`expected ${key} in package.nls.json, found none`);
  return typeof word === 'string' ? word : word.message;
}
