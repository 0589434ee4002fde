import type { FindingDraft } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { isTrue } from '../vocabulary/settings/setting-values.ts';
import { changedSettings, placeOf, type SettingChange } from '../vocabulary/settings/settings.ts';

/**
 * ## What it sees
 * A `preinstall`, `install`, `postinstall` or `prepare` script that is new or different in a package manifest; a `setup.py` or
 * `build.rs` that starts a program, fetches something or hooks into the install; a package more whose scripts pnpm or bun may run, and all
 * of them at once (`dangerouslyAllowAllBuilds`).
 *
 * ## Why it matters
 * It runs on every machine that installs the package, before anybody has looked at it. A worm of 2025 spread that way.
 *
 * ## When it is fine
 * Git hooks, patches, generated clients and builds that such scripts are commonly for.
 *
 * ## What it misses
 * What the script that is started does in its own file.
 */
export default defineRule({
  id: 'supply/install-script',
  version: '1.0.0',
  severity: 'high',
  confidence: 'high',
  title: 'Runs a script on every install',
  reads: ['settings', 'calls', 'options', 'commands'],
  evidence: [{ title: 'Shai-Hulud npm worm, 2025', url: 'https://technicaldepth.dev/disasters/shai-hulud-npm-worm-2025' }],
  *check(input): Iterable<FindingDraft> {
    if (/(^|\/)(setup\.py|build\.rs)$/.test(input.path)) yield* buildScripts(input);
    if (!/(^|\/)(?:package\.json|pnpm-workspace\.yaml|\.npmrc)$/.test(input.path)) return;
    for (const change of changedSettings(input)) {
      if (
        change.path.at(-1)?.replaceAll('-', '').toLowerCase() === ALL_BUILDS &&
        isTrue(change.after?.value) &&
        !isTrue(change.before?.value)
      )
        yield { ...placeOf(change), message: fitMessage('every package may run its scripts on install') };
      const built = builtPackage(change);
      if (built !== undefined)
        yield { ...placeOf(change), severity: 'medium', message: fitMessage(`${quote(built, 36)} may run its scripts on install`) };
      const [group, script] = change.path;
      if (
        group !== 'scripts' ||
        !/^(pre|post)?install$|^prepare$|^preprepare$|^postprepare$/.test(script ?? '') ||
        change.after === undefined
      )
        continue;
      const command = String(change.after.value);
      if (isCommon(command)) continue;
      const how = change.before === undefined ? 'runs on install' : 'changed and runs on install';
      const mild = script === 'prepare' ? { severity: 'medium' as const } : {};
      yield { ...placeOf(change), ...mild, message: fitMessage(`${quote(script ?? '')} ${how}: ${quote(command, 36)}`) };
    }
  },
});

/** Of pnpm: the list of those that may is asked no more. */
const ALL_BUILDS = 'dangerouslyallowallbuilds';

/** A package more whose scripts a manager runs, of pnpm's and bun's lists of those that may; not one that is known to build a native part. */
function builtPackage({ path, after, before }: SettingChange): string | undefined {
  const isList = path.some((part) => /^(?:onlyBuiltDependencies|trustedDependencies)$/.test(part)) && /^\d+$/.test(path.at(-1) ?? '');
  const name = String(after?.value ?? '');
  return isList && name !== '' && before === undefined && !NATIVE.test(name) ? name : undefined;
}

const NATIVE =
  /^(?:@prisma\/.*|prisma|@swc\/.*|@parcel\/.*|@sentry\/.*|@nestjs\/.*|@biomejs\/.*|@tailwindcss\/.*|@bufbuild\/.*|@firebase\/.*|@apollo\/.*|esbuild|sharp|bcrypt|argon2|better-sqlite3|sqlite3|canvas|fsevents|cypress|puppeteer|playwright|electron|node-sass|core-js(?:-pure)?|protobufjs|msw|unrs-resolver|nx|lefthook|husky|simple-git-hooks|workerd|cpu-features|ssh2|bufferutil|utf-8-validate|dtrace-provider|keytar|node-pty|re2|sodium-native|vue-demi|turbo|rollup|es5-ext|styled-components|less|deasync|isolated-vm|oxc-resolver)$/;

const REACHES_OUT =
  /^(os\.(system|popen|exec\w*|spawn\w*)|subprocess\.\w+|urllib\.request\.\w+|urlopen|urlretrieve|requests\.\w+|httpx\.\w+|socket\.\w+|exec|eval|compile|__import__|base64\.b64decode|reqwest::.*|ureq::.*|TcpStream::connect|std::net::.*|curl::.*|minreq::.*|attohttpc::.*)$/;
/** What a build of a native part starts. */
const BUILDS =
  /\b(cc|gcc|g\+\+|clang|cmake|make|ninja|pkg-config|git|rustc|cargo|protoc|nasm|ar|llvm-config|python3?-config|uname|npm run build)\b/;

/** `setup.py` and `build.rs` run on every machine that installs or builds the package. */
function* buildScripts({ added, path }: RuleInput): Generator<FindingDraft> {
  for (const call of added.calls) {
    const started = /^((std::process::|process::)?Command::new)$/.test(call.callee);
    if (!(REACHES_OUT.test(call.callee) || started) || BUILDS.test(call.args.join(' '))) continue;
    const fetches = /\b(curl|wget|nc|bash|sh|powershell)\b/.test(call.args.join(' ')) || !started;
    yield {
      side: 'after',
      range: call.range,
      severity: fetches ? 'high' : 'medium',
      message: fitMessage(`${quote(call.callee, 34)} runs whenever ${quote(path.slice(path.lastIndexOf('/') + 1))} does`),
    };
  }
  for (const option of added.options)
    if (option.name === 'cmdclass' && /(^|\/)setup\.py$/.test(path))
      yield {
        side: 'after',
        range: option.range,
        message: fitMessage(`${quote('cmdclass')} hooks into the install: ${quote(option.value, 34)}`),
      };
}

/** What such scripts are for in most packages; every part of the line must be one of them. */
const COMMON =
  /^(husky( install)?|is-ci( \|\|)?|lefthook install|simple-git-hooks|patch-package|prisma generate|npm run (build|compile|prepare|types|generate)[\w:-]*|pnpm (run )?(build|generate)[\w:-]*|yarn (build|generate)[\w:-]*|tsc( -[\w-]+( [\w./]+)?)*|tsup|unbuild|rollup -c|ngcc|electron-builder install-app-deps|nuxt prepare|svelte-kit sync|wxt prepare|playwright install( [\w-]+)*|true|ts-patch install( -s)?|only-allow \w+|npx only-allow \w+|npx husky( install)?|npx patch-package|npx prisma generate|npx simple-git-hooks|git config core\.hooksPath \S+)$/;

function isCommon(script: string): boolean {
  return script.split(/&&|\|\||;/).every((part) => COMMON.test(part.trim()));
}
