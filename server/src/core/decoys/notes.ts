/** Calls that only say something: a log, a count, a line on the screen. */
export const NOTES =
  /^(?:(?:console|log|logger|logging|slog|Log|LOG|LOGGER|this\.log|this\.logger|self\.log|self\.logger|metrics|stats|statsd|tracing|audit)[.:]|print$|println|fmt\.Print|System\.(?:out|err)|eprintln|warn$|debug$)/;
