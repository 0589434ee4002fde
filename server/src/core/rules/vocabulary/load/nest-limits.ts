import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';

/** Nest counts tries in a guard of its own, `@UseGuards(ThrottleByIpGuard)`: every guard that is handed to it does. */
export function isLimitingGuard({ callee, args }: Call, isLimiter: (name: string) => boolean): boolean {
  return /^(UseGuards|UseInterceptors)$/.test(lastName(callee)) && args.length > 0 && args.every(isLimiter);
}

/**
 * True where a module of the change puts a limiter in front of a handler as middleware instead:
 * `consumer.apply(ThrottleByIp).forRoutes({ path: 'auth/login' })`, `forRoutes(AuthController)`, `forRoutes('*')`.
 * `scope` is the handler, a method of a controller.
 */
export function isLimitedByModule(input: RuleInput, scope: string, isLimiter: (name: string) => boolean): boolean {
  const { after } = input;
  const controller = receiver(scope);
  const routes = after?.calls.filter((call) => call.kind === 'decorator' && call.scope === scope && ROUTE.test(call.callee)) ?? [];
  const paths = routes.flatMap(({ args }) => /^['"`](.*)['"`]$/.exec(args[0] ?? '')?.[1] ?? []);
  return [...(after?.calls ?? []), ...input.addedElsewhere().calls].some(
    ({ callee, args }) =>
      /\.apply\(/.test(callee) &&
      lastName(callee) === 'forRoutes' &&
      isLimiter(callee) &&
      args.some(
        (argument) =>
          argument === controller ||
          /['"`]\/?\*['"`]/.test(argument) ||
          paths.some((path) => new RegExp(`[/'"\`]${escaped(path)}['"\`]`).test(argument)),
      ),
  );
}

const ROUTE = /^(Get|Post|Put|Patch|Delete|All)$/;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
