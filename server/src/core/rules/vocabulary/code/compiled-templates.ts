import type { Call } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, receiver, words } from './call-names.ts';

/** Engines whose templates may call and read what they like. */
export function isTemplate(call: Call): boolean {
  if (/^(Velocity|velocity|velocityEngine)\.evaluate$/.test(call.callee) || lastName(call.callee) === 'compileInline') return true;
  // FreeMarker's and Jinja's, which the rule tells from other classes of the name.
  if (call.callee === 'Template') return true;
  if (call.callee === 'render_template_string' || /\btemplate\.New\(.*\)\.Parse$/.test(call.callee)) return true;
  if (call.callee === 'ejs.render' || call.callee === 'pug.render' || call.callee === 'nunjucks.renderString') return true;
  if (/^(jinja2\.|mako\.template\.)Template$/.test(call.callee)) return true;
  if (
    /\.(from_string|renderString|parseAndRender|render_template|one_off|render_str)$/.test(call.callee) &&
    ENGINE.test(words(receiver(call.callee)))
  )
    return true;
  if (/\.compile$/.test(call.callee) && /\b(handlebars|hbs|pug|jade|ejs|eta|nunjucks|mustache)$/.test(words(receiver(call.callee))))
    return true;
  return (
    TEMPLATES.test(call.callee) &&
    /\./.test(call.callee) &&
    !/^(re|regex|env|_|engine)\.(compile|Template)$|^(env|engine)\.evaluate$/.test(call.callee) &&
    !/^(flask|lodash)\.compile$/.test(call.callee)
  );
}

const TEMPLATES =
  /^((Handlebars|handlebars|hbs|_|lodash|ejs|pug|jade|nunjucks|mustache|Mustache|doT|eta|Eta|Liquid|liquid|engine|env|Environment\(.*\)|jinja2|jinja_env|flask|Velocity|velocityEngine|ve|freemarker)\.)?(compile|template|renderString|render_template_string|from_string|evaluate|parseAndRender|Template)$/;

/** What holds an engine of templates, whatever it is called: `_env`, `self.jinja`, `mail_templates`. */
const ENGINE = /\b(jinja2?|env|environment|templates?|templating|handlebars|hbs|liquid|nunjucks|tera|minijinja|twig)$/;

/** What people fill in, taken from a record of theirs. */
const FILLED_IN =
  /^(?!(?:self|this|settings|config|conf|cls|app|env|file|path|module|constants?)\b)[a-z]\w*(?:\??\.[A-Za-z_]\w*){0,3}(?:\??\.|\[['"])(?:body|text|content|contents|message|comment|bio|subject|greeting|signature|footer|note|notes|expression|formula|rule|script|code|custom_?\w*|user_?\w*|(?:body|subject|message|greeting|footer|letter|mail|email)_?(?:template|html|text|source|markup))(?:['"]\])?$/i;

/** What belongs to a person or a customer is written by them. */
const OF_SOMEBODY =
  /^(?:\w+\.){0,2}(?:campaign|letter|message|mail|email|notification|newsletter|tenant|user|customer|client|account|merchant|member|recipient|organi[sz]ation)\.(?:template|html|markup|source)$/i;

/** A file of the program by its constant name: `readFileSync('page.hbs', 'utf8')`. */
export const FROM_FILE = /^(?:await )?[\w.]{0,40}\b(?:read|load)\w*\(\s*['"][^'"]+['"]/;

/** A text with a hole in it is written by whoever fills the hole; a name alone may be anything. */
export function severityOfTemplate(input: RuleInput, call: Call, code: string): 'critical' | 'high' | 'low' {
  if (
    /\br\.(FormValue|PostFormValue|URL\.Query)\b|\b(req|request|ctx|event)\b\.?(body|query|params|args|form|json|GET|POST|data)|\$\{|^f['"]|['"`]\s*\+|\+\s*['"`]|\.format\(|\s%\s/.test(
      code,
    )
  )
    return 'critical';
  // What an accessor gives is its field: `letter.getBody()`.
  const field = code.replace(/^&(?:mut )?/, '').replace(/\.(?:get(?=[A-Z]))?(\w+)\(\)$/, '.$1');
  if (FILLED_IN.test(field) || OF_SOMEBODY.test(field)) return 'critical';
  const isParameter =
    input.after?.symbols.some((symbol) => symbol.name === call.scope && symbol.parameters.some((parameter) => parameter.name === code)) ===
    true;
  return isParameter && !/templ|tpl|source|view|layout|partial|file|html|name/i.test(code) ? 'high' : 'low';
}
