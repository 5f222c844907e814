// Figures arrive in light colours; here each colour is exchanged for its twin of the scheme in use (palette.js).
(function () {
  let maps = null; // made at first use: palette.js is loaded after this file
  function pairsFor(dark) {
    if (!maps) {
      const toDark = window.lingyuanTwins;
      maps = { dark: toDark, light: Object.fromEntries(Object.entries(toDark).map(([light, night]) => [night, light])) };
    }
    return dark ? maps.dark : maps.light;
  }
  const isDark = () => document.documentElement.getAttribute("data-mantine-color-scheme") === "dark";
  const RGBA = /^rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)$/;

  function twin(text, pairs) {
    const found = RGBA.exec(text);
    if (!found) return pairs[text] || text;
    const hex = "#" + found.slice(1, 4).map((part) => Number(part).toString(16).padStart(2, "0")).join("");
    const other = pairs[hex];
    if (!other) return text;
    const parts = [1, 3, 5].map((at) => parseInt(other.slice(at, at + 2), 16));
    return `rgba(${parts.join(",")},${found[4]})`;
  }

  // The same object where nothing changed, so that an unchanged figure is not drawn again.
  function exchange(part, pairs) {
    if (typeof part === "string") return twin(part, pairs);
    if (Array.isArray(part)) {
      // A column of numbers holds no colour; a step of a colour scale, [0, "#..."], does.
      if (part.length > 2 && typeof part[0] === "number") return part;
      const made = part.map((one) => exchange(one, pairs));
      return made.some((one, i) => one !== part[i]) ? made : part;
    }
    if (part && Object.getPrototypeOf(part) === Object.prototype) {
      let changed = false;
      const made = {};
      for (const key of Object.keys(part)) {
        made[key] = exchange(part[key], pairs);
        changed = changed || made[key] !== part[key];
      }
      return changed ? made : part;
    }
    return part;
  }

  const KEPT = ["locale", "displaylogo", "displayModeBar", "modeBarButtons", "responsive", "scrollZoom", "doubleClick", "showTips"];

  function dress(gd) {
    if (!gd.data || !gd._context || !window.Plotly) return;
    const pairs = pairsFor(isDark());
    const data = exchange(gd.data, pairs);
    const layout = exchange(gd.layout, pairs);
    if (data === gd.data && layout === gd.layout) return;
    const config = Object.fromEntries(KEPT.map((key) => [key, gd._context[key]]));
    window.Plotly.react(gd, data, layout, config);
  }

  const all = () => document.querySelectorAll(".js-plotly-plot");

  function meet() {
    all().forEach((gd) => {
      if (gd.lingyuanMet || !gd.on) return;
      gd.lingyuanMet = true;
      gd.on("plotly_afterplot", () => dress(gd));
      dress(gd);
    });
  }

  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      meet();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
  new MutationObserver(() => all().forEach(dress)).observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
})();
