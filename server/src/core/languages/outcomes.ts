/** Last names of callees that tell somebody of an error. */
export const REPORTS =
  /^(error|warn|warning|fatal|critical|exception|alert|captureException|captureMessage|capture_exception|capture_message|log_exception|notify|report|reportError|report_error|recordException|record_exception|recordError|RecordError|fail|emit|onError|handleError|handle_error|setError|toast|abort|print_exc|Errorf|Errorw|Errorln|Warnf|Warnw|Warningf|CaptureException|eprintln|mail_admins|send_alert|severe)$/i;

/** Callees that write an error where nobody looks. */
export const MUTED = /(^|\.)(debug|trace|verbose|info|log|String|str|repr)$/;

/** Callees that hand the error on. */
export const PASSES_ON = /^(next|reject|done|callback|cb|rethrow\w*|raise_from|reraise)$/;

/** Callees that end the work there and then, whatever language they belong to. */
export const STOPS =
  /^(Promise\.reject|reject|process\.exit|panic!?|fail|abort|raise|sys\.exit|os\._exit|exit|quit|os\.Exit|runtime\.Goexit|System\.exit|(std::)?process::(exit|abort)|exit|(log|logger|logrus|glog|klog|slog|sugar|zap|\w*[lL]og(ger)?)\.(Fatal|Panic)\w*|t\.(Fatal|Skip|FailNow)\w*|(bail|unreachable|todo|unimplemented|unreachable_unchecked)!|(anyhow|eyre)::bail!|pytest\.(fail|skip)|self\.(fail|skipTest)|Assert\.fail)$/;

/** Callees that answer a request with something of their own. */
export function isAnswer(callee: string): boolean {
  const name = callee.slice(Math.max(callee.lastIndexOf('.'), callee.lastIndexOf(')'), callee.lastIndexOf(':')) + 1);
  if (/^(redirect|notFound|forbidden|unauthorized|Response|NextResponse(\.\w+)?|Response\.\w+)$/.test(callee)) return true;
  if (BUILT.test(callee)) return true;
  if (
    /^(\w*Response(Forbidden|BadRequest|NotFound|NotAllowed|Redirect|ServerError|Gone)?|jsonify|json_response|json_error|make_response|render|Http404)$/.test(
      name,
    )
  )
    return true;
  if (/^(http\.(Error|NotFound|Redirect)|render\.(Status|JSON|Render)|ResponseEntity\.\w+|HttpResponse::\w+)$/.test(callee)) return true;
  if (/^(Abort|AbortWith\w+|WriteHeader|respondError|respondWithError|writeError|sendError|renderError|NewHTTPError)$/i.test(name))
    return true;
  if (/(^|\.)(res|resp|response|reply|ctx|c|h|w|writer)\b/.test(callee))
    return /^(send|sendStatus|sendError|status|json|end|redirect|throw|code|text|body|render|writeHead|unauthorized|forbidden|notFound|badRequest|JSON|String|NoContent|Redirect|Status|SendStatus|SendString|HTML|XML|IndentedJSON)$/.test(
      name,
    );
  return false;
}

/** Java's answers, put together link by link: `ResponseEntity.badRequest().body(text)`, `Response.status(413).build()`. */
const BUILT =
  /^(?:new )?(?:ResponseEntity|ServerResponse|RestResponse|HttpResponse|Response)(?:<[^<>]{0,80}>)?(?:\.\w{1,40}(?:\([^()]{0,200}\))?){0,6}$/;
