// Draw: strokes of mouse, finger or pen, read while they are drawn.

import { clear, drawDigits, over } from "./overlay.js";
import { $, post, showReading, spoken, toBlob } from "./page.js";
import { keepPicture } from "./sees.js";

const paper = $("draw-paper");
const overlay = $("draw-overlay");
const strokes = []; // lists of [x, y] in pixels of the paper
let active = null; // id of the pointer that draws
let reading = false;
let stale = false; // drawn on since the picture in flight

export function setUpDraw() {
  if (window.matchMedia("(max-width: 560px)").matches) [paper.width, paper.height] = [1000, 1000];
  $("draw-stage").style.setProperty("--aspect", paper.width / paper.height); // also once the phone is turned
  paint();
  paper.addEventListener("pointerdown", begin);
  paper.addEventListener("pointermove", go);
  for (const kind of ["pointerup", "pointercancel"]) paper.addEventListener(kind, end);
  $("draw-undo").onclick = undo;
  $("draw-clear").onclick = () => {
    strokes.length = 0;
    changed();
  };
  document.addEventListener("keydown", (event) => {
    if (!$("draw").hidden && event.key === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      undo();
    }
  });
}

function begin(event) {
  if (active !== null || event.button > 0) return;
  active = event.pointerId;
  paper.setPointerCapture(active);
  strokes.push([place(event)]);
  changed();
}

function go(event) {
  if (event.pointerId !== active) return;
  const all = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1).push(...(all.length ? all : [event]).map(place));
  changed();
}

function end(event) {
  if (event.pointerId !== active) return;
  active = null;
  changed();
}

function undo() {
  if (active !== null) return;
  strokes.pop();
  changed();
}

function place(event) {
  const box = paper.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * paper.width, ((event.clientY - box.top) / box.height) * paper.height];
}

function paint() {
  const context = paper.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, paper.width, paper.height);
  context.strokeStyle = context.fillStyle = "#14213d";
  context.lineWidth = paper.width / 90;
  context.lineCap = context.lineJoin = "round";
  for (const points of strokes) {
    const [first, ...others] = points;
    context.beginPath();
    context.moveTo(...first);
    // Through the middles, bent at the points: round where the pointer was only seen now and then.
    others.forEach((point, i) => {
      const next = others[i + 1] ?? point;
      context.quadraticCurveTo(...point, (point[0] + next[0]) / 2, (point[1] + next[1]) / 2);
    });
    if (others.length === 0) context.lineTo(...first);
    context.stroke();
  }
}

function changed() {
  paint();
  $("draw-hint").hidden = strokes.length > 0;
  $("draw-undo").disabled = $("draw-clear").disabled = strokes.length === 0;
  stale = true;
  if (!reading) read();
}

async function read() {
  reading = true;
  while (stale) {
    stale = false;
    if (strokes.length === 0) {
      show({ digits: [], lines: [], size: [paper.width, paper.height] });
      continue;
    }
    const begun = performance.now();
    const blob = await toBlob(paper, "image/png");
    try {
      show(await post("/api/recognize?turn=0&name=drawing.png", blob));
      $("draw-figures").textContent = `${Math.round(performance.now() - begun)} ms`;
      keepPicture(blob, "your drawing", false);
    } catch (error) {
      $("draw-figures").textContent = $("draw-said").textContent = error.message;
    }
  }
  reading = false;
}

function show({ digits, lines, size }) {
  clear(overlay);
  const [context, unit] = over(overlay, ...size);
  drawDigits(context, digits, unit, size);
  showReading($("draw-reading"), lines);
  const text = spoken(lines);
  if (active === null && $("draw-said").textContent !== text) $("draw-said").textContent = text;
}
