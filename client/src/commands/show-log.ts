import type { CommandContext } from './register.ts';

export function showLog({ connection }: CommandContext): void {
  connection.showLog();
}
