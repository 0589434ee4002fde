import type { Call } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage } from '../quote.ts';
import { lastName, literal, receiver, shorten, words } from '../vocabulary/code/call-names.ts';
import { within } from '../vocabulary/code/counterpart.ts';
import { heldBy } from '../vocabulary/code/held-values.ts';
import { escaped } from '../vocabulary/code/literal-patterns.ts';
import { homeOf } from '../vocabulary/code/option-paths.ts';
import { argumentFor, ownBody } from '../vocabulary/code/own-wrappers.ts';
import { cameAlong } from '../vocabulary/code/scope-changes.ts';
import { isHeldInside } from '../vocabulary/deletes/contained-deletes.ts';
import { isWithinRoot } from '../vocabulary/deletes/held-by-root.ts';
import { shorterPaths } from '../vocabulary/deletes/shorter-paths.ts';

/**
 * ## What it sees
 * A recursive delete of a directory whose path is computed, climbs up, or starts at the root or a home directory; and a path that is
 * put together without its last folder now, in a file that deletes so.
 *
 * ## Why it matters
 * An empty variable or one `..` too many deletes what stands above: a home directory, an upload area, a disk.
 *
 * ## When it is fine
 * A literal build folder, a directory made by `mkdtemp`, a folder that is called temporary and that no request names, a script
 * that cleans a build; these are not flagged.
 *
 * ## What it misses
 * Deletes through a library of another name, and a computed path whose name only looks like a build folder.
 */
export default defineRule({
  id: 'destroy/fs-recursive-delete',
  version: '1.0.0',
  severity: 'high',
  confidence: 'medium',
  title: 'A computed directory is deleted with everything in it',
  reads: ['calls'],
  evidence: [
    { title: 'Steam deleted everything a user owned, 2015', url: 'https://github.com/valvesoftware/steam-for-linux/issues/3671' },
    { title: 'Gemini CLI file loss, 2025-07', url: 'https://vibegraveyard.ai/story/google-gemini-cli-file-deletion' },
  ],
  *check(input): Iterable<FindingDraft> {
    if (CLEANS.test(input.path)) return;
    const told = new Set<number>();
    for (const call of input.added.calls) {
      const path = pathOf(withHeldOptions(call, input)) ?? walkedPath(call, input) ?? pathWithin(call, input);
      if (path === undefined || cameAlong(input, call) || isWithinRoot(call, input)) continue;
      if (isHeldInside(input, call, path, (other) => pathOf(withHeldOptions(other, input)) !== undefined)) continue;
      const severity = judge(joinedBy(path, input), call, input);
      if (severity === undefined) continue;
      told.add(call.range.start.line);
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(lastName(call.callee), 20)}\` deletes all of \`${shorten(path, 36)}\``),
        severity,
      };
    }
    for (const { call, lost } of told.size > 0 ? [] : shorterPaths(input, (other) => pathOf(withHeldOptions(other, input)) !== undefined))
      yield {
        side: 'after',
        range: call.range,
        message: fitMessage(`\`${shorten(`${call.callee}(${call.args.join(', ')})`, 40)}\` is the folder above ${lost}, and is deleted`),
      };
  },
});

/** Scripts whose work it is to delete a build. `cleanup-uploads` is none. */
const CLEANS = /(^|\/)(clean|clear-?cache|prebuild|prune-?build)\.([cm]?[jt]s|py|go)$|(^|\/)scripts\/clean(?![a-z])[\w.-]*$/;

/** The path that a recursive delete is given, or undefined where the call is none. */
function pathOf(call: Call): string | undefined {
  const name = lastName(call.callee);
  const [path, ...rest] = call.args;
  if (path === undefined) return undefined;
  if (/^(rm|rmSync|rmdir|rmdirSync)$/.test(name))
    return rest.some((argument) => /\brecursive: (true|[a-z])/.test(argument)) ? path : undefined;
  if (/^(rimraf|rimrafSync)$/.test(name) || (/^(sync|rimraf)$/.test(name) && receiver(call.callee) === 'rimraf')) return path;
  if (
    /^(rmtree|remove_tree|remove_dir_all|RemoveAll|deleteDirectory|removeSync|emptyDir|emptyDirSync|deleteRecursively|cleanDirectory|forceDelete|deleteQuietly|remove_dir_contents|rm_rf|rm_r|remove_entry|remove_entry_secure|remove_dir)$/.test(
      name,
    )
  )
    return path;
  // `Files.walk(root).sorted(reverseOrder()).forEach(Files::delete)`.
  const walked = /\bFiles\.walk\(([^()]*(?:\([^()]*\)[^()]*)?)\)/.exec(call.callee)?.[1];
  if (name === 'forEach' && walked !== undefined && /reverseOrder/.test(call.callee)) return walked;
  if (/^(remove|delete)$/.test(name) && /^(fse|fsExtra|fs)$/.test(receiver(call.callee))) return path;
  if (name === 'delete' && /(^|\.)fs$/.test(receiver(call.callee)) && rest.some((argument) => /recursive: true/.test(argument)))
    return path;
  if (/^(deleteAsync|deleteSync|del)$/.test(name) && receiver(call.callee) === '' && /\*\*|force: true/.test(call.args.join()))
    return path.replace(/^\[|\]$/g, '').trim();
  return name === 'remove' && call.callee === 'Deno.remove' && rest.some((argument) => /recursive: true/.test(argument)) ? path : undefined;
}

/** The options of a delete that a constant holds, written out: `rm(folder, REMOVE)`. */
function withHeldOptions(call: Call, input: RuleInput): Call {
  const [path, ...rest] = call.args;
  if (path === undefined || !/^(rm|rmSync|rmdir|rmdirSync)$/.test(lastName(call.callee))) return call;
  const held = rest.map((argument) => {
    const name = argument.replace(/^\{ \.\.\.([A-Z]\w*) \}$/, '$1');
    const isRecursive = input.after?.options.some(
      (option) => option.name === 'recursive' && option.value === 'true' && homeOf(option) === name,
    );
    return isRecursive === true ? '{ recursive: true }' : heldBy(input, 'after', name);
  });
  return { ...call, args: [path, ...held] };
}

/** `paths.sorted(reverseOrder()).map(Path::toFile).forEach(File::delete)` over the paths that the function walks. */
function walkedPath(call: Call, { after }: RuleInput): string | undefined {
  if (lastName(call.callee) !== 'forEach' || !/reverseOrder/.test(call.callee) || !/delete/i.test(call.args[0] ?? '')) return undefined;
  return after?.calls.find(({ callee, scope }) => callee === 'Files.walk' && scope === call.scope)?.args[0];
}

/** What the project's own function deletes of its arguments: `tidy(folder)`, where `tidy` calls `rm(where, { recursive: true })`. */
function pathWithin(call: Call, input: RuleInput): string | undefined {
  const body = call.args.length === 0 ? undefined : ownBody(input, call);
  if (body === undefined) return undefined;
  const said = call.args.join();
  if (input.before?.calls.some((other) => other.callee === call.callee && other.args.join() === said) === true) return undefined;
  for (const inner of body.calls) {
    const path = pathOf(inner);
    const given = path === undefined ? undefined : argumentFor(body, call, path);
    if (given !== undefined) return given;
  }
  return undefined;
}

/** The path that a function of the file puts together: `this.cacheOf(id)` is `path.join(root, id, 'cache')`. */
function joinedBy(path: string, { after }: RuleInput): string {
  const name = /^(?:this\.|self\.)?#?(\w+)\([^()]*\)$/.exec(path)?.[1];
  if (name === undefined) return path;
  const joins =
    after?.calls.filter(({ callee, scope }) => lastName(scope) === name && /^(join|resolve|Join)$/.test(lastName(callee))) ?? [];
  const [only] = joins;
  return only === undefined || joins.length > 1 ? path : `${only.callee}(${only.args.join(', ')})`;
}

const BUILD =
  /\b(dist|build|out|coverage|\.cache|node_modules|\.turbo|\.next|\.nuxt|target|tmp|temp|\.tmp|lib|esm|cjs|generated|artifacts|storybook-static|reports?|fixtures?|scratch|sandbox)\b/;
/** Whole words of a name: `templatesDir`, `attempt` and `layout` are no temporary ones. */
const TEMPORARY =
  /\b(tmp|temp|temporary|scratch|sandbox|staging) ?(dirs?|directory|paths?|folders?|files?|roots?)?\b|\bmkdtemp\b|\b(dist|build|out|output|cache|coverage|work) ?(dir|directory|path|folder|root)?$/;

function judge(path: string, call: Call, input: RuleInput): Severity | undefined {
  const plain = literal(path);
  if (plain !== undefined) {
    if (/^(\/|~|[A-Za-z]:\\?)$|^(\/(home|root|etc|var|usr|srv|opt|data|mnt)\b|~\/|\.\.?\/?$)/.test(plain))
      return /^\/(var\/)?tmp\b/.test(plain) ? undefined : 'critical';
    return undefined;
  }
  const made = definitionsOf(path, call, input);
  // Whoever asks chooses the folder, whatever the variable is called.
  if (ASKED.test(`${path}\n${made.join('\n')}`) && !CLIPPED.test(made.join('\n') + path)) return 'high';
  if (isTemporary(path, call, input)) return isNamedByCaller(path, input) ? 'high' : undefined;
  if (isBesideProgram(path)) return undefined;
  if (/\b(homedir|HOME|USERPROFILE|expanduser|UserHomeDir|home_dir)\b|\bPath\.home\b|user\.home/.test(path) || holdsHome(path, call, input))
    return 'critical';
  return 'high';
}

/** What a request, a message or an event brings. */
const ASKED =
  /\b(req|request|event|evt|msg|message|payload|dto|input)\??\.(query|params|body|headers|cookies|args|form|json|GET|POST|data|values|view_args|path_params|query_params|pathParameters|queryStringParameters|match_info|getParameter|getHeader|getQueryString)\b|\br\.(URL\.Query|FormValue|PathValue|PostFormValue|Header)\b|\bc\.(Query|Param|Params|PostForm|FormValue|QueryParam|DefaultQuery)\(|\bchi\.URLParam\b|\bmux\.Vars\b|\.getParameter\(|\bsearchParams\.get\b|\bctx\.(query|params|request)\b/;
/** Only the last part of a path is taken, or what may not stand in a name is taken out. */
const CLIPPED = /\b(basename|Base|secure_filename|getFileName|file_name|sanitize\w*|slugify|parseInt|Atoi|Number|UUID|uuid\w*)\(/;

/** A name in the path is a home directory by what the same function makes it of. */
function holdsHome(path: string, call: Call, input: RuleInput): boolean {
  return definitionsOf(path, call, input).some((line) => /\b(expanduser|UserHomeDir|home_dir|homedir|HOME)\b|\bPath\.home\b/.test(line));
}

/** The lines above a call, in its function, that give a value to a name of the path, and to the names in those lines. */
function definitionsOf(path: string, call: Call, input: RuleInput): readonly string[] {
  const content = input.trees.after.read(input.path);
  const lines = content?.kind === 'text' ? content.text.split('\n') : [];
  const scope = input.after?.scopes.find((other) => other.name === call.scope);
  const names = new Set(path.match(/[A-Za-z_]\w*/g));
  const found: string[] = [];
  for (const line of lines.slice((scope?.startLine ?? 1) - 1, call.range.start.line).reverse()) {
    const name =
      /^\s*(?:(?:const|let|var|final|auto)\s+)?(?:mut\s+)?(?:[A-Z]\w*\s+)?([A-Za-z_]\w*)(?!\w)[^=\n]*=(?!=)/.exec(line)?.[1] ?? '';
    if (!names.has(name)) continue;
    found.push(line);
    for (const [other] of line.slice(line.indexOf('=') + 1).matchAll(/[A-Za-z_]\w*/g)) names.add(other);
  }
  return found;
}

/** A place below the program's own file that is written out: nothing climbs, and no variable says how it goes on. */
function isBesideProgram(path: string): boolean {
  if (/\b__file__\b/.test(path))
    return (
      !/\.\.|parents?\b.*parents?\b|dirname\(.*dirname\(/.test(path) &&
      !/[A-Za-z_]/.test(path.replace(/'[^']*'|\b(os|path|join|dirname|abspath|realpath|Path|pathlib|resolve|parent|__file__)\b/g, ''))
    );
  if (!/import\.meta\.(url|dirname)|__dirname/.test(path) || path.includes('..')) return false;
  const rest = path
    .replace(/\$\{\s*(__dirname|import\.meta\.dirname)\s*\}/g, '')
    .replace(/import\.meta\.(url|dirname)|__dirname|\bnew URL\b|\b(path\.)?(join|resolve|dirname)\b|\b(url\.)?fileURLToPath\b/g, '');
  const variables = rest.replace(/'[^']*'|"[^"]*"|`[^`$]*`/g, '');
  return /\w/.test(rest) && !/[\w$]/.test(variables);
}

/**
 * The folder is only called temporary: the file joins it from a root and a name that a function is handed,
 * `workDir = path.join(ROOT, name)`, and neither takes the last part of that name nor asks for a fresh folder.
 */
function isNamedByCaller(path: string, input: RuleInput): boolean {
  const own = /(?<![\w$])\d*([A-Za-z_$][\w$]*)$/.exec(path)?.[1];
  const content = input.trees.after.read(input.path);
  if (own === undefined || content?.kind !== 'text') return false;
  const isGiven = new RegExp(`(^|[^\\w$])${escaped(own)}\\s*:?=(?!=)`);
  return content.text.split('\n').some((line, at) => {
    if (!isGiven.test(line) || CLIPPED.test(line) || /tmp|temp\b|scratch|sandbox|random|uuid|hash|pid/i.test(line)) return false;
    const last = /\b(?:join|resolve|Join)\([^()]*,\s*([A-Za-z_$][\w$]*)\)/.exec(line)?.[1];
    const owner = input.after?.scopes.findLast((scope) => scope.startLine <= at + 1 && at + 1 <= scope.endLine);
    return (
      last !== undefined &&
      input.after?.symbols.some((symbol) => symbol.name === owner?.name && symbol.parameters.some(({ name }) => name === last)) === true
    );
  });
}

const MADE_FRESH = /\b(mkdtemp|mkdtempSync|dirSync|temporaryDirectory|MkdirTemp|TemporaryDirectory|createTempDirectory)\(/;

function isTemporary(path: string, call: Call, input: RuleInput): boolean {
  if (TEMPORARY.test(words(path)) || (BUILD.test(path) && /['"`]/.test(path))) return true;
  const name = /^[A-Za-z_$][\w$]*/.exec(path)?.[0] ?? '';
  // A field of the class that its constructor made so.
  const field = /^(?:this|self)\.(\w+)$/.exec(path)?.[1];
  if (field !== undefined) {
    const made = input.after?.options.filter((option) => option.name === field && option.callee === '') ?? [];
    return made.length > 0 && made.every(({ value }) => MADE_FRESH.test(value));
  }
  const near =
    input.after?.calls.filter(
      (other) =>
        within(call.scope, other.scope) &&
        /^(mkdtemp|mkdtempSync|tmpdir|dirSync|tempy|temporaryDirectory|MkdirTemp|TempDir|gettempdir|TemporaryDirectory|createTempDirectory|tempdir)$/.test(
          lastName(other.callee),
        ),
    ) ?? [];
  return name !== '' && near.length > 0;
}
