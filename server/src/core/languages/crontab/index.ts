import type { RepoPath } from '../../model/tree.ts';
import { collapse, draftFacts, type FactsDraft, includeFacts } from '../facts-draft.ts';
import type { Embed, Language } from '../language.ts';

/**
 * Tables of cron (crontab(5)): a schedule of five fields or a name like `@daily`, in a system's table a user, and a command,
 * which is shell. A schedule is a setting under its command, so that the same work at another time is a change of it.
 */
const language: Language = {
  id: 'crontab',
  embeds: ['shell', 'sql'],
  owns: (path) =>
    /(^|\/)(root\.)?crontabs?([._-][^/]*)?$|\.(cron|crontab)$|(^|\/)cron(tab)?\.d\/[^/]+$|(^|\/)crontabs\/[^/]+$/i.test(path) &&
    !/\.(sh|bash|py|rb|[cm]?[jt]sx?|go|java|rs|php|ya?ml|json|toml|tf|md|txt|html|sql)$/i.test(path),
  facts(path: RepoPath, text: string, embed: Embed) {
    const draft = draftFacts('crontab');
    for (const [at, line] of text.split('\n').entries()) addLine(line.replace(/\r$/, ''), at + 1, { path, embed, draft });
    if (draft.blindSpots.length > 0) draft.tokens.length = 0;
    return draft;
  },
};

export default language;

interface Table {
  readonly path: RepoPath;
  readonly embed: Embed;
  readonly draft: FactsDraft;
}

/** Only a system's tables say who runs a job. */
const SYSTEM = /(^|\/)(etc\/crontab|cron\.d\/[^/]+)$/i;
const FIELD = /^[\d*?/,A-Za-z~-]+$/;

function addLine(line: string, number: number, { path, embed, draft }: Table): void {
  if (/^\s*(#|$)/.test(line)) return;
  draft.tokens.push({ text: collapse(line), line: number });
  const range = (start: number, end: number) => ({ start: { line: number, character: start }, end: { line: number, character: end } });
  const name = /^([A-Za-z_]\w*)\s*=/.exec(line.trimStart())?.[1];
  if (name !== undefined) {
    const value = line
      .slice(line.indexOf('=') + 1)
      .trim()
      .replace(/^(['"])(.*)\1$/, '$2');
    const start = line.indexOf(name);
    draft.settings.push({
      path: [name],
      value,
      resource: '',
      range: range(start, line.trimEnd().length),
      key: `${name}=${value}`,
      scope: '',
    });
    return;
  }
  const words = [...line.matchAll(/\S+/g)];
  const count = words[0]?.[0].startsWith('@') === true ? 1 : 5;
  const fields = words.slice(0, count);
  const [first] = fields;
  const last = fields.at(-1);
  const command = words[count + (SYSTEM.test(path) ? 1 : 0)];
  if (
    first === undefined ||
    last === undefined ||
    command === undefined ||
    (count === 5 && !fields.every(([field]) => FIELD.test(field)))
  ) {
    draft.blindSpots.push({ reason: 'parse-error', detail: `line ${number}` });
    return;
  }
  const schedule = fields.map(([field]) => field).join(' ');
  const run = line.slice(command.index).trimEnd();
  const job = collapse(run);
  draft.settings.push({
    path: [job, 'schedule'],
    value: schedule,
    resource: '',
    range: range(first.index, last.index + last[0].length),
    key: `${schedule} ${job}`,
    scope: '',
  });
  // A percent sign ends the command; what follows is its input.
  includeFacts(draft, embed('shell', [{ text: run.replace(/(?<!\\)%.*/s, ''), line: number, character: command.index }], ''));
}
