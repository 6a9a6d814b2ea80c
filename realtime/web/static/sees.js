// How it sees: picture, ink, glyphs, 28x28 crops and probabilities of the last picture, or of the camera's.

import { area, between, inkIn, overlap } from "./boxes.js";
import { camera } from "./camera.js";
import * as correction from "./correct.js";
import { meaning, named, pending } from "./correct.js";
import { drawBand, drawSaid, over, turned } from "./overlay.js";
import { $, element, post, toast } from "./page.js";
import { onStroke } from "./stroke.js";

const SIDE = 28;
const CLASSES = [..."0123456789", "no digit"];
const WHY = { digit: "Not read here", "not sure": "May be a digit, but not surely enough", "no digit": "Taken for no digit" };
const BLUE = "#0072b2";
const GREY = "#9a968e";
const SAME = 0.8; // of the area of both: a box around a glyph that was seen

let kept = null; // { blob, name, turn }: what another view has read last
let seen = null; // { source, picture, ink, digitInk, crops, glyphs, overlapped, size } on show
let chosen = 0; // place of a glyph, -1 for none
let held = false;
let drawn = null; // the box that is being drawn
let looking = 0; // grows with every visit, so that an old loop sees that it is over

export function keepPicture(blob, name, turn = true) {
  kept = { blob, name, turn };
}

export function setUpSees() {
  for (const radio of document.getElementsByName("sees-layer")) radio.onchange = () => seen && paint();
  $("sees-hold").onclick = () => (held && pending() ? toast("Keep what was typed, or take it back, to go on") : hold(!held));
  onStroke($("sees-picture"), () => correction.allowed, stroke);
  $("sees-crops").addEventListener("keydown", walk);
  // Before the finger is lifted the next picture might have taken the place of this one.
  for (const id of ["sees-picture", "sees-crops"]) $(id).addEventListener("pointerdown", () => camera.running && hold(true));
  correction.setUpCorrect(correct, undo, keepAll);
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
  hold(camera.running && pending());
  $("sees-hold").hidden = !camera.running;
  $("sees-figures").ariaLive = camera.running ? "off" : "polite"; // nobody wants to hear of every frame
  if (!camera.running && pending()) {
    say(`${seen.source.name}: corrections that are not kept`);
    return paint();
  }
  if (!camera.running) return look((kept ??= await sample()), mine);
  while (mine === looking) {
    const shown = !held && camera.running && (await look({ blob: await camera.grab(), name: "the camera", turn: false }, mine, () => held));
    await new Promise((resolve) => setTimeout(resolve, shown || held ? 60 : 1000));
  }
}

export function leaveSees() {
  looking += 1;
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
  const { size, ink, digit_ink, crops, glyphs, overlapped, milliseconds } = record.seen;
  const images = [createImageBitmap(source.blob), image(ink), image(digit_ink), image(crops)];
  const [bitmap, inkImage, digitInk, cropsImage] = await Promise.all(images);
  const picture = turned(bitmap, record.turned ?? 0);
  bitmap.close();
  if (mine !== looking || tooLate()) return true;
  if (seen && pending()) return true; // typed while this was on its way
  seen = { source, picture, ink: inkImage, digitInk, crops: cropsImage, glyphs, overlapped, size };
  correction.begin(source, glyphs.length);
  drawn = null;
  chosen = Math.min(Math.max(chosen, 0), glyphs.length - 1);
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
  if (layer === "digitInk") dotOverlapped(context, unit);
  all().forEach(({ xyxy, digit }, i) => {
    const [x1, y1, x2, y2] = xyxy;
    context.strokeStyle = digit === null ? GREY : BLUE;
    context.lineWidth = (i === chosen ? 4 : digit === null ? 1 : 2) * unit;
    context.strokeRect(x1 - 2 * unit, y1 - 2 * unit, x2 - x1 + 4 * unit, y2 - y1 + 4 * unit);
  });
  all().forEach(({ xyxy }, i) => named(i) !== undefined && drawSaid(context, xyxy, named(i), i === chosen, unit, width));
  if (drawn) drawBand(context, drawn, unit);
  describe();
}

// Glyphs in whose place a likelier one stands.
function dotOverlapped(context, unit) {
  context.save();
  context.setLineDash([2 * unit, 3 * unit]);
  context.strokeStyle = GREY;
  context.lineWidth = unit;
  for (const [x1, y1, x2, y2] of seen.overlapped) context.strokeRect(x1, y1, x2 - x1, y2 - y1);
  context.restore();
}

// The glyphs that were seen, and after these those that the user has boxed.
function all() {
  return [...seen.glyphs, ...correction.boxes().map((xyxy) => ({ xyxy, digit: null, probabilities: null }))];
}

function describe() {
  const glyph = all()[chosen];
  const context = $("sees-crop").getContext("2d");
  context.clearRect(0, 0, SIDE, SIDE);
  const title = !glyph ? "Nothing chosen" : !glyph.probabilities ? "A box of yours" : glyph.digit === null ? WHY[glyph.fate] : `Read as ${glyph.digit}`;
  const now = named(chosen);
  $("sees-title").textContent = now === undefined ? title : `${title}, corrected to ${meaning(now)}`;
  if (glyph) drawCrop(context, chosen);
  const probabilities = glyph?.probabilities ?? CLASSES.map(() => 0);
  const best = glyph?.probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
  [...$("sees-bars").rows].forEach((row, i) => {
    row.classList.toggle("best", i === best);
    row.querySelector("meter").value = probabilities[i];
    row.lastChild.textContent = glyph?.probabilities ? `${(100 * probabilities[i]).toFixed(1)} %` : "";
  });
  correction.showCorrection(glyph ? chosen : -1);
}

// A glyph as the network gets it; of a box, which it has not got, the ink in it.
function drawCrop(context, i) {
  if (i < seen.glyphs.length) return context.drawImage(seen.crops, 0, i * SIDE, SIDE, SIDE, 0, 0, SIDE, SIDE);
  const scale = seen.ink.width / seen.size[0];
  const [x1, y1, x2, y2] = all()[i].xyxy.map((value) => value * scale);
  const fit = 20 / Math.max(x2 - x1, y2 - y1, 1);
  const [w, h] = [(x2 - x1) * fit, (y2 - y1) * fit];
  context.fillRect(0, 0, SIDE, SIDE);
  context.drawImage(seen.ink, x1, y1, x2 - x1, y2 - y1, (SIDE - w) / 2, (SIDE - h) / 2, w, h);
}

function listCrops() {
  const digits = seen.glyphs.filter(({ digit }) => digit !== null).length;
  $("sees-count").textContent = `${digits} digits, ${seen.glyphs.length - digits} other glyphs`;
  const focused = $("sees-crops").contains(document.activeElement);
  $("sees-crops").replaceChildren(
    ...all().map(({ digit, probabilities }, i) => {
      const crop = element("canvas", { width: SIDE, height: SIDE });
      drawCrop(crop.getContext("2d"), i);
      const button = element("button", { className: digit === null ? "crop no" : "crop", onclick: () => choose(i) }, crop);
      button.tabIndex = i === Math.max(chosen, 0) ? 0 : -1;
      button.setAttribute("aria-pressed", String(i === chosen));
      const said = named(i);
      const read = !probabilities ? "a box of yours" : digit === null ? "no digit" : `${digit}, ${Math.round(100 * Math.max(...probabilities))} percent`;
      button.setAttribute("aria-label", said === undefined ? read : `${read}, corrected to ${meaning(said)}`);
      if (said !== undefined) button.append(element("span", { className: "right", textContent: said, ariaHidden: "true" }));
      else if (digit !== null) button.append(element("span", { textContent: digit, ariaHidden: "true" }));
      return button;
    }),
  );
  if (focused) $("sees-crops").children[Math.max(chosen, 0)]?.focus();
}

// -1: nothing.
function choose(i) {
  if (camera.running) hold(true);
  const buttons = $("sees-crops").children;
  buttons[chosen]?.setAttribute("aria-pressed", "false");
  for (const button of buttons) button.tabIndex = -1;
  chosen = i;
  buttons[chosen]?.setAttribute("aria-pressed", "true");
  if (buttons.length) buttons[Math.max(chosen, 0)].tabIndex = 0;
  paint();
}

// The chosen glyph is what the user says.
function correct(label) {
  const glyph = seen && all()[chosen];
  if (!glyph) return toast("Nothing is chosen: choose a glyph, or draw a box around one");
  if (camera.running) hold(true);
  correction.name(chosen, label, !glyph.probabilities ? null : glyph.digit === null ? "x" : String(glyph.digit));
  listCrops();
  paint();
}

async function undo() {
  if (!seen) return;
  chosen = (await correction.undo()) ?? chosen;
  if (chosen >= all().length) chosen = -1;
  listCrops();
  paint();
}

async function keepAll() {
  if (!pending() || !(await correction.keep())) return;
  if (!camera.running && kept && kept !== seen.source) return look(kept, looking); // it has waited
  listCrops();
  paint();
}

// Arrow keys go from crop to crop.
function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const buttons = $("sees-crops").children;
  if (!step || !buttons.length) return;
  event.preventDefault();
  choose(chosen < 0 ? 0 : (chosen + step + buttons.length) % buttons.length);
  buttons[chosen].focus();
}

// A tap on the picture chooses what is under it, or nothing; a drag draws a box around a glyph that was missed.
function stroke({ from, to, drag, done }) {
  if (!seen) return;
  const [begin, end] = [from, to].map(([x, y]) => [x * seen.size[0], y * seen.size[1]]);
  const xyxy = between(begin, end, seen.size);
  drawn = done ? null : xyxy;
  if (!done) paint();
  else if (drag) box(xyxy);
  else choose(under(begin));
}

// The place of the smallest glyph under a point, -1 for none.
function under([x, y]) {
  let best = -1;
  all().forEach(({ xyxy }, i) => {
    const [x1, y1, x2, y2] = xyxy;
    const inside = x >= x1 && x < x2 && y >= y1 && y < y2;
    if (inside && (best < 0 || area(xyxy) < area(all()[best].xyxy))) best = i;
  });
  return best;
}

// Chooses the glyph that is in a box: one that was seen, or else a new one.
function box(xyxy) {
  const ink = inkIn(seen.ink, seen.size, xyxy);
  if (!ink) {
    choose(-1);
    return toast("There is no ink in that box");
  }
  const shares = seen.glyphs.map((glyph) => overlap(glyph.xyxy, ink));
  const best = shares.indexOf(Math.max(...shares));
  const digit = seen.glyphs.findIndex((glyph, i) => glyph.digit !== null && shares[i] >= SAME);
  const place = digit >= 0 ? digit : shares[best] >= SAME ? best : correction.addBox(xyxy);
  listCrops();
  choose(place);
}
