// Corrections: the user says what a glyph is, or boxes one that was missed; they go to a folder of theirs, where the
// server was given one. Nothing is kept before Enter or the button, and all of it can be taken back.

import { $, element, post, send, toast } from "./page.js";

const LABELS = [..."0123456789", "x"];
const NONE = { labels: new Map(), boxes: [] };

// What was said of one picture, a state for each step: labels, from the place of a glyph to what it is; boxes, whose places
// come after those of the glyphs that were seen; and `at`, the place of which something was said last.
let states = [NONE];
let saved = NONE; // the state that was kept
let source = null; // the picture they are of
let glyphs = 0; // that were seen in it
let sending = null; // what is on its way to the server
const kept = []; // { blob, state, word }: what can be taken back, the last one last
export let allowed = false;

const now = () => states.at(-1);
const same = (a, b) => a === b || (a.labels.size === b.labels.size && [...a.labels].every(([place, label]) => b.labels.get(place) === label && a.boxes[place - glyphs] === b.boxes[place - glyphs]));
const keptOf = (picture) => kept.findLast(({ blob }) => blob === picture?.blob);
const amount = (n) => (n === 1 ? "1 correction" : `${n} corrections`);

export const pending = () => !same(now(), saved);
export const named = (place) => now().labels.get(place);
export const boxes = () => now().boxes;
export const meaning = (label) => (label === "x" ? "no digit" : label);

// onname: called with what the chosen glyph is; onundo and onkeep: when the user wants that.
export async function setUpCorrect(onname, onundo, onkeep) {
  $("correct-keys").append(
    ...LABELS.map((label) => {
      const button = element("button", { textContent: label, onclick: () => onname(label) });
      button.setAttribute("aria-label", meaning(label));
      button.setAttribute("aria-keyshortcuts", label);
      return button;
    }),
  );
  $("correct-undo").onclick = onundo;
  $("correct-keep").onclick = onkeep;
  window.addEventListener("beforeunload", (event) => pending() && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (!allowed || $("sees").hidden || event.altKey) return;
    const control = event.ctrlKey || event.metaKey;
    if (control ? event.key === "z" && !event.shiftKey : event.key === "Backspace") onundo();
    else if (control) return;
    else if (LABELS.includes(event.key)) onname(event.key);
    else if (event.key === "Enter" && pending() && !event.target.closest?.("button:not(.crop), a, input")) onkeep();
    else return;
    event.preventDefault();
  });
  const health = await fetch("/api/health").then((answer) => answer.json()).catch(() => ({}));
  allowed = health.corrections === true;
  $("correct").hidden = !allowed;
  $("sees-picture").classList.toggle("drawn-on", allowed);
  if (allowed) $("camera-promise").textContent = "Pictures go to this program alone; it keeps what you correct.";
}

// A picture in which so many glyphs were seen. What was kept of it before is still said of it.
export function begin(picture, seen) {
  const state = keptOf(picture)?.state;
  [source, glyphs, states, saved] = [picture, seen, state ? [NONE, state] : [NONE], state ?? NONE];
}

// Says what a glyph is that was read as `read`; saying that again, or the same twice, takes it back.
export function name(place, label, read) {
  const labels = new Map(now().labels);
  if (label === read || label === labels.get(place)) labels.delete(place);
  else labels.set(place, label);
  states.push({ ...now(), labels, at: place });
}

// The place of a box around a glyph that was missed, xyxy in pixels of the picture.
export function addBox(xyxy) {
  const at = glyphs + boxes().length;
  states.push({ ...now(), boxes: [...boxes(), xyxy], at });
  return at;
}

export function showCorrection(place) {
  const { labels } = now();
  const label = labels.get(place);
  for (const button of $("correct-keys").children) {
    button.disabled = place < 0;
    button.setAttribute("aria-pressed", String(button.textContent === label));
  }
  $("correct-undo").disabled = states.length === 1 && kept.length === 0;
  $("correct-keep").disabled = !pending();
  $("correct-keep").textContent = labels.size ? `Keep ${amount(labels.size)}` : "Keep corrections";
  const typed = label !== undefined ? `Typed ${label === "x" ? "x, no digit" : label}` : pending() ? `${labels.size} typed` : "";
  const hint = place < 0 ? "Nothing is chosen: choose a glyph, or draw a box around one that was missed." : "";
  $("correct-said").textContent = !pending() ? hint : `${typed}: Enter keeps, Backspace takes back.${hint && ` ${hint}`}`;
}

// Takes back the last label or box, and answers whose it was; or else what was kept last.
export async function undo() {
  if (sending) return;
  if (now() !== saved && states.length > 1) return states.pop().at;
  if (kept.length) await takeBack(keptOf(source) ?? kept.at(-1));
  else toast("There is nothing to take back");
}

// Sends what was said; whether nothing is left to be kept.
export function keep() {
  if (!pending()) return Promise.resolve(true);
  sending ??= store().finally(() => (sending = null));
  return sending;
}

async function store() {
  const [state, of, earlier] = [now(), source, keptOf(source)];
  try {
    if (state.labels.size) {
      const { kept: count, undo: word } = await post(`/api/corrections?${query(state, of)}`, of.blob);
      kept.push({ blob: of.blob, state, word });
      toast(`Kept ${amount(count)}`);
    }
    // One glyph must not be kept twice, as two digits.
    if (earlier) await forget(earlier);
  } catch (error) {
    toast(`Not kept: ${error.message}`);
    return false;
  }
  if (of === source) saved = state;
  return true;
}

function query({ labels, boxes }, { turn }) {
  const said = [...labels];
  const seen = said.filter(([place]) => place < glyphs).map((pair) => pair.join(":"));
  const boxed = said.filter(([place]) => place >= glyphs).map(([place, label]) => `${boxes[place - glyphs].join(",")}:${label}`);
  return [`turn=${turn ? 1 : 0}`, ...(seen.length ? [`labels=${seen.join(",")}`] : []), ...(boxed.length ? [`boxes=${boxed.join(";")}`] : [])].join("&");
}

async function takeBack(entry) {
  sending = forget(entry);
  try {
    toast(`Took back ${amount(await sending)}`);
    if (entry.blob === source?.blob) saved = NONE;
  } catch (error) {
    toast(`Not taken back: ${error.message}`);
  } finally {
    sending = null;
  }
}

// Has the server remove what it kept; how many glyphs that were.
async function forget(entry) {
  const answer = await send(`/api/corrections?undo=${entry.word}`, undefined, undefined, "DELETE");
  kept.splice(kept.indexOf(entry), 1);
  return (await answer.json()).removed;
}
