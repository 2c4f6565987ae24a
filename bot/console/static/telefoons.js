// Keeps the phones fresh and sends taps without leaving the page. Without it, every form
// still works: the page then comes back whole.
"use strict";

(() => {
  const BY_SCRIPT = { "X-Telefoons": "1" };
  const POLL_MS = 2000;
  const NEAR_BOTTOM = 40;
  const ANSWER_MS = 3000;
  const phones = new Map(
    [...document.querySelectorAll("[data-chat]")].map((phone) => [phone.dataset.chat, phone]),
  );
  const list = document.querySelector("[data-lijst]");
  const connection = document.querySelector("[data-verbinding]");
  const busy = new Map();
  const tapped = new Map();
  let polling = 0;
  let begun = "";

  const say = (text) => {
    if (connection.textContent !== text) connection.textContent = text;
  };

  async function fragment(path) {
    const answer = await fetch(path + location.search, { headers: BY_SCRIPT });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  // One request at a time for each place; a change meanwhile is asked for once more after it.
  async function once(name, work) {
    if (busy.has(name)) {
      busy.set(name, true);
      return;
    }
    do {
      busy.set(name, false);
      try {
        await work();
      } catch {
        /* the stream says when the connection is gone; the next change asks again */
      }
    } while (busy.get(name));
    busy.delete(name);
  }

  const keyOf = (element) => {
    const message = element.closest(".bel");
    return message ? `${message.id}|${element.value || element.href || ""}` : element.name || "";
  };

  // Puts new HTML in a place; who had the focus on a button keeps it, or gets it on the message.
  function replace(place, html) {
    const held = place.contains(document.activeElement) ? document.activeElement : null;
    const key = held && keyOf(held);
    const message = held && held.closest(".bel");
    place.innerHTML = html;
    if (!held) return;
    const again = [...place.querySelectorAll("button, a")].find((one) => keyOf(one) === key);
    const near = again || (message && document.getElementById(message.id));
    const last = place.querySelector("button") || place.closest("[tabindex]");
    (near || last)?.focus({ preventScroll: true });
  }

  // The region starts at its bottom, so scrollTop is 0 there and negative above it.
  function keepPlace(region, change) {
    const fromTop = region.scrollHeight - region.clientHeight + region.scrollTop;
    const wasBelow = Math.abs(region.scrollTop) < NEAR_BOTTOM;
    change();
    region.scrollTop = wasBelow ? 0 : fromTop - (region.scrollHeight - region.clientHeight);
  }

  function show(phone, html) {
    const place = phone.querySelector("[data-berichten]");
    const before = place.querySelector("[data-gesprek]")?.dataset.nieuwste;
    keepPlace(phone.querySelector("[data-rol]"), () => replace(place, html));
    const chat = place.querySelector("[data-gesprek]");
    if (!chat) return;
    // Who just tapped wants to see what the bot says to it.
    if (chat.dataset.nieuwste !== before && Date.now() - (tapped.get(phone) || 0) < ANSWER_MS) {
      phone.querySelector("[data-rol]").scrollTop = 0;
    }
    phone.querySelector(".toast").textContent = chat.dataset.toast;
    if (chat.dataset.nieuwste !== before) {
      phone.querySelector("[data-voorlezen]").textContent = chat.dataset.regel;
    }
  }

  const refreshChat = (chat) =>
    once(chat, async () => show(phones.get(chat), await fragment(`/telefoons/${chat}/berichten`)));
  const refreshList = () =>
    once("lijst", async () => replace(list, await fragment("/telefoons/lijst")));
  const refreshAll = () => {
    for (const chat of phones.keys()) refreshChat(chat);
    refreshList();
  };

  function poll() {
    if (!polling) polling = setInterval(refreshAll, POLL_MS);
  }

  function listen() {
    if (!("EventSource" in window)) return poll();
    const stream = new EventSource("/telefoons/stroom");
    stream.addEventListener("open", () => {
      clearInterval(polling);
      polling = 0;
      say("");
      refreshAll(); // what changed before we listened
    });
    stream.addEventListener("chat", (event) => {
      if (phones.has(event.data)) refreshChat(event.data);
    });
    stream.addEventListener("lijst", () => {
      if (begun && connection.textContent === begun) say("");
      refreshList();
    });
    stream.addEventListener("error", () => {
      say("Opnieuw verbinden…");
      poll();
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, POLL_MS);
    });
  }

  async function send(form, submitter) {
    const fields = new URLSearchParams(new FormData(form));
    if (submitter?.name) fields.append(submitter.name, submitter.value);
    const answer = await fetch(form.action, { method: "POST", headers: BY_SCRIPT, body: fields });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.closest(".speelveld")) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    tapped.set(form.closest("[data-chat]"), Date.now());
    try {
      await send(form, event.submitter);
      if ("typen" in form.dataset) form.reset();
      if (form.dataset.begin) say((begun = form.dataset.begin));
      const region = form.closest("[data-chat]")?.querySelector("[data-rol]");
      if (region && !form.closest("[data-rol]")) region.scrollTop = 0;
    } catch {
      say("Dit is niet verstuurd. Probeer het nog eens.");
    } finally {
      form.removeAttribute("aria-busy");
    }
  });

  listen();
})();
