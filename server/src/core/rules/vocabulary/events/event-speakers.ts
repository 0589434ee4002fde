import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { words } from '../code/call-names.ts';
import { PROGRAM_FILES } from '../code/program-files.ts';

export const SPEAKING_FILES = [...PROGRAM_FILES, '.yaml', '.yml', '.json', '.tf', '.toml', '.properties', '.env'];

/** Other files that say a name, in quotes or as a value of their own. */
export function speakersOf(input: RuleInput, name: string): readonly RepoPath[] {
  const longest = (name.match(/\w+/g) ?? []).sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) return [];
  return input.trees.after.mentioning(longest, SPEAKING_FILES).filter((path) => {
    if (path === input.path || isBeside(path)) return false;
    return says(input.trees.after.read(path), name);
  });
}

/** Documents, samples and tests, which nothing is sent from. */
export function isBeside(path: string): boolean {
  return /(^|\/)(docs?|examples?|fixtures?|__snapshots__)\/|lock\.(json|yaml)$|-lock\.json$|\.lock$|[._-](test|spec)\.|(^|\/)(tests?|__tests__)\//.test(
    path,
  );
}

/** Whether a file said the name on the old side already. */
export function saidBefore(input: RuleInput, path: RepoPath, name: string): boolean {
  return says(input.trees.before.read(path), name);
}

/** Whether a text says a name in quotes or as a value of its own. */
export function says(content: ReturnType<RuleInput['trees']['after']['read']>, name: string): boolean {
  if (content?.kind !== 'text') return false;
  for (let at = content.text.indexOf(name); at >= 0; at = content.text.indexOf(name, at + 1)) {
    const [before, after] = [content.text[at - 1] ?? '\n', content.text[at + name.length] ?? '\n'];
    // A word among words is no name, unless an option of a command takes it: `worker -Q reminders -c 2`.
    const isWord =
      before === ' ' &&
      after === ' ' &&
      !/(?:^|\s)(?:-Q|--queues?|--topics?|--channels?) $/.test(content.text.slice(Math.max(0, at - 16), at));
    if (/["'`\s:=]/.test(before) && /["'`\s,}]/.test(after) && !isWord) return true;
  }
  return false;
}

/** Line of the first mention, counted from 1; 1 where there is none. */
export function lineSaying(input: RuleInput, path: RepoPath, name: string): number {
  const content = input.trees.after.read(path);
  return content?.kind === 'text' ? content.text.slice(0, Math.max(0, content.text.indexOf(name))).split('\n').length : 1;
}

/** The file speaks with something outside this repository. */
export function speaksOutside(input: RuleInput): boolean {
  return /\b(kafka|amqp|rabbit|sqs|sns|pubsub|nats|redis|queue|topic|celery|bullmq|kinesis)\b/i.test(
    words(`${input.path} ${input.after?.calls.map((call) => call.callee).join(' ') ?? ''}`),
  );
}
