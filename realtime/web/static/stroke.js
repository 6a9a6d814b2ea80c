// Mouse, finger or pen on a picture: a click or tap, or a drag from one place to another.

const DRAG = 6; // pixels of the screen: who moves less far has clicked

// Calls `onstroke({ from, to, drag, done })` while the pointer is dragged, and when it is lifted. The places are [x, y] in
// shares of the element's width and height, which a drag may leave. Where not `mayDrag()`, there are clicks only.
export function onStroke(node, mayDrag, onstroke) {
  let active = null; // { id, from, to, x, y, drag }
  const at = ({ clientX, clientY }) => {
    const box = node.getBoundingClientRect();
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
  };
  const move = (event) => {
    const far = Math.max(Math.abs(event.clientX - active.x), Math.abs(event.clientY - active.y)) >= DRAG;
    active.drag ||= far && mayDrag();
    active.to = at(event);
    return active;
  };
  node.addEventListener("pointerdown", (event) => {
    if (active || event.button > 0) return;
    active = { id: event.pointerId, from: at(event), x: event.clientX, y: event.clientY, drag: false };
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    if (event.pointerId !== active?.id) return;
    const { from, to, drag } = move(event);
    if (drag) onstroke({ from, to, drag, done: false });
  });
  node.addEventListener("pointerup", (event) => {
    if (event.pointerId !== active?.id) return;
    const { from, to, drag } = move(event);
    active = null;
    onstroke({ from, to, drag, done: true });
  });
  // The browser has taken it for scrolling: nothing was meant.
  node.addEventListener("pointercancel", (event) => event.pointerId === active?.id && (active = null));
}
