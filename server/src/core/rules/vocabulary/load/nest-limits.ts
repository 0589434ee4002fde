import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { escaped } from '../code/literal-patterns.ts';

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

/**
 * True where a module puts the limiter in front of all routes of the program, `{ provide: APP_GUARD, useClass: ThrottlerGuard }`, as this change
 * has it, and what it lets through by itself is not twice what the handler allowed by `@Throttle({ default: { limit: 5, ttl: 60_000 } })`.
 */
export function isLimitedForAll(input: RuleInput, { callee, args }: Call, isLimiter: (name: string) => boolean): boolean {
  const { options } = input.addedElsewhere();
  const isProvided = options.some(({ name, value }) => name === 'provide' && value === 'APP_GUARD');
  const limiter = isProvided ? options.find(({ name, value }) => /^use(?:Class|Existing)$/.test(name) && isLimiter(value)) : undefined;
  if (limiter === undefined) return false;
  const own = rateIn(args.join(' '));
  if (!/^(?:Throttle|RateLimit)$/.test(lastName(callee)) || own === undefined)
    return /^(?:UseGuards|UseInterceptors)$/.test(lastName(callee));
  const files = input.trees.after.mentioning(limiter.value, ['.ts']).slice(0, MOST_FILES);
  const rates = files.flatMap(
    (path) =>
      input
        .factsAt('after', path)
        ?.calls.flatMap((call) => (/\.forRoot(?:Async)?$/.test(call.callee) ? (rateIn(call.args.join(' ')) ?? []) : [])) ?? [],
  );
  return rates.some((rate) => rate < own * TOO_MANY);
}

const MOST_FILES = 8;
const TOO_MANY = 2;

/** How many an hour, or another time that both are told in. */
function rateIn(text: string): number | undefined {
  const [limit, ttl] = ['limit', 'ttl'].map((name) => new RegExp(`\\b${name}: (\\d[\\d_]*)`).exec(text)?.[1]?.replaceAll('_', ''));
  return limit === undefined || ttl === undefined ? undefined : Number(limit) / Number(ttl);
}
