import type { Command } from '../../../model/facts.ts';

/** Programs that run what follows their own words somewhere else. */
const RUNS_INSIDE =
  /^(docker|docker-compose|podman|podman-compose|nerdctl|kubectl|oc|heroku|fly|flyctl|railway|nomad|ecs-cli|lando|ddev|sail|vagrant)$/;
/** More own words than this stand before no program. */
const MOST_OWN_WORDS = 16;

/**
 * The commands that may run inside of another: `bin/rails db:reset` of `docker compose run --rm api bin/rails db:reset`. Where the
 * program's own words
 * end is not known, so each word behind `run` and `exec` begins one.
 */
export function innerCommands(command: Command): readonly Command[] {
  if (!RUNS_INSIDE.test(command.name)) return [];
  const verb = command.words.findIndex(({ text }) => /^(run|exec|run:detached|ssh|console)$/.test(text));
  if (verb < 0) return [];
  return command.words.slice(verb + 1, verb + 1 + MOST_OWN_WORDS).flatMap(({ text }, at) => {
    // An image is called after the program that it starts: `hashicorp/terraform:1.9 destroy`.
    const name = (text.slice(text.lastIndexOf('/') + 1).split(/[:@]/)[0] ?? '').replace(/-cli$/, '');
    return /^-|=|^$/.test(text) ? [] : [{ ...command, name, words: command.words.slice(verb + 1 + at) }];
  });
}
