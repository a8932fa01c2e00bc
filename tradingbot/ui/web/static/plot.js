// file: ui/web/static/plot.js
const NS = "http://www.w3.org/2000/svg";
const DAY_MS = 86400000;

/** The room around the lines for what is written there, in pixels. */
export const EDGE = { left: 2, right: 82, top: 12, bottom: 24 };

/** An element of an SVG. */
export function part(name, values = {}, text = "") {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(values)) made.setAttribute(key, value);
  if (text) made.textContent = text;
  return made;
}

export function money(value) {
  return value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 }).replace("-", "\u2212");
}

export function moment(ms) {
  return new Date(ms).toISOString().replace("T", " ").slice(0, 19);
}

/** From values to pixels and back, for the points that are seen. */
export function scales(seen, width, height) {
  const values = seen.map((point) => point[1]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = [seen[0][0], seen.at(-1)[0]];
  const [wide, tall] = [width - EDGE.left - EDGE.right, height - EDGE.top - EDGE.bottom];
  const span = last - first || 1;
  const range = high - low || 1;
  const foot = high > low ? low : low - 0.5;
  return {
    low, high, first, last, width, height,
    x: (ms) => EDGE.left + ((ms - first) / span) * wide,
    y: (value) => EDGE.top + (1 - (value - foot) / range) * tall,
    ms: (x) => first + ((x - EDGE.left) / wide) * span,
  };
}

/** Round levels between two values: 1, 2 or 5 times a power of ten apart, about `most` of them. */
export function levels(low, high, most = 5) {
  const rough = (high - low) / most;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough);
  const ticks = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) ticks.push(at * step);
  return ticks;
}

/** What does not move with the reader: scales, the start, the line and the area between both. */
export function backdrop(seen, start, to) {
  const right = to.width - EDGE.right;
  const drawn = [];
  for (const level of levels(to.low, to.high)) {
    drawn.push(part("path", { class: "grid", d: `M${EDGE.left} ${to.y(level)}H${right}` }));
    drawn.push(part("text", { x: right + 8, y: to.y(level) + 4 }, money(level)));
  }
  const ticks = to.width < 500 ? 3 : 6;
  for (let tick = 0; tick < ticks; tick += 1) {
    const ms = to.first + ((to.last - to.first) * tick) / (ticks - 1);
    const anchor = tick === 0 ? "start" : tick === ticks - 1 ? "end" : "middle";
    drawn.push(part("text", { x: to.x(ms), y: to.height - 6, "text-anchor": anchor }, when(ms, to.last - to.first)));
  }
  const ground = Math.min(to.height - EDGE.bottom, Math.max(EDGE.top, to.y(start)));
  const line = seen.map(([ms, value]) => `${to.x(ms).toFixed(1)} ${to.y(value).toFixed(1)}`).join("L");
  drawn.push(split(ground / to.height, to.height));
  if (start >= to.low && start <= to.high) {
    drawn.push(part("path", { class: "area", fill: "url(#two-chart)", d: `M${line}L${to.x(to.last)} ${ground}L${EDGE.left} ${ground}Z` }));
    drawn.push(part("path", { class: "base", d: `M${EDGE.left} ${ground}H${right}` }));
  }
  drawn.push(part("path", { class: "line", stroke: "url(#two-chart)", d: `M${line}` }));
  return drawn;
}

/** Above the start in one colour, below it in the other. */
function split(share, height) {
  const made = part("linearGradient", { id: "two-chart", gradientUnits: "userSpaceOnUse", x1: 0, y1: 0, x2: 0, y2: height });
  made.append(part("stop", { offset: share, class: "above" }), part("stop", { offset: share, class: "below" }));
  return made;
}

function when(ms, span) {
  const text = new Date(ms).toUTCString();
  return span > 3 * DAY_MS ? text.slice(5, 11) : `${text.slice(5, 11)} ${text.slice(17, 22)}`;
}
