/* The chat page. Everything shown is text (textContent): nothing that anybody says becomes mark-up.
   What is said is kept in this tab (sessionStorage) until it is stored over there, and sent again under the same id. */
"use strict";
(() => {
  const get = (id) => document.getElementById(id);
  const [log, busy, state, news, form, words, starts, foot] =
    ["log", "busy", "state", "news", "form", "words", "starts"].map(get).concat(document.querySelector("footer"));
  const say = document.body.dataset;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const zone = { timeZone: "Asia/Ho_Chi_Minh" };
  const clock = new Intl.DateTimeFormat("vi-VN", { ...zone, hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat("vi-VN", { ...zone, weekday: "long", day: "numeric", month: "numeric" });

  // --- what this tab remembers --------------------------------------------------------------------------------------

  const kept = {
    read(key, otherwise) {
      try { return JSON.parse(sessionStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
    },
    write(key, value) {
      try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* a full or forbidden store: only a reload loses */ }
    },
  };
  /* one's own words: {id, says, label, at, state: waiting|sent|refused, before, picked}; before = the letter that
     came next, the place to show them again after a reload. Letters that were erased take them along. */
  let own = kept.read("own", []);
  const remember = () => { own = own.slice(-100); kept.write("own", own); };

  const uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };

  // --- what is shown ------------------------------------------------------------------------------------------------

  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  };
  let lastDay = "";
  const dated = (at, before) => {
    const name = day.format(at);
    if (name === lastDay) return;
    const first = lastDay === "";
    lastDay = name;
    const today = name === day.format(new Date());
    if (first && today) return;
    const line = make("p", "day", today ? say.today : name[0].toUpperCase() + name.slice(1));
    if (before) before.before(line); else put(line);
  };
  /* what is not sent yet stays last */
  const put = (node) => log.insertBefore(node, log.querySelector(".unsent"));
  const timed = (at) => {
    const node = make("time", "", clock.format(at));
    node.dateTime = at.toISOString();
    return node;
  };
  const bubble = (className, who, text) => {
    const node = make("div", "said " + className);
    const body = make("div", "text");
    body.append(make("span", "unseen", who + " "), text);
    node.append(body);
    return node;
  };

  const showLetter = (letter) => {
    const at = new Date(letter.at);
    dated(at);
    const node = bubble("", say.it, letter.text);
    if (letter.attachment) node.append(fileLink(letter.attachment));
    node.append(timed(at));
    put(node);
    newest = node;
    if (letter.choices.length) showChoices(node, letter);
  };
  const fileLink = (file) => {
    const size = file.size < 1e6 ? Math.ceil(file.size / 1000) + " KB" : (file.size / 1e6).toFixed(1) + " MB";
    const link = make("a", "file", `${say.file}: ${file.name} (${size})`);
    if (file.url.startsWith("/web/attachments/")) link.href = file.url;
    link.download = file.name;
    return link;
  };

  /* only the newest choices can be pressed: those are what a typed number means */
  let offered = null;
  const dropChoices = () => {
    if (offered) offered.node.remove();
    offered = null;
    starts.hidden = true;
  };
  const showChoices = (after, letter) => {
    dropChoices();
    const shown = performance.now();
    const group = make("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", say.choose);
    letter.choices.forEach((choice, n) => {
      const button = make("button");
      button.type = "button";
      const number = (letter.typed || [])[n];
      if (number) button.append(make("b", "", number));
      button.append(make("span", "", choice.label));
      button.addEventListener("click", (event) => {
        // a second tap that was meant for the button that stood here before
        if (event.detail && event.timeStamp - shown < 350) return;
        pick(choice.says, choice.label);
      });
      group.append(button);
    });
    after.after(group);
    offered = { node: group, choices: letter.choices };
  };
  const pick = (says, label) => {
    const node = speak(says, label, true);
    node.tabIndex = -1; // the next Tab goes on from here, to the choices that follow
    node.focus({ preventScroll: true });
  };

  const nodes = new Map();
  const showOwn = (item) => {
    if (item.picked) dropChoices();
    starts.hidden = true;
    const node = bubble("mine", say.me, item.label);
    node.append(make("div", "sign"));
    nodes.set(item.id, node);
    if (item.state === "sent") { dated(new Date(item.at)); put(node); } else log.append(node);
    sign(item);
    return node;
  };
  /* under one's own words: the time, or what is wrong and a way out */
  const sign = (item, failed, trouble) => {
    const node = nodes.get(item.id);
    if (!node) return;
    node.classList.toggle("unsent", item.state !== "sent");
    const line = node.lastChild;
    line.setAttribute("aria-live", failed || item.state === "refused" ? "polite" : "off");
    line.textContent = "";
    if (item.state === "sent") line.append(timed(new Date(item.at)));
    else if (item.state === "refused") {
      line.append(trouble?.say || say.refused);
      line.append(trouble?.reload ? act(say.reload, () => location.reload()) : act(say.edit, () => edit(item)));
    } else if (failed) line.append(say.unsent, act(say.retry, flush));
    else line.append(say.sending);
  };
  const act = (text, run) => {
    const button = make("button", "", text);
    button.type = "button";
    button.addEventListener("click", run);
    return button;
  };
  const edit = (item) => {
    own = own.filter((other) => other !== item);
    remember();
    nodes.get(item.id).remove();
    words.value = words.value ? item.says + "\n" + words.value : item.says;
    drafted();
    words.focus();
  };

  // --- scrolling: a turn is read from its beginning -----------------------------------------------------------------

  const page = document.documentElement;
  const atEnd = () => innerHeight + scrollY >= page.scrollHeight - 40;
  const top = (node) => node.getBoundingClientRect().top + scrollY - 16;
  const scroll = (to, smooth) => scrollTo({ top: to, behavior: smooth && !calm.matches ? "smooth" : "auto" });
  let newest = null;
  const reveal = (smooth = true) => {
    const mine = [...log.querySelectorAll(".mine")].pop();
    const end = page.scrollHeight - innerHeight;
    const to = mine ? Math.min(end, top(mine)) : end;
    scroll(to, smooth);
    news.hidden = !newest || top(newest) < to + innerHeight - stays() - 64;
  };
  /* whoever scrolls away to read is left alone until he is back at the end */
  let following = true;
  let touched = -1e9;
  ["wheel", "touchmove", "pointerdown", "keydown"].forEach((gesture) => {
    addEventListener(gesture, () => { touched = performance.now(); }, { passive: true, capture: true });
  });
  addEventListener("scroll", () => {
    if (atEnd()) { following = true; news.hidden = true; } else if (performance.now() - touched < 500) following = false;
  }, { passive: true });
  news.addEventListener("click", () => { scroll(top(newest), true); news.hidden = true; following = true; });
  /* large letters in a small window: what stands in reach must not stand in the way */
  const stays = () => (foot.matches(".loose") ? 0 : (foot.matches(".low") ? form : foot).offsetHeight);
  const fit = () => {
    const most = innerHeight * 0.4;
    foot.classList.remove("low", "loose");
    if (foot.offsetHeight > most) foot.classList.add("low");
    if (stays() > most) foot.classList.replace("low", "loose");
    page.style.setProperty("--foot", stays() + "px");
  };
  const sizes = new ResizeObserver(fit);
  [foot, form].forEach((part) => sizes.observe(part));
  addEventListener("resize", fit);

  // --- sending ------------------------------------------------------------------------------------------------------

  const speak = (says, label = says, picked = false) => {
    const item = { id: uuid(), says, label, picked, at: new Date().toISOString(), state: "waiting", before: null };
    own.push(item);
    remember();
    const node = showOwn(item);
    following = true;
    touched = -1e9;
    reveal();
    flush();
    return node;
  };

  let sending = false;
  let failures = 0;
  let timer = 0;
  const flush = async () => {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    for (let item; (item = own.find((other) => other.state === "waiting")); ) {
      sign(item);
      const again = await post(item);
      if (again === null) { failures = 0; continue; }
      failures += 1;
      sign(item, true);
      if (following) reveal();
      timer = setTimeout(flush, 1000 * Math.max(again, Math.min(30, 2 ** failures) * (0.5 + Math.random())));
      break;
    }
    sending = false;
  };
  /* null: done with it; else the least seconds before it is tried again */
  const post = async (item) => {
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), 15000);
    try {
      const reply = await fetch("/web/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id: item.id, text: item.says }),
        signal: stop.signal,
      });
      if (reply.status === 202) { settle(item); return null; }
      if (reply.status >= 500 || reply.status === 429 || reply.status === 408) {
        return Number(reply.headers.get("Retry-After")) || 0;
      }
      const trouble = await reply.json().catch(() => ({}));
      item.state = "refused";
      remember();
      sign(item, false, { say: trouble.say, reload: ["no_chat", "foreign"].includes(trouble.error) });
      return null;
    } catch {
      return 0;
    } finally {
      clearTimeout(late);
    }
  };
  const settle = (item) => {
    if (item.state === "sent") return;
    item.state = "sent";
    if (item.says.startsWith("/start ")) item.says = "/start"; // it may open a dossier: not to be kept
    remember();
    dated(new Date(item.at), nodes.get(item.id));
    sign(item);
    expect();
  };

  /* every message is answered: when nothing comes, the stream may be dead without knowing it */
  let expected = 0;
  const expect = () => {
    clearTimeout(expected);
    busy.hidden = false;
    if (following) reveal();
    expected = setTimeout(() => {
      connect();
      expected = setTimeout(() => { busy.hidden = true; tell(say.slow); }, 15000);
    }, 8000);
  };
  const answered = () => { clearTimeout(expected); busy.hidden = true; if (state.textContent === say.slow) tell(""); };

  // --- receiving ----------------------------------------------------------------------------------------------------

  let source = null;
  let last = 0;
  let breaks = 0;
  let reconnect = 0;
  let started = false;

  const connect = () => {
    disconnect();
    source = new EventSource("/web/events" + (last ? "?after=" + last : ""));
    source.addEventListener("message", (event) => receive(Number(event.lastEventId), JSON.parse(event.data)));
    source.addEventListener("echo", (event) => hear(JSON.parse(event.data)));
    source.addEventListener("ready", caughtUp);
    source.addEventListener("error", () => {
      disconnect();
      breaks += 1;
      if (breaks > 1) tell(navigator.onLine === false ? say.offline : say.connecting);
      reconnect = setTimeout(connect, breaks === 1 ? 300 : 1000 * Math.min(30, 2 ** (breaks - 1)) * (0.5 + Math.random()));
    });
  };
  const disconnect = () => { clearTimeout(reconnect); if (source) source.close(); source = null; };

  const receive = (seq, letter) => {
    if (seq <= last) return;
    last = seq;
    for (const item of own) {
      if (item.before === seq && !nodes.has(item.id)) showOwn(item);
      if (item.before === null && item.state === "sent") item.before = seq;
    }
    remember();
    const follow = following;
    showLetter(letter);
    answered();
    if (!started) return;
    if (follow) reveal(); else news.hidden = false;
  };
  /* what was said in another tab, or in this one before the answer to its POST was lost */
  const hear = (said) => {
    const mine = own.find((item) => item.id === said.id);
    if (mine) return settle(mine);
    const choice = offered?.choices.find((other) => other.says === said.text);
    const item = { id: said.id, says: said.text, label: choice?.label ?? (said.text.startsWith("/start ") ? say.opened : said.text), picked: Boolean(choice), at: said.at, state: "sent", before: null };
    own.push(item);
    remember();
    showOwn(item);
    if (following) reveal();
  };
  const caughtUp = () => {
    if (breaks > 1) tell(say.connected, 3000); else if (state.textContent !== say.slow) tell("");
    breaks = 0;
    if (!started) {
      started = true;
      own = own.filter((item) => nodes.has(item.id) || item.before === null);
      own.filter((item) => !nodes.has(item.id)).forEach(showOwn);
      remember();
      if (log.firstChild) reveal(false);
      // what was there before is not read out; what comes from now on is
      requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
      openLink();
    }
    flush();
  };
  /* a printed or forwarded link: opened once, then out of the address, so that a reload does not open it again */
  const openLink = () => {
    const opened = new URLSearchParams(location.search).get("start");
    if (!opened || !/^[\w-]{1,64}$/.test(opened)) return;
    history.replaceState(null, "", location.pathname);
    speak("/start " + opened, say.opened, true);
  };

  let quiet = 0;
  const tell = (text, milliseconds) => {
    clearTimeout(quiet);
    if (state.textContent !== text) state.textContent = text;
    if (milliseconds) quiet = setTimeout(() => tell(""), milliseconds);
  };

  // --- the page's life ----------------------------------------------------------------------------------------------

  const wake = () => { if (!source || breaks) connect(); flush(); };
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    // a browser opens six connections to a place: tabs that nobody looks at let theirs go
    if (document.hidden) hidden = setTimeout(disconnect, 30000); else wake();
  });
  addEventListener("online", () => { tell(""); connect(); flush(); });
  addEventListener("offline", () => tell(say.offline));
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });

  const drafted = () => {
    kept.write("draft", words.value);
    words.style.height = "auto";
    // the placeholder's own lines are no reason to grow
    if (words.value) words.style.height = words.scrollHeight + words.offsetHeight - words.clientHeight + "px";
    if (words.value.length >= words.maxLength) tell(say.full, 6000);
  };
  const submit = () => {
    const text = words.value.trim().replace(/\p{Surrogate}/gu, "");
    if (text) { words.value = ""; drafted(); speak(text); }
    words.focus();
  };
  words.addEventListener("input", drafted);
  words.addEventListener("keydown", (event) => {
    // while a Vietnamese keyboard composes a syllable, Enter belongs to it
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  document.querySelectorAll("[data-says]").forEach((button) => {
    button.addEventListener("click", () => pick(button.dataset.says, button.textContent));
  });
  get("leave").addEventListener("click", async () => {
    try { await fetch("/web/leave", { method: "POST" }); } catch { return tell(say.offline, 6000); }
    disconnect();
    try { sessionStorage.clear(); } catch { /* nothing was kept */ }
    location.reload();
  });

  words.value = kept.read("draft", "");
  drafted();
  own.filter((item) => item.state !== "sent").forEach(showOwn);
  connect();
})();
