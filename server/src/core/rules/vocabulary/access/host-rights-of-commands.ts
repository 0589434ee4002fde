import type { Command } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';

/** What a command that starts a container gives it of its host. */
export interface HostRight {
  readonly range: Range;
  readonly right: string;
}

const STARTS = /\b(?:run|create|exec|service create|service update|up)\b/;
const RIGHTS =
  /--privileged(?!=false)\b|--(?:pid|net|network|ipc|uts|userns|cgroupns)[= ]host\b|--cap-add[= ](?:CAP_)?(?:ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|NET_ADMIN|DAC_READ_SEARCH|SYS_RAWIO|BPF)\b|--security-opt[= ]\S*unconfined|(?:-v|--volume)[= ](?:\/|\/etc|\/root|\/var\/run|\/run|\/var\/lib\/docker|\S*(?:docker|containerd|crio)\.sock):\S+|--mount[= ]\S*(?:src|source)=(?:\/|\S*(?:docker|containerd)\.sock)[,\s]\S*/;

/** `docker run --privileged`, its network or its socket: each command that has none of it before in the file. */
export function* hostRightsOfCommands({ added, before }: RuleInput): Generator<HostRight> {
  if (before === undefined) return;
  for (const command of added.commands) {
    const right = rightOf(command);
    if (right === undefined || before.commands.some((other) => rightOf(other) === right)) continue;
    // A new command is a new thing; one whose program was started without it before is opened.
    if (before.commands.some((other) => other.name === command.name && isStart(other) && rightOf(other) === undefined))
      yield { range: command.range, right };
  }
}

function isStart({ name, words }: Command): boolean {
  return /^(?:docker|podman|nerdctl|docker-compose)$/.test(name) && words.slice(1, 4).some(({ text }) => STARTS.test(text));
}

function rightOf(command: Command): string | undefined {
  if (!isStart(command)) return undefined;
  return RIGHTS.exec(command.words.map(({ text }) => text).join(' '))?.[0];
}
