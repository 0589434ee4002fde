import { words } from '../code/call-names.ts';

/**
 * True where a name turns a behaviour on: `ENABLE_ASYNC_SETTLEMENT`, `use_new_pricing`, `featureSplitTender`. What only tells (logs,
 * metrics, traces) or shows (a manual, colours) is no such switch, nor is one of a connection or of a machine.
 */
export function isSwitchName(name: string): boolean {
  const text = words(name);
  return SWITCHES.test(text) && !TELLS.test(text);
}

const SWITCHES =
  /^(?:(?:app|next public|vite|react app|is) )?(?:feature|ff|flag|enables?|use|experiment|toggle)\b \w|\w \b(?:enabled|flag|feature)$/;
const TELLS =
  /\b(?:logs?|logging|logger|pretty|colou?rs?|debug|debugger|verbose|metrics?|stats|statsd|prometheus|trac(?:e|es|ing)|otel|telemetry|sentry|datadog|profil\w+|swagger|openapi|docs?|graphi?ql|playground|introspection|health ?checks?|health|banner|reload|watch|hot|source ?maps?|tls|ssl|https?|ipv6|tty|polling|compression|gzip|brotli|cache|swap|emoji|icons?|monitoring|alarms?|alerts?|dashboards?|analytics|lint\w*|tests?|mocks?|sudo|proxy|protocol|gpu)\b/;
