import type { Call, SourceFacts } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { isWrite, lastName, literal } from '../code/call-names.ts';
import { changedLines } from '../code/changed-lines.ts';
import { rangeOfLine, tokensOn } from '../code/code-text.ts';
import { within } from '../code/counterpart.ts';

/** What a whole process does with an error that nobody caught, or with the signal that it is to end. */
export interface LostEnd {
  readonly side: 'before' | 'after';
  readonly range: Range;
  readonly what: string;
  /** Nothing was done about it before either: by default it ended the process. */
  readonly isAdded?: boolean;
}

/**
 * `process.on('uncaughtException', …)` that goes on, a default handler of Java, Python or Rust that does nothing, a `recover()` whose
 * panic goes nowhere, and a handler of SIGTERM that is gone.
 */
export function* lostEnds(input: RuleInput): Generator<LostEnd> {
  yield* wentOn(input);
  yield* emptyHooks(input);
  yield* recovered(input);
  yield* signals(input);
}

const UNCAUGHT = /^(?:uncaughtException|unhandledRejection)$/;
/** What ends the process, or hands the error to something that may. */
const ENDS =
  /\b(?:exit\w*|abort|kill|exitCode|halt|throw|raise|rethrow)\b|shut_?down|terminate|graceful|crash|\bdie\b|\bstop\w*\(|[sS]top\w*\(|panic|\b(?:finish|quit|bail)\w*\(/i;

/** The process is in a state that nobody knows, and goes on. */
function* wentOn({ before, after, hunk }: RuleInput): Generator<LostEnd> {
  for (const call of after?.calls ?? []) {
    const event = eventOf(call);
    const { start } = call.range;
    if (after === undefined || event === undefined) continue;
    const end = after.scopes.find(
      ({ name, startLine }) => startLine === start.line && name.endsWith(`${call.callee}(${call.args[0]})`),
    )?.endLine;
    const last = end ?? start.line + (call.args.at(-1) === 'fn' ? LONGEST_HANDLER : 0);
    const isChanged = start.line < hunk.after.start + Math.max(1, hunk.after.lines) && last >= hunk.after.start;
    if (!isChanged || endsIn(after, call)) continue;
    const was = before?.calls.find((other) => eventOf(other) === event);
    // A handler that a library of errors brings says itself what it does.
    if (before === undefined || (was !== undefined && !endsIn(before, was))) continue;
    const isSilent = was === undefined && /^(?:Thread|Runtime)/.test(call.callee) && /\w\(/.test(bodyOf(after, call));
    const isAdded =
      was === undefined && event === 'unhandledRejection' && (call.args.at(-1) !== 'fn' || /\w\(/.test(bodyOf(after, call).slice(1)));
    if (!isSilent) yield { side: 'after', range: call.range, what: `\`${event}\` is noted and the process goes on`, isAdded };
  }
}

/** Lines of a handler whose language gives it no scope. */
const LONGEST_HANDLER = 12;

function eventOf({ callee, args }: Call): string | undefined {
  if (callee.endsWith('setDefaultUncaughtExceptionHandler')) return 'uncaught exception';
  const event = /^process\.(?:on|once|addListener)$/.test(callee) ? literal(args[0] ?? '') : undefined;
  return event !== undefined && UNCAUGHT.test(event) ? event : undefined;
}

function endsIn(facts: SourceFacts, call: Call): boolean {
  const handler = call.args.at(-1) ?? '';
  if (handler === 'fn') return ENDS.test(bodyOf(facts, call));
  const name = lastName(handler.replace(/^this::|\(.*/gs, ''));
  const place = facts.scopes.find((scope) => lastName(scope.name) === name);
  // What another file does is not known.
  return place === undefined || ENDS.test(`${name} ${textOn(facts, place.startLine, place.endLine)}`);
}

/** What stands inside of the brackets of a call. */
function bodyOf({ tokens }: SourceFacts, { range, callee }: Call): string {
  const name = tokens.findIndex(({ text, line }) => line >= range.start.line && text === lastName(callee));
  return name < 0 ? '' : enclosed(tokens, name + 1, '(', ')');
}

function textOn(facts: SourceFacts, from: number, to: number): string {
  return tokensOn(facts, from, to)
    .map(({ text }) => text)
    .join(' ')
    .replace(/ ?([^\w ]) ?/g, '$1');
}

/** Hooks of a whole process that do nothing, as they are written in one line. */
const EMPTY_HOOKS =
  /\b(?:sys|threading)\.excepthook=lambda[^:]{0,60}:None|\.set_exception_handler\(lambda[^:]{0,60}:None\)|\bpanic::set_hook\(Box::new\((?:move )?\|\w{1,20}\|(?:\{\}|\(\))\)\)|\bsignal\.signal\(signal\.SIGTERM,signal\.SIG_IGN\)|\bsignal\.Ignore\([^)]{0,60}SIGTERM|--unhandled-rejections=(?:warn|none)(?![\w-])/;

function* emptyHooks(input: RuleInput): Generator<LostEnd> {
  for (const { line, text } of changedLines(input, 'after')) {
    const found = EMPTY_HOOKS.exec(text)?.[0];
    if (found !== undefined)
      yield { side: 'after', range: rangeOfLine(input, 'after', line), what: `\`${found.slice(0, 34)}\`: nobody hears of it` };
  }
  for (const setting of input.added.settings)
    if (/--unhandled-rejections=(?:warn|none)(?![\w-])/.test(String(setting.value)))
      yield { side: 'after', range: setting.range, what: 'a rejection that nobody handles is only a warning now' };
}

/** A deferred `recover()` of Go around a write: neither an error, nor an answer, nor another panic comes of it. */
function* recovered({ added, before, after }: RuleInput): Generator<LostEnd> {
  if (after?.language !== 'go' || before === undefined) return;
  for (const call of added.calls) {
    if (call.callee !== 'recover') continue;
    const body = deferredAround(after, call.range.start.line);
    if (body === '' || HANDS_ON.test(body)) continue;
    const owner = call.scope.split('.func')[0] ?? '';
    const isNew = before.calls.every(({ callee, scope }) => callee !== 'recover' || scope !== call.scope);
    const write = after.calls.find(
      (other) => within(other.scope, owner) && isWrite(other.callee) && !/^(?:log|slog|fmt|http|w)\./.test(other.callee),
    );
    if (isNew && write !== undefined)
      yield { side: 'after', range: call.range, what: `a panic of \`${write.callee.slice(0, 30)}\` disappears` };
  }
}

/** The error of the function, an answer, a channel, a counter of failures, a panic again. */
const HANDS_ON =
  /\b\w*[eE]rr\w*=(?!=)|<-|\.(?:Inc|Observe)\(|\bpanic\(|http\.Error|WriteHeader|\.(?:JSON|Abort\w*|Status|Fail\w*|Nack|Reject|Retry|Requeue|MarkFailed|Exit|Fatal\w*|CaptureException|Recover\w*)\(|\bos\.Exit\(/;

/** The deferred function around a line, to its last bracket. */
function deferredAround({ tokens }: SourceFacts, line: number): string {
  const at = tokens.findIndex((token) => token.text === 'recover' && token.line === line);
  const start = tokens.slice(0, at).findLastIndex(({ text }) => text === 'defer');
  if (start < 0 || at - start > 30) return '';
  return enclosed(tokens, start, '{', '}');
}

/** The text from a token to the bracket that closes the first one behind it; of 400 tokens at most. */
function enclosed(tokens: SourceFacts['tokens'], start: number, opens: string, closes: string): string {
  let depth = 0;
  const parts: string[] = [];
  for (const { text } of tokens.slice(start, start + 400)) {
    parts.push(text);
    if (text === opens) depth += 1;
    if (text === closes) depth -= 1;
    if (text === closes && depth === 0) break;
  }
  return parts.join(' ').replace(/ ?([^\w ]) ?/g, '$1');
}

/** `process.on('SIGTERM', …)`, `signal.Notify(…, syscall.SIGTERM)`, a hook that runs when the machine ends it. */
function* signals({ removed, before, after, ...input }: RuleInput): Generator<LostEnd> {
  if (after === undefined) return;
  for (const call of removed.calls) {
    if (!hearsEnd(call) || (before !== undefined && TIDIES.test(bodyOf(before, call)) && !after.calls.some(works))) continue;
    const now = [...after.calls, ...input.addedElsewhere().calls];
    if (
      now.some(
        (other) =>
          hearsEnd(other) ||
          /shut_?down|graceful|terminus|lifespan|closeWithGrace|onExit|on_exit|SIGTERM/i.test(`${other.callee} ${other.args.join(' ')}`),
      )
    )
      continue;
    // What still serves or works is cut off in the middle of it.
    if (now.some(works) || after.calls.length > 0)
      yield { side: 'before', range: call.range, what: 'nothing is finished any more when the process is told to end' };
    return;
  }
}

/** It only tidied up what a person sees. */
const TIDIES = /\b(?:spinner|ora|progress\w*|cursor|readline|rl|tty)\./i;

const works = ({ callee }: Call): boolean => WORKS.test(lastName(callee));

const WORKS = /^(?:listen|serve|run|start|consume|subscribe|ListenAndServe\w*|Run|Start)$/;

function hearsEnd({ callee, args }: Call): boolean {
  const name = lastName(callee);
  if (name === 'addShutdownHook') return true;
  return (
    /^(?:on|once|signal|Notify|NotifyContext|add_signal_handler|sigaction|trap)$/.test(name) &&
    args.some((argument) => /SIGTERM|SignalKind::terminate/.test(argument)) &&
    !args.some((argument) => /SIG_IGN|SIG_DFL/.test(argument))
  );
}
