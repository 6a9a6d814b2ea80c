// What numbers look like, and the part of the picture that is read: for camera, photos and videos, kept by the browser.

import { $ } from "./page.js";

const KEPT = "digits.options";
const NAMES = ["expect", "region"];
const listeners = [];
let now = {};

// Calls `onchange` when the user has asked for something else.
export function onOptions(onchange) {
  listeners.push(onchange);
}

// The options as a part of an address: "" or "&expect=4-8&region=...".
export function asked() {
  return NAMES.filter((name) => now[name]).map((name) => `&${name}=${encodeURIComponent(now[name])}`).join("");
}

// Sets one, as if the user had typed it.
export function setOption(name, value) {
  $(`option-${name}`).value = value;
  return change();
}

export function setUpOptions() {
  try {
    now = JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    now = {}; // the browser keeps nothing, or somebody else has written there
  }
  for (const name of NAMES) {
    $(`option-${name}`).value = now[name] ?? "";
    $(`option-${name}`).onchange = change;
  }
  $("options").open = Boolean(asked());
  $("options-clear").onclick = () => {
    for (const name of NAMES) $(`option-${name}`).value = "";
    change();
  };
  change();
}

async function change() {
  const wanted = Object.fromEntries(NAMES.map((name) => [name, $(`option-${name}`).value.trim()]));
  const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
  const check = () => fetch(`/api/check?${query}`).then((answer) => answer.json()).catch(() => ({}));
  const said = query.size ? ((await check()).error ?? "") : "";
  $("options-said").textContent = said;
  $("options-clear").hidden = query.size === 0;
  for (const name of NAMES) $(`option-${name}`).setAttribute("aria-invalid", String(said.startsWith(name)));
  if (said || NAMES.every((name) => wanted[name] === (now[name] ?? ""))) return;
  now = wanted;
  try {
    localStorage.setItem(KEPT, JSON.stringify(now));
  } catch {
    // it is there until the page is left
  }
  for (const listener of listeners) listener();
}
