import { capital, casesOf, wordsOf } from './name-forms.ts';
import { CODE, lastPart, type ThingKind } from './thing-kind.ts';

/**
 * A message, an rpc or a field of protobuf or Thrift: its schema, and the code that is generated for it under the names that
 * protoc's plug-ins give (`total_cents`: `totalCents`, `TotalCents`, `getTotalCents`, `set_total_cents`).
 */
export const proto: ThingKind = {
  forms: ({ name, within }) => {
    const own = lastPart(name);
    return within === undefined ? [...casesOf(own), `${own}OrBuilder`, `New${own}`] : [...casesOf(own), ...accessorsOf(own)];
  },
  extensions: [...CODE, '.proto', '.thrift', '.graphql', '.json', '.yaml', '.yml', '.sql', '.cc', '.cpp', '.h', '.hpp', '.m'],
  judge: ({ path, before, after }) => {
    if (!/\.(proto|thrift)$/.test(path)) return 'use';
    return /^\s*(message|enum|service|struct|rpc|exception|union)\s+$/.test(before) ||
      (/^\s*(\d+:\s*)?[\w.<>,]+(\s+[\w.<>,]+)*\s+$/.test(before) && /^\s*(=\s*\d|;|,|$)/.test(after))
      ? 'definition'
      : 'use';
  },
};

const VERBS: readonly string[] = ['get', 'set', 'has', 'clear', 'add', 'put', 'mutable', 'remove'];

function accessorsOf(name: string): readonly string[] {
  const words = wordsOf(name);
  const pascal = words.map(capital).join('');
  const snake = words.join('_');
  return [
    ...VERBS.flatMap((verb) => [`${verb}${pascal}`, `${capital(verb)}${pascal}`, `${verb}_${snake}`]),
    ...['List', 'Map', 'Count', 'Builder', 'Bytes', 'Value'].flatMap((end) => [`get${pascal}${end}`, `Get${pascal}${end}`]),
    `has${pascal}`,
    `${snake}_size`,
  ];
}
