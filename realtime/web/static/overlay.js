// Boxes and digits over a picture, in the picture's own pixels: blue where sure, orange with a percentage where not.

import { placeLabel } from "./labels.js";

const SURE = 0.9;
const BLUE = "#0072b2";
const ORANGE = "#d55e00";
const PURPLE = "#a451a7"; // of a number that is not of the form that was asked for
const GREEN = "#009e73"; // what the user says
const PLATE = "#007a59"; // behind white text

// unit: how many of the picture's pixels are one of the screen. numbers: of the record, to know which are of no form.
export function drawDigits(context, digits, unit, [width, height], numbers = []) {
  const unfit = new Set(numbers.filter(({ fits }) => fits === false).map(({ line, number }) => `${line}.${number}`));
  const taken = digits.map(({ xyxy }) => xyxy);
  context.textBaseline = "middle";
  for (const { digit, confidence, xyxy, line, number } of digits) {
    const [x1, y1, x2, y2] = xyxy;
    const sure = confidence >= SURE;
    const gap = 3 * unit;
    context.strokeStyle = context.fillStyle = unfit.has(`${line}.${number}`) ? PURPLE : sure ? BLUE : ORANGE;
    context.globalAlpha = sure ? 1 : 0.75;
    context.lineWidth = 2 * unit;
    context.beginPath();
    context.roundRect(x1 - gap, y1 - gap, x2 - x1 + 2 * gap, y2 - y1 + 2 * gap, 4 * unit);
    context.stroke();

    const largest = Math.max(13 * unit, Math.min(26 * unit, (y2 - y1) * 0.4));
    const percent = `${digit} ${Math.floor(confidence * 100)}%`;
    const texts = [...(sure ? [] : [[percent, largest]]), [String(digit), largest], [String(digit), 11 * unit]];
    const sizes = texts.map(([text, size]) => {
      context.font = `700 ${size}px system-ui, sans-serif`;
      return [context.measureText(text).width + size * 0.6, size * 1.25];
    });
    const place = placeLabel([x1, y1, x2, y2], sizes, gap + unit, taken, [width, height]);
    if (place) {
      const [left, top, i] = place;
      const [[text, size], [plate, high]] = [texts[i], sizes[i]];
      taken.push([left, top, left + plate, top + high]);
      context.font = `700 ${size}px system-ui, sans-serif`;
      context.beginPath();
      context.roundRect(left, top, plate, high, 4 * unit);
      context.fill();
      context.globalAlpha = 1;
      context.fillStyle = "#fff";
      context.fillText(text, left + size * 0.3, top + high * 0.54);
    }
    context.globalAlpha = 1;
  }
}

// What the user says of the glyph in a box, "x" for no digit.
export function drawSaid(context, [x1, y1, x2, y2], label, chosen, unit, width) {
  context.strokeStyle = GREEN;
  context.lineWidth = (chosen ? 5 : 3) * unit;
  context.strokeRect(x1 - 3 * unit, y1 - 3 * unit, x2 - x1 + 6 * unit, y2 - y1 + 6 * unit);
  const size = Math.max(15 * unit, Math.min(28 * unit, (y2 - y1) * 0.45));
  context.font = `700 ${size}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const plate = context.measureText(label).width + size * 0.7;
  const high = size * 1.3;
  const left = Math.min(Math.max((x1 + x2 - plate) / 2, 0), width - plate);
  const above = y1 - 6 * unit - high;
  const top = above >= 0 ? above : y2 + 6 * unit;
  context.fillStyle = PLATE;
  context.beginPath();
  context.roundRect(left, top, plate, high, 4 * unit);
  context.fill();
  context.fillStyle = "#fff";
  context.fillText(label, left + size * 0.35, top + high * 0.54);
}

// The box that is being drawn: seen on every paper.
export function drawBand(context, [x1, y1, x2, y2], unit) {
  for (const [style, thickness] of [["#16181a", 4], ["#fff", 1.5]]) {
    context.strokeStyle = style;
    context.lineWidth = thickness * unit;
    context.strokeRect(x1, y1, x2 - x1, y2 - y1);
  }
}

export function clear(canvas) {
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
}

// Lays `canvas` over an element that shows a picture of this size, and gives the context to draw in its pixels.
export function over(canvas, width, height) {
  const shown = canvas.clientWidth || width;
  const density = Math.min(window.devicePixelRatio || 1, 2);
  const scale = (shown * density) / width;
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, w, h);
  context.setTransform(w / width, 0, 0, h / height, 0, 0);
  return [context, width / shown];
}

// A record's digits, and width and height, after its picture was turned clockwise by so many quarters.
export function turnedDigits({ digits, size: [width, height], turned = 0 }) {
  for (let i = 0; i < turned; i++) {
    const h = height;
    digits = digits.map((digit) => {
      const [x1, y1, x2, y2] = digit.xyxy;
      return { ...digit, xyxy: [h - y2, x1, h - y1, x2] };
    });
    [width, height] = [height, width];
  }
  return [digits, [width, height]];
}

// A picture turned clockwise by so many quarters, as a canvas no wider or higher than `most`.
export function turned(bitmap, quarters, most = 1600) {
  const [w, h] = quarters % 2 ? [bitmap.height, bitmap.width] : [bitmap.width, bitmap.height];
  const scale = Math.min(1, most / Math.max(w, h));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(w * scale), Math.round(h * scale)];
  const context = canvas.getContext("2d");
  context.translate(canvas.width / 2, canvas.height / 2);
  context.rotate((quarters * Math.PI) / 2);
  context.scale(scale, scale);
  context.drawImage(bitmap, -bitmap.width / 2, -bitmap.height / 2);
  return canvas;
}
