// Where the labels of digits stand on a canvas: never on a digit, nor on one another.

const touches = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

// The place for a label of one of these sizes ([width, height], the best first) at a digit's box: `[left, top, index of
// the size]`, null where there is none. `taken` are boxes to keep off; `size` is width and height of the picture.
export function placeLabel([x1, y1, x2, y2], sizes, gap, taken, [width, height]) {
  for (const [i, [w, h]] of sizes.entries()) {
    const xs = [(x1 + x2 - w) / 2, x1, x2 - w, x2 + gap, x1 - gap - w];
    const above = xs.map((x) => [x, y1 - gap - h]);
    const below = xs.map((x) => [x, y2 + gap]);
    const aside = [(y1 + y2 - h) / 2, y1, y2 - h].flatMap((y) => [[x2 + gap, y], [x1 - gap - w, y]]);
    for (const [x, top] of [...above, ...below, ...aside]) {
      const left = Math.min(Math.max(x, 0), width - w);
      const box = [left, top, left + w, top + h];
      if (left >= 0 && top >= 0 && top + h <= height && !taken.some((other) => touches(box, other))) return [left, top, i];
    }
  }
  return null;
}
