// The pages work without this file; it saves reloads: light or dark, sending a code, the credit code while typing, the wait.
(function () {
  "use strict";
  const root = document.documentElement;
  const KEY = "mantine-color-scheme-value"; // shared with the dashboards

  document.querySelectorAll("[data-scheme]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const next = root.getAttribute("data-mantine-color-scheme") === "dark" ? "light" : "dark";
      root.setAttribute("data-mantine-color-scheme", next);
      try {
        localStorage.setItem(KEY, next);
      } catch (denied) {
        // An in-app browser may keep nothing: the choice then lasts for this page.
      }
    });
  });

  const post = (address, form) =>
    fetch(address, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" } });

  function say(field, text, remedy, wrong) {
    const hint = field.querySelector(".hint");
    field.classList.toggle("field-wrong", wrong);
    hint.replaceChildren();
    const strong = document.createElement("b");
    strong.textContent = text;
    hint.append(strong, remedy ? " " + remedy : "");
    const input = field.querySelector("input");
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function clear(field) {
    if (!field.classList.contains("field-wrong")) return;
    field.classList.remove("field-wrong");
    field.querySelector("input").removeAttribute("aria-invalid");
    field.querySelector(".hint").replaceChildren();
  }

  document.querySelectorAll(".field input").forEach((input) => {
    input.addEventListener("input", () => clear(input.closest(".field")));
  });

  function count(button, seconds, words) {
    const before = button.dataset.words || button.textContent;
    button.dataset.words = before;
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? words.replace("{seconds}", seconds) : before;
    if (seconds > 0) setTimeout(() => count(button, seconds - 1, words), 1000);
  }

  document.querySelectorAll("[data-code]").forEach((button) => {
    button.addEventListener("click", async (event) => {
      const form = button.form;
      const address = form.querySelector("#f-mobile, #f-email");
      if (address && !address.value.trim()) {
        event.preventDefault();
        address.focus();
        return;
      }
      event.preventDefault();
      button.disabled = true;
      try {
        const answer = await post(button.dataset.code, form);
        const said = await answer.json();
        const here = button.closest(".field");
        if (answer.ok) {
          if (address) clear(address.closest(".field"));
          say(here, said.message, "", false);
          count(button, said.wait, button.dataset.again);
          form.querySelector("#f-code").focus();
        } else {
          const there = address && answer.status === 422 ? address.closest(".field") : here;
          say(there, said.message, said.remedy, true);
          count(button, (said.facts && said.facts.seconds) || 0, button.dataset.again);
        }
      } catch (offline) {
        button.disabled = false;
        form.requestSubmit(button);
      }
    });
  });

  const code = document.getElementById("f-credit_code");
  if (code) {
    const field = code.closest(".field");
    const before = field.classList.contains("field-wrong") ? "" : field.querySelector(".hint").textContent;
    code.addEventListener("change", async () => {
      if (!code.value.trim()) return;
      const answer = await post("/join/credit-code", code.form).catch(() => null);
      if (!answer) return;
      const said = await answer.json();
      if (answer.ok) {
        code.value = said.credit_code;
        field.classList.remove("field-wrong");
        field.classList.add("field-right");
        code.removeAttribute("aria-invalid");
        field.querySelector(".hint").textContent = before;
      } else {
        field.classList.remove("field-right");
        say(field, said.message, said.remedy, true);
      }
    });
  }

  const waiting = document.querySelector("[data-wait]");
  if (waiting) {
    const bar = waiting.querySelector("progress");
    const words = waiting.querySelector("[data-words]");
    const every = waiting.dataset.slow === "true" ? 5000 : 1000;
    const look = async () => {
      const answer = await fetch(waiting.dataset.wait, { headers: { Accept: "application/json" } }).catch(() => null);
      if (answer && answer.ok) {
        const state = await answer.json();
        if (state.state === "active") {
          location.assign(waiting.dataset.home);
          return;
        }
        if (waiting.dataset.slow === "true" && state.state !== "waiting") {
          location.reload();
          return;
        }
        bar.value = state.share;
        words.textContent = state.text;
      } else if (answer && answer.status === 401) {
        location.assign("/sign-in?next=/joining");
        return;
      }
      setTimeout(look, every);
    };
    setTimeout(look, every);
  }
})();
