import {resize} from "observablehq:stdlib";

/**
 * What `render(width)` draws, drawn again whenever its place gets another width. The Framework's `resize` draws a frame
 * later, which moves what follows; this draws at once, as wide as `place` is.
 */
export function drawn(render, place = document.querySelector("#observablehq-main")) {
  const node = resize(render);
  node.append(render(place.clientWidth || 600) ?? "");
  return node;
}
