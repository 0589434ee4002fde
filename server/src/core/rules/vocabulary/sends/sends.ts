import type { Call, Loop } from '../../../model/facts.ts';
import type { RuleInput } from '../../define.ts';
import { lastName, words } from '../code/call-names.ts';
import { within } from '../code/counterpart.ts';

/** Words for how many get a message, and who. */
export const BOUND =
  /\b(segment|segments|limit|batch|batch size|take|audience|test only|(?<!\b(?:http|read|write) )only|sample|cohort|dry run|concurrency|page size|chunk size|subscribed|opted in|opt in|consent|wants|notified|emailed|sent|already sent|is test|internal|staff|beta|verified|active|unsubscribed|bounced|recipient limit|max recipients)\b|\b(notified|sent|emailed|reminded|mailed) (at|on|version|isnull)\b/;

/** Words for those who get one. */
export const PEOPLE =
  /\b(user|users|customer|customers|subscriber|subscribers|recipient|recipients|member|members|contact|contacts|people|accounts|audience|devices|players|patients|guests|drivers|employees|followers|list)\b/;

/** Whether a call stands in the body of a loop. */
export function isInside(call: Call, loop: Loop): boolean {
  return call.range.start.line >= loop.body.startLine && call.range.start.line <= loop.body.endLine;
}

/** The first send of a function on the new side. */
export function sendIn(input: RuleInput, scope: string): Call | undefined {
  return input.after?.calls.find((call) => within(call.scope, scope) && isSend(call));
}

/** What is made is not sent yet: `PushTokenRepository(session)`. */
const THING =
  /^[A-Z]\w*(?:Repository|Repo|Store|Dao|Model|Tokens?|Config|Settings|Options|Service|Client|Sender|Mailer|Notifier|Serializer|Schema|Entity|Error|Exception|Request|Builder|Factory|Queue|Table|Params|Input)$/;

/** A call that sends a message to a person, by its name and by whom it is asked of. */
export function isSend(call: Call): boolean {
  const name = words(lastName(call.callee));
  const whole = words(call.callee);
  if (call.kind === 'new' || THING.test(lastName(call.callee))) return false;
  // What an address is made of, and nobody is written to.
  if (
    /^(?:parse|format|normali[sz]e|validate|verify|check|mask|hash|is|has|get|find|extract|render|build|to|from|compare|lookup)\b/.test(
      name,
    )
  )
    return false;
  // The shape of an address: `z.email()`.
  if (/^(?:email|mail)$/.test(name) && /^(?:z|zod|yup|joi|v|valibot|vine|t|s|schema)\./i.test(call.callee)) return false;
  // A message of a telephone is made, and so it goes.
  if (/^(create|create async)$/.test(name) && /\b(messages?|calls?|sms|notifications?|mailings?|campaigns?)\b/.test(whole))
    return /\b(phone|number|sms|twilio|vonage|sinch|plivo|from_|from|one ?signal|mediaUrl)\b|PhoneNumber|\bto\s*[:=]/i.test(
      `${call.callee} ${call.args.join(' ')}`,
    );
  if (/^(?:post message|post ephemeral|create message)$/.test(name))
    return /\b(?:slack|chat|telegram|teams|discord|twilio|sms)\b/.test(whole);
  if (
    /\b(array|res|reply|response|lines|list|socket|router|history|navigate|stack|queue push|headers|request|xhr|http|metrics|log|logger|console)\b/.test(
      whole,
    )
  )
    return false;
  // What is pushed onto `messages` waits there.
  if (name === 'push')
    return /\b(push|pusher|web push|fcm|apns|expo|one ?signal|notifier|messaging)\b/.test(words(call.callee.slice(0, -4)));
  if (
    /^(send mass mail|send mail|send email|send emails|send sms|send push|send message|send messages|send notification|send notifications|notify users|notify all|mail admins|deliver now|deliver later|send each for multicast|send multicast|send bulk templated email|send templated email)$/.test(
      name,
    )
  )
    return true;
  return (
    /\b(send|notify|push|broadcast|deliver|publish)\b.*|\b(mail|email|sms)\b/.test(name) &&
    /\b(mail|mails|mailer|email|emails|sms|push|notification|notifications|notify|notifier|message|messages|messaging|slack|twilio|sendgrid|ses|fcm|apns|onesignal|postmark|mailgun|send|subscriber|smtp)\b/.test(
      whole,
    )
  );
}
