// Small movements that need no server: the navigation on a phone and the period picker.
window.dash_clientside = window.dash_clientside || {};
window.dash_clientside.lingyuan = {
  navigation: function (opened, pathname, navbar) {
    const pressed = window.dash_clientside.callback_context.triggered.some((one) => one.prop_id === "shell-burger.opened");
    const show = pressed && opened;
    const before = !navbar.collapsed.mobile;
    if (show === before && show === Boolean(opened)) return [window.dash_clientside.no_update, window.dash_clientside.no_update];
    return [{ ...navbar, collapsed: { ...navbar.collapsed, mobile: !show } }, show];
  },
  period: function (kind, month, year) {
    const chosen = kind === "year" ? year + "-" + month.slice(5) : month;
    return [{ kind: kind, month: chosen }, "ly-period ly-period-" + (kind === "year" ? "year" : "month") + "-shown"];
  },
};

// Menus close when something else is pressed; the file field gets the name of its box, and a file it drops a reason.
(function () {
  const closeMenus = (except) =>
    document.querySelectorAll("details.ly-menu[open]").forEach((menu) => {
      if (menu !== except) menu.removeAttribute("open");
    });
  document.addEventListener("click", (event) => closeMenus(event.target.closest && event.target.closest("details.ly-menu")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.ly-menu[open]");
    if (!open) return;
    open.removeAttribute("open");
    open.querySelector("summary").focus();
  });
  const taken = (file, kinds) =>
    !kinds ||
    kinds.split(",").some((kind) =>
      kind.endsWith("/*") ? file.type.startsWith(kind.slice(0, -1)) : file.name.toLowerCase().endsWith(kind) || file.type === kind,
    );
  const judge = (event) => {
    const box = event.target.closest && event.target.closest("[data-upload-label]");
    const files = box && ((event.dataTransfer && event.dataTransfer.files) || event.target.files);
    if (!files || !files.length) return;
    const told = box.dataset;
    const large = files[0].size > Number(told.uploadMost);
    const wrong = !taken(files[0], told.uploadKinds);
    box.querySelector(".ly-refused").textContent = large ? told.uploadLarge : wrong ? told.uploadWrong : "";
  };
  document.addEventListener("change", judge, true);
  document.addEventListener("drop", judge, true);
  new MutationObserver(() => {
    document.querySelectorAll("[data-upload-label] input[type=file]:not([aria-label])").forEach((field) => {
      field.setAttribute("aria-label", field.closest("[data-upload-label]").dataset.uploadLabel);
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
