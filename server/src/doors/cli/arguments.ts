import { parseArgs } from 'node:util';
import { AppError } from '../../host/app-error.ts';
import type { Arguments, Command } from './command.ts';

/**
 * Reads a command's arguments. Whatever it does not know is an error that names what it knows: a misspelt `--fail-on` that
 * was silently ignored would turn a gate off.
 */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
  const options = Object.fromEntries(Object.entries(command.options).map(([name, { type }]) => [name, { type }]));
  // Not strict: the messages of node:util are prose of its own, and its suggestions are not ours. Tokens say all we need.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const values: Record<string, string | boolean> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    else if (token.kind === 'option') values[token.name] = optionValue(command, token, values);
  }
  const { least, most, usage } = command.operands;
  if (positionals.length > most)
    throw badUsage(most === 0 ? `no argument after \`${command.name}\`` : `${usage} and no more`, positionals[most] ?? '');
  if (positionals.length < least) throw new AppError('bad-usage', `expected ${usage} after \`${command.name}\`, found nothing`);
  return { options: values, positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function optionValue(command: Command, token: OptionToken, known: Readonly<Record<string, unknown>>): string | boolean {
  const spec = command.options[token.name];
  const flags = Object.keys(command.options).map((name) => `--${name}`);
  if (spec === undefined || !token.rawName.startsWith('--'))
    throw badUsage(flags.length === 0 ? `no option after \`${command.name}\`` : `one of ${flags.join(' ')}`, token.rawName);
  if (known[token.name] !== undefined) throw new AppError('bad-usage', `expected ${token.rawName} once, found it twice`);
  if (spec.type === 'boolean') {
    if (token.value !== undefined) throw badUsage(`${token.rawName} without a value`, token.value);
    return true;
  }
  if (token.value === undefined || token.value === '')
    throw new AppError('bad-usage', `expected ${spec.value ?? 'a value'} after ${token.rawName}, found nothing`);
  // `--base --head` lost its value; `--base=--head` was meant. A lone dash is standard input.
  if (token.inlineValue !== true && token.value.startsWith('-') && token.value !== '-')
    throw badUsage(`${spec.value ?? 'a value'} after ${token.rawName}`, token.value);
  return token.value;
}

/** The value of a string option, or undefined where it was not given. */
export function textOption(args: Arguments, name: string): string | undefined {
  const value = args.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** The value of an option that takes one of a few words. */
export function choiceOption<T extends string>(args: Arguments, name: string, choices: readonly T[], fallback: T): T {
  const value = textOption(args, name);
  if (value === undefined) return fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw badUsage(`--${name} ${choices.join('|')}`, value);
  return found;
}

export function badUsage(expected: string, found: string): AppError {
  return new AppError('bad-usage', `expected ${expected}, found ${JSON.stringify(found)}`);
}
