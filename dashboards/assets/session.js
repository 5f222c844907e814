// When the session has ended, the next question to the server leads to the sign-in page; and the tab is named after the page.
(function () {
  const ask = window.fetch;
  window.fetch = async function (...parts) {
    const answer = await ask.apply(this, parts);
    if (answer.status === 401 && new URL(answer.url).origin === location.origin) {
      location.assign("/sign-in?next=" + encodeURIComponent(location.pathname));
      return new Promise(() => {}); // this page has nothing more to do with the answer
    }
    return answer;
  };
  const name = document.title;
  new MutationObserver(() => {
    const head = document.querySelector("#shell-main h1");
    const wanted = head ? head.textContent + " · " + name : name;
    if (document.title !== wanted) document.title = wanted;
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
