// Boxes, [x1, y1, x2, y2] in pixels of a picture, and the ink in them.

const FAINTEST = 7; // of 255: weaker ink is noise
const STRENGTH = 0.35; // a box's ink begins at this share of its strongest

export const area = ([x1, y1, x2, y2]) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

// Intersection over union of two boxes.
export function overlap(a, b) {
  const shared = area([Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])]);
  return shared / Math.max(1, area(a) + area(b) - shared);
}

// The box between two points, in whole pixels of a picture of this size.
export function between(from, to, size) {
  const [xs, ys] = [0, 1].map((i) => [from[i], to[i]].map((value) => Math.min(Math.max(value, 0), size[i])).sort((a, b) => a - b));
  return [Math.floor(xs[0]), Math.floor(ys[0]), Math.ceil(xs[1]), Math.ceil(ys[1])];
}

// The box of the ink within a box of a picture of this size, null where there is none.
export function inkIn(ink, size, [left, top, right, bottom]) {
  const scale = ink.width / size[0];
  const [w, h] = [Math.round((right - left) * scale), Math.round((bottom - top) * scale)];
  if (w < 2 || h < 2) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext("2d");
  context.drawImage(ink, left * scale, top * scale, (right - left) * scale, (bottom - top) * scale, 0, 0, w, h);
  const { data } = context.getImageData(0, 0, w, h);
  let peak = 0;
  for (let i = 0; i < data.length; i += 4) peak = Math.max(peak, data[i]);
  if (peak < FAINTEST) return null;
  let [x1, y1, x2, y2] = [w, h, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] < STRENGTH * peak) continue;
    const [x, y] = [(i / 4) % w, Math.floor(i / 4 / w)];
    [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
  }
  return [left + x1 / scale, top + y1 / scale, left + x2 / scale, top + y2 / scale];
}
