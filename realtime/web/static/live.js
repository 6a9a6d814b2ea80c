// The live connection: one picture in flight, and a new connection by itself when the old one is gone.

import { asked } from "./options.js";

const SHORTEST = 250;
const LONGEST = 8000;
const PATIENCE = 10_000; // ms for an answer
const REASONS = {
  "too many clients": "Too many are watching at once. Waiting for a place …",
  idle: "Connecting again …", // nobody looked for a while
};

export class Live {
  #socket = null;
  #waiting = null; // resolves with the answer to the picture in flight
  #pause = SHORTEST;
  #wanted = false;
  #timer;

  constructor(onstate) {
    this.onstate = onstate; // called with true when connected, and with false and a reason when not
  }

  get ready() {
    return this.#socket?.readyState === WebSocket.OPEN && this.#waiting === null;
  }

  open() {
    this.#wanted = true;
    this.#pause = SHORTEST;
    this.#connect();
  }

  close() {
    this.#wanted = false;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#waiting?.(null);
  }

  // The answer to a picture; null where the connection was lost meanwhile.
  ask(blob) {
    const socket = this.#socket;
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        socket.close();
        this.#waiting(null);
      }, PATIENCE);
      this.#waiting = (answer) => {
        clearTimeout(late);
        this.#waiting = null;
        resolve(answer);
      };
      socket.send(blob);
    });
  }

  #connect() {
    if (!this.#wanted || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/live?${asked().slice(1)}`);
    this.#socket = socket;
    socket.onopen = () => this.onstate(true, "");
    socket.onmessage = (event) => {
      this.#pause = SHORTEST;
      this.#waiting?.(JSON.parse(event.data));
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#waiting?.(null);
      if (!this.#wanted) return;
      this.onstate(false, REASONS[event.reason] ?? "The server is gone. Trying again …");
      this.#timer = setTimeout(() => this.#again(), this.#pause * (0.75 + Math.random() / 2));
      this.#pause = Math.min(this.#pause * 2, LONGEST);
    };
  }

  #again() {
    if (!document.hidden) this.#connect();
    else document.addEventListener("visibilitychange", () => this.#again(), { once: true });
  }
}
