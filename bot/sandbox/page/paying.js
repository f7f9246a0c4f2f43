// Stars: asked before they are paid, and told when nothing came of it.
import { confirmBox, toast } from "./overlays.js";
import { changed, pressKey, state } from "./state.js";
import { count, say } from "./words.js";

const PAY_MS = 10_000; // as long as Telegram waits for a bot's word on a checkout
const DAY_S = 86_400;

const starsOf = (stars) => count("Star|Stars", stars);

function asked(title, stars, price = starsOf(stars)) {
  const question = say("{title}: pay {price}?", { title, price });
  return confirmBox(question, say("Pay {price}", { price: starsOf(stars) }), { no: say("Not now"), danger: false });
}

/** The Pay button below an invoice. */
export async function pay(message) {
  const { title, stars } = message.invoice;
  const key = pressKey(message, "pay");
  if (state.pressed.has(key) || !(await asked(title, stars))) return;
  state.pressed.add(key);
  changed();
  setTimeout(() => {
    if (state.pressed.delete(key)) toast(say("The bot did not answer in time. Nothing was paid."));
    changed();
  }, PAY_MS);
  try {
    await state.api.pay(message.chat_id, message.id);
  } catch (error) {
    state.pressed.delete(key);
    toast(error.message);
    changed();
  }
}

/** A link to an invoice, which Telegram opens in place. */
export async function payLink(slug) {
  try {
    const { title, stars, period_s: period } = await state.api.invoice(slug);
    const days = period && count("day|days", period / DAY_S);
    const price = days ? say("{price} every {days}", { price: starsOf(stars), days }) : starsOf(stars);
    if (await asked(title, stars, price)) await state.api.payLink(slug);
  } catch (error) {
    toast(error.message);
  }
}
