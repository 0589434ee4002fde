import { casesOf } from './name-forms.ts';
import { CODE, DOCUMENTS, type ThingKind } from './thing-kind.ts';

const FILES: readonly string[] = [...CODE, ...DOCUMENTS, '.sh', '.http', '.rest', '.tf', '.conf', '.html', '.j2', '.proto'];

/** What may stand where a path has a parameter: `{id}`, `:id`, `<int:id>`, `${order.id}`, `%s`, or a value. */
const PARAMETER = String.raw`(?:\$\{[^}\n]*\}|\{[^}\n]*\}|<[^>\n]*>|[^/\s"'\x60?#,;()]+|["'\x60]\s*\+\s*[\w.()[\]]+(?:\s*\+\s*["'\x60])?)`;

/** A path of an HTTP interface: its description, who serves it and who calls it, parameters in any spelling. */
export const route: ThingKind = {
  // Files are found by its words; the pattern decides.
  forms: ({ name }) => [
    segmentsOf(name)
      .filter((part) => !isParameter(part))
      .join('/'),
  ],
  pattern: ({ name }) => routePattern(name),
  extensions: FILES,
  judge: ({ path, before, after }) => {
    const isDescribed = /\.(ya?ml|json)$/.test(path) && /^\s*["']?$/.test(before) && /^["']?\s*:/.test(after);
    const isServed =
      /(@?\b(app|router|server|api|r|mux|e|g|group|bp|blueprint)\.(get|post|put|patch|delete|route|handle|handlefunc|all)|@\w{0,60}(Mapping|Get|Post|Put|Patch|Delete|Path|Route)|#\[(get|post|put|patch|delete)|\bpath|\bre_path|\.route)\(\s{0,20}[\w=]{0,60}["'`]{0,3}$/i.test(
        before,
      );
    return isDescribed || isServed ? 'definition' : 'use';
  },
};

/** The pattern of a whole path; whatever stands before it (a host, a version) may. */
function routePattern(name: string): RegExp {
  const parts = segmentsOf(name).map((part) => (isParameter(part) ? PARAMETER : part.replace(/[^\w]/g, '\\$&')));
  const last = segmentsOf(name).at(-1) ?? '';
  return new RegExp(`(?<![\\w-])(/?${parts.join('/')})${isParameter(last) ? '' : '(?![\\w-])'}`, 'g');
}

/** A description's `operationId`, and the function that a generator makes of it. */
export const operation: ThingKind = {
  forms: ({ name }) => casesOf(name),
  extensions: FILES,
  judge: ({ path, before }) => (/\.(ya?ml|json)$/.test(path) && /operationId["']?\s*:\s*["']?$/.test(before) ? 'definition' : 'use'),
};

function segmentsOf(name: string): readonly string[] {
  return name.split('/').filter((part) => part !== '');
}

function isParameter(part: string): boolean {
  return /^[{:<$*]/.test(part);
}
