// Sets the colour scheme before the first paint, so that a dark screen never flashes white.
(function () {
  var wanted = "auto";
  try {
    wanted = localStorage.getItem("mantine-color-scheme-value") || "auto";
  } catch (denied) {
    // Storage may be closed in an in-app browser; the system's scheme is used then.
  }
  var dark = wanted === "dark" || (wanted === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
