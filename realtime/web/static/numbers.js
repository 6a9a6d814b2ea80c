// Numbers of a photo that the user edits as text: the record as it is then, and which digits were put right.

import { element, toast } from "./page.js";

// The record after the number at this line and place was edited to `text`; an empty text strikes it out.
export function corrected(record, line, number, text) {
  const mine = (item) => item.line === line && item.number === number;
  const before = record.numbers.find(mine).text;
  const numbers = record.numbers.map((item) => (mine(item) ? { ...item, text, corrected: true } : item)).filter((item) => item.text);
  let at = 0;
  const digits = record.digits.flatMap((digit) => {
    if (!mine(digit)) return [digit];
    // Of a text that is longer or shorter nobody knows which digit stands where.
    if (text.length !== before.length) return [];
    const meant = Number(text[at++]);
    return [meant === digit.digit ? digit : { ...digit, digit: meant, corrected: true }];
  });
  const lines = record.lines.map((_, i) => numbers.filter((item) => item.line === i).map((item) => item.text).join(" "));
  return { ...record, lines, digits, numbers };
}

// Which digits of a record as it was read are others now, as `labels` of the API: "3:5,7:0".
export function labels(read, now) {
  const place = ({ xyxy }) => xyxy.join();
  const meant = new Map(now.digits.map((digit) => [place(digit), digit.digit]));
  const differs = (digit) => (meant.get(place(digit)) ?? digit.digit) !== digit.digit;
  return read.digits.flatMap((digit, i) => (differs(digit) ? [`${i}:${meant.get(place(digit))}`] : [])).join();
}

// Shows the numbers, each to be edited; `onedit` is called with line, number and text.
export function showNumbers(box, record, onedit) {
  const rows = record.lines.map((_, line) =>
    element("div", {}, ...record.numbers.filter((item) => item.line === line).flatMap((item) => [" ", field(item, onedit)]).slice(1)),
  );
  box.replaceChildren(...rows.filter((row) => row.childNodes.length));
  box.style.setProperty("--longest", Math.max(6, ...record.lines.map((line) => line.length)));
  box.classList.toggle("many", record.lines.length > 4);
}

function field({ line, number, text, fits }, onedit) {
  const node = element("span", { className: fits === false ? "number unfit" : "number", textContent: text, spellcheck: false, inputMode: "numeric" });
  node.setAttribute("contenteditable", "plaintext-only");
  node.setAttribute("role", "textbox");
  node.setAttribute("aria-label", fits === false ? `Number ${text}, not as it should look` : `Number ${text}`);
  node.onkeydown = (event) => {
    if (event.key === "Escape") node.textContent = text;
    if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    node.blur();
  };
  node.onblur = () => {
    const typed = node.textContent.replace(/\s/g, "");
    if (/^\d*$/.test(typed)) return typed !== text && onedit(line, number, typed);
    toast("A number has digits only");
    node.textContent = text;
  };
  return node;
}
