// How it sees: picture, ink, glyphs, 28x28 crops and probabilities of the last picture, or of the camera's.

import { camera } from "./camera.js";
import { keep, meaning, name, named, pending, setUpCorrect, showCorrection } from "./correct.js";
import { over, turned } from "./overlay.js";
import { $, element, post } from "./page.js";

const SIDE = 28;
const CLASSES = [..."0123456789", "no digit"];
const BLUE = "#0072b2";
const GREY = "#9a968e";
const GREEN = "#009e73"; // put right by the user

let kept = null; // { blob, name, turn }: what another view has read last
let seen = null; // { source, picture, ink, crops, glyphs, size } on show
let chosen = 0;
let held = false;
let keeping = null; // the corrections that are on their way
let looking = 0; // grows with every visit, so that an old loop sees that it is over

export function keepPicture(blob, name, turn = true) {
  kept = { blob, name, turn };
}

export function setUpSees() {
  for (const radio of document.getElementsByName("sees-layer")) radio.onchange = () => seen && paint();
  $("sees-hold").onclick = async () => (!held || (await keepAll())) && hold(!held);
  $("sees-picture").addEventListener("click", pick);
  $("sees-crops").addEventListener("keydown", walk);
  // Before the finger is lifted the next picture might have taken the place of this one.
  for (const id of ["sees-picture", "sees-crops"]) $(id).addEventListener("pointerdown", () => camera.running && hold(true));
  setUpCorrect(correct, keepAll);
  $("sees-bars").append(
    ...CLASSES.map((name) => {
      const meter = element("meter", { min: 0, max: 1, value: 0 });
      meter.setAttribute("aria-label", name);
      return element("tr", {}, element("th", { scope: "row", textContent: name }), element("td", {}, meter), element("td", { textContent: "" }));
    }),
  );
  window.addEventListener("resize", () => seen && paint());
}

export async function enterSees() {
  const mine = ++looking;
  await keeping;
  if (mine !== looking) return;
  hold(camera.running && pending());
  $("sees-hold").hidden = !camera.running;
  $("sees-figures").ariaLive = camera.running ? "off" : "polite"; // nobody wants to hear of every frame
  if (!camera.running) return pending() ? paint() : look(kept ?? (await sample()), mine);
  while (mine === looking) {
    const shown = !held && camera.running && (await look({ blob: await camera.grab(), name: "the camera", turn: false }, mine, () => held));
    await new Promise((resolve) => setTimeout(resolve, shown || held ? 60 : 1000));
  }
}

export function leaveSees() {
  looking += 1;
  keepAll();
}

async function sample() {
  const [first] = await fetch("/api/samples").then((answer) => answer.json()).catch(() => []);
  if (!first) return null;
  const blob = await fetch(`/api/samples/${first.file}`).then((answer) => answer.blob());
  return { blob, name: first.file, turn: true };
}

// Whether the picture was read.
async function look(source, mine, tooLate = () => false) {
  if (!source?.blob) return say("Show something to the camera, upload a photo or draw: then come back.");
  let record;
  try {
    record = await post(`/api/recognize?trace=1&turn=${source.turn ? 1 : 0}`, source.blob);
  } catch (error) {
    return say(error.message);
  }
  const { size, ink, crops, glyphs, milliseconds } = record.seen;
  const [bitmap, inkImage, cropsImage] = await Promise.all([createImageBitmap(source.blob), image(ink), image(crops)]);
  const picture = turned(bitmap, record.turned ?? 0);
  bitmap.close();
  if (mine !== looking || tooLate()) return true;
  seen = { source, picture, ink: inkImage, crops: cropsImage, glyphs, size };
  chosen = Math.min(chosen, Math.max(0, glyphs.length - 1));
  const stages = Object.entries(milliseconds).map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`).join(", ");
  say(`${source.name}: ${stages} ms`);
  $("sees-stage").style.setProperty("--aspect", size[0] / size[1]);
  listCrops();
  paint();
  return true;
}

function say(text) {
  $("sees-figures").textContent = text;
}

function image(url) {
  const picture = new Image();
  picture.src = url;
  return picture.decode().then(() => picture);
}

function hold(on) {
  held = on;
  $("sees-hold").setAttribute("aria-pressed", String(on));
  $("sees-hold").textContent = on ? "Go on" : "Hold still";
}

function paint() {
  const [width, height] = seen.size;
  const [context, unit] = over($("sees-picture"), width, height);
  const layer = document.querySelector("[name=sees-layer]:checked").value;
  context.drawImage(seen[layer], 0, 0, width, height);
  seen.glyphs.forEach(({ xyxy, digit }, i) => {
    const [x1, y1, x2, y2] = xyxy;
    context.strokeStyle = named(i) !== undefined ? GREEN : digit === null ? GREY : BLUE;
    context.lineWidth = (i === chosen ? 4 : digit === null ? 1 : 2) * unit;
    context.strokeRect(x1 - 2 * unit, y1 - 2 * unit, x2 - x1 + 4 * unit, y2 - y1 + 4 * unit);
  });
  describe();
}

function describe() {
  const glyph = seen.glyphs[chosen];
  const context = $("sees-crop").getContext("2d");
  context.clearRect(0, 0, SIDE, SIDE);
  const title = !glyph ? "No glyph" : glyph.digit === null ? "Not taken for a digit" : `Read as ${glyph.digit}`;
  const now = named(chosen);
  $("sees-title").textContent = now === undefined ? title : `${title}, corrected to ${meaning(now)}`;
  if (glyph) context.drawImage(seen.crops, 0, chosen * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE);
  const probabilities = glyph?.probabilities ?? CLASSES.map(() => 0);
  const best = glyph ? probabilities.indexOf(Math.max(...probabilities)) : -1;
  [...$("sees-bars").rows].forEach((row, i) => {
    row.classList.toggle("best", i === best);
    row.querySelector("meter").value = probabilities[i];
    row.lastChild.textContent = glyph ? `${(100 * probabilities[i]).toFixed(1)} %` : "";
  });
  showCorrection(chosen, Boolean(glyph));
}

function listCrops() {
  const digits = seen.glyphs.filter(({ digit }) => digit !== null).length;
  $("sees-count").textContent = `${digits} digits, ${seen.glyphs.length - digits} other glyphs`;
  const focused = $("sees-crops").contains(document.activeElement);
  $("sees-crops").replaceChildren(
    ...seen.glyphs.map(({ digit, probabilities }, i) => {
      const crop = element("canvas", { width: SIDE, height: SIDE });
      crop.getContext("2d").drawImage(seen.crops, 0, i * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE);
      const percent = Math.round(100 * Math.max(...probabilities));
      const button = element("button", { className: digit === null ? "crop no" : "crop", onclick: () => choose(i) }, crop);
      button.tabIndex = i === chosen ? 0 : -1;
      button.setAttribute("aria-pressed", String(i === chosen));
      const said = named(i);
      const read = digit === null ? "no digit" : `${digit}, ${percent} percent`;
      button.setAttribute("aria-label", said === undefined ? read : `${read}, corrected to ${meaning(said)}`);
      if (said !== undefined) button.append(element("span", { className: "right", textContent: said, ariaHidden: "true" }));
      else if (digit !== null) button.append(element("span", { textContent: digit, ariaHidden: "true" }));
      return button;
    }),
  );
  if (focused) $("sees-crops").children[chosen]?.focus();
}

function choose(i) {
  if (camera.running) hold(true);
  const buttons = $("sees-crops").children;
  buttons[chosen]?.setAttribute("aria-pressed", "false");
  if (buttons[chosen]) buttons[chosen].tabIndex = -1;
  chosen = i;
  buttons[chosen].setAttribute("aria-pressed", "true");
  buttons[chosen].tabIndex = 0;
  paint();
}

// The chosen glyph is what the user says; null: nothing was said.
function correct(label) {
  const glyph = seen?.glyphs[chosen];
  if (!glyph) return;
  if (camera.running) hold(true);
  name(chosen, label, glyph.digit === null ? "x" : String(glyph.digit));
  listCrops();
  paint();
}

// Whether nothing is left to be kept.
function keepAll() {
  if (!pending()) return true;
  keeping = keep(seen.source).then((done) => {
    listCrops();
    paint();
    return done;
  });
  return keeping;
}

// Arrow keys go from crop to crop.
function walk(event) {
  if (event.key === "Enter" && pending()) {
    event.preventDefault(); // it is chosen already
    keepAll();
  }
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !seen?.glyphs.length) return;
  event.preventDefault();
  choose((chosen + step + seen.glyphs.length) % seen.glyphs.length);
  $("sees-crops").children[chosen].focus();
}

// A tap on the picture chooses the smallest glyph under it.
function pick(event) {
  if (!seen) return;
  const box = event.target.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * seen.size[0];
  const y = ((event.clientY - box.top) / box.height) * seen.size[1];
  const area = ([x1, y1, x2, y2]) => (x2 - x1) * (y2 - y1);
  let best = -1;
  seen.glyphs.forEach(({ xyxy }, i) => {
    const [x1, y1, x2, y2] = xyxy;
    const inside = x >= x1 && x < x2 && y >= y1 && y < y2;
    if (inside && (best < 0 || area(xyxy) < area(seen.glyphs[best].xyxy))) best = i;
  });
  if (best >= 0) choose(best);
}
