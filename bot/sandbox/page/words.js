// The page's own words in the language of the person: English is the key, another language is a dictionary.
import { russian } from "./russian.js";

const DICTIONARIES = { en: {}, ru: russian };
const LOCALES = { en: "en-GB", ru: "ru" };
const MARKED = ["aria-label", "title", "placeholder"];
const hearers = new Set();

let language = "en";

/** How numbers and dates are written here. */
export const locale = () => LOCALES[language];

/** What to do before the page goes on in another language: whatever is drawn again, is taken away. */
export const onLanguage = (hearer) => hearers.add(hearer);

/** These words in the person's language; `{name}` is a value. */
export function say(english, values = {}) {
  const words = DICTIONARIES[language][english] ?? english;
  return words.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** One of several forms by its number: "1 Star", "3 звезды". */
export function count(forms, number) {
  const [one, few, many] = say(forms).split("|");
  const form = { one, few }[new Intl.PluralRules(language).select(number)] ?? many ?? few;
  return `${number} ${form}`;
}

/** Go on in the language of a person; one that the page does not speak is English. */
export function speak(code) {
  const next = code in DICTIONARIES ? code : "en";
  if (next === language) return;
  for (const hearer of hearers) hearer();
  const told = retelling(language, next);
  language = next;
  document.documentElement.lang = next;
  retell(document.body, told);
}

/** Words of one language → words of another one, through English. */
function retelling(from, to) {
  const keys = Object.keys(russian);
  return new Map(keys.map((key) => [DICTIONARIES[from][key] ?? key, DICTIONARIES[to][key] ?? key]));
}

/** What stands all the time is told anew where it stands. */
function retell(root, told) {
  for (const node of [root, ...root.querySelectorAll("*")])
    for (const name of MARKED)
      if (told.has(node.getAttribute(name))) node.setAttribute(name, told.get(node.getAttribute(name)));
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: text } = walker;
    if (told.has(text.data.trim())) text.data = text.data.replace(text.data.trim(), () => told.get(text.data.trim()));
  }
}
