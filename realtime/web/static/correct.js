// Corrections: the user says what a glyph is; it is kept in a folder of theirs, where the server was given one.

import { $, element, post, toast } from "./page.js";

const LABELS = [..."0123456789", "x"];
const labels = new Map(); // place of a glyph -> what it is
let allowed = false;

export const pending = () => labels.size > 0;
export const named = (place) => labels.get(place);
export const meaning = (label) => (label === "x" ? "no digit" : label);

// onname: called with what the chosen glyph is, or null to take it back; onkeep: when what was said is to be kept.
export async function setUpCorrect(onname, onkeep) {
  $("correct-keys").append(
    ...LABELS.map((label) => {
      const button = element("button", { textContent: label, onclick: () => onname(label) });
      button.setAttribute("aria-label", meaning(label));
      button.setAttribute("aria-keyshortcuts", label);
      return button;
    }),
  );
  $("correct-keep").onclick = onkeep;
  window.addEventListener("beforeunload", (event) => labels.size && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (!allowed || $("sees").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (LABELS.includes(event.key)) onname(event.key);
    else if (["Backspace", "Delete"].includes(event.key)) onname(null);
    else return;
    event.preventDefault();
  });
  const health = await fetch("/api/health").then((answer) => answer.json()).catch(() => ({}));
  allowed = health.corrections === true;
  $("correct").hidden = !allowed;
  if (allowed) $("camera-promise").textContent = "Pictures go to this program alone; it keeps what you correct.";
}

// Says what a glyph is that was read as `read`; saying that again, or the same twice, takes it back.
export function name(place, label, read) {
  if (label === null || label === read || label === labels.get(place)) labels.delete(place);
  else labels.set(place, label);
  const now = labels.get(place);
  $("correct-said").textContent = now === undefined ? "No correction" : `Corrected to ${meaning(now)}`;
}

export function showCorrection(place, there) {
  for (const button of $("correct-keys").children) {
    button.disabled = !there;
    button.setAttribute("aria-pressed", String(button.textContent === labels.get(place)));
  }
  $("correct-keep").disabled = labels.size === 0;
  $("correct-keep").textContent = labels.size === 1 ? "Keep 1 correction" : `Keep ${labels.size || ""} corrections`;
}

// Sends what was said of a picture; whether nothing is left to be kept.
export async function keep({ blob, turn }) {
  if (labels.size === 0) return true;
  const sent = [...labels];
  labels.clear();
  try {
    const text = sent.map((pair) => pair.join(":")).join(",");
    const { kept } = await post(`/api/corrections?turn=${turn ? 1 : 0}&labels=${text}`, blob);
    toast(kept === 1 ? "Kept 1 correction" : `Kept ${kept} corrections`);
    return true;
  } catch (error) {
    for (const [place, label] of sent) labels.set(place, label);
    toast(`Not kept: ${error.message}`);
    return false;
  }
}
