import { wordsOf } from './name-forms.ts';
import { CODE, DOCUMENTS, type ThingKind } from './thing-kind.ts';

/**
 * A setting by its key: who gives it (`.env`, compose, values, a workflow's `env`, `ENV` of an image) and who reads it, in any
 * language. A key with dots is also the variable that frameworks make of it (`app.db-url`: `APP_DB_URL`).
 */
export const setting: ThingKind = {
  forms: ({ name }) => [name, ...(/[.-]/.test(name) ? [wordsOf(name).join('_').toUpperCase()] : [])],
  extensions: [''],
  followsConstants: true,
  judge: ({ path, before, after }) => {
    if (/\.(md|mdx|rst|txt|lock)$/.test(path)) return undefined;
    return gives(path, before, after) ? 'definition' : 'use';
  },
};

const GIVERS: readonly string[] = [...DOCUMENTS, '.tfvars', '.tf', '.hcl'];

function gives(path: string, before: string, after: string): boolean {
  if (CODE.some((extension) => path.endsWith(extension))) return false;
  if (/(^|\/)\.env[^/]*$|\.env$|(^|\/)\.envrc$/.test(path)) return /^\s*(export\s+)?$/.test(before) && /^\s*=/.test(after);
  if (/(^|\/)Dockerfile[^/]*$|\.dockerfile$/i.test(path)) return /^\s*(ENV|ARG)\s+$|^\s+$/.test(before) && /^[\s=]/.test(after);
  if (/\.(sh|bash)$|(^|\/)Makefile$/.test(path)) return /^\s*(export\s+)?$/.test(before) && /^\s*[?:]?=/.test(after);
  if (!GIVERS.some((extension) => path.endsWith(extension))) return false;
  // `KEY: value`, `KEY = "value"`, `- KEY=value`, `- name: KEY`.
  return (
    (/^\s*(-\s+)?["']?(--set[= ]|-D)?$/.test(before) && /^["']?\s*[:=]/.test(after)) || /^\s*(-\s+)?"?name"?\s*[:=]\s*["']?$/.test(before)
  );
}
