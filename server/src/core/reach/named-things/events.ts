import { CODE, DOCUMENTS, type ThingKind } from './thing-kind.ts';

/**
 * An event, a queue or a topic by its name: who publishes it, who listens, and where it is made (a manifest, Terraform). A constant
 * that is given the name stands for it.
 */
export const event: ThingKind = {
  forms: ({ name }) => [name],
  extensions: [...CODE, ...DOCUMENTS, '.tf', '.tofu', '.sh', '.env', '.proto', '.avsc', '.graphql'],
  followsConstants: true,
  judge: ({ path, before, form }) => {
    // A name of one plain word is a text of its own or nothing.
    const isText = /["'`$:=\s/.[(-]$/.test(before) || before === '';
    if (!isText && !/\W/.test(form)) return undefined;
    const isMade = /\b(name|queue_name|topic|topicName|queueName|subject|stream|title)["']?\s*[:=]\s*["']?$/i.test(before);
    return isMade && !CODE.some((extension) => path.endsWith(extension)) ? 'definition' : 'use';
  },
};
