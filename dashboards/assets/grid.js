// Long tables hold numbers as the text that every other screen shows; they are sorted by value, rows without one last.
window.dashAgGridFunctions = window.dashAgGridFunctions || {};
window.dashAgGridFunctions.lyByNumber = function (a, b, nodeA, nodeB, descending) {
  const read = (text) => {
    const found = /[-−]?\d[\d,]*(\.\d+)?/.exec(String(text === null || text === undefined ? "" : text));
    return found ? Number(found[0].replace(/,/g, "").replace("−", "-")) : null;
  };
  const x = read(a);
  const y = read(b);
  if (x === null || y === null) {
    if (x === y) return 0;
    const last = descending ? -1 : 1;
    return x === null ? last : -last;
  }
  return x - y;
};
