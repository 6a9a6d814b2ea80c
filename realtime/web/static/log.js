// The readings so far, newest first.

import { element, spoken } from "./page.js";

const KEPT = 50;

export class ReadingLog {
  #readings = [];

  // list: the <ol>; head: what is shown with it; said: what a screen reader is told.
  constructor(list, head, said) {
    Object.assign(this, { list, head, said });
  }

  get text() {
    return this.#readings.map((lines) => lines.join("\n")).join("\n\n");
  }

  add(lines) {
    const now = new Date();
    this.#readings.unshift(lines);
    this.#readings.length = Math.min(this.#readings.length, KEPT);
    const clock = now.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    const text = element("div", {}, ...lines.map((line) => element("div", { textContent: line })));
    this.list.prepend(element("li", {}, element("time", { textContent: clock, dateTime: now.toISOString() }), text));
    while (this.list.children.length > KEPT) this.list.lastChild.remove();
    this.head.hidden = false;
    this.said.textContent = spoken(lines);
  }
}
