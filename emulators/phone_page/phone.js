"use strict";

/* What every channel's phone does. The channel's own script, read after this one, sets `press` (what pressing a button
   of a message asks for) and `tell` (the line of state), and adds its own controls. */

const talk = document.getElementById("talk");
const who = document.getElementById("who");
const text = document.getElementById("text");
const trouble = document.getElementById("trouble");
let shown = "";
let press = () => ({});
let tell = () => "";

async function act(what) {
  const reply = await fetch("/phone/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ who: who.value, ...what }),
  });
  await look();
  if (!reply.ok) say_trouble("Chưa làm được.");
}

function say_trouble(words) {
  trouble.className = "wrong";
  trouble.textContent = words;
}

function element(name, content, className) {
  const made = document.createElement(name);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

/* the words, with what is an address made one that opens, as phones do */
function linked(item, words) {
  for (const part of words.split(/(https?:\/\/\S+)/)) {
    if (!/^https?:/.test(part)) {
      item.append(part);
      continue;
    }
    const link = element("a", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    item.append(link);
  }
}

function message(seen) {
  const item = element("li", "", seen.from);
  linked(item, seen.file ? `[${seen.file}]\n${seen.text}` : seen.text);
  for (const button of seen.buttons) {
    const made = element("button", button.label);
    made.type = "button";
    made.addEventListener("click", () => act(press(seen, button)));
    item.append(made);
  }
  return item;
}

async function look() {
  let told;
  try {
    told = await (await fetch(`/phone/seen?who=${who.value}`)).json();
  } catch {
    say_trouble("Mất liên lạc với máy giả lập.");
    return;
  }
  trouble.className = "";
  trouble.textContent = tell(told);
  document.getElementById("block").textContent = told.blocked ? "Bỏ chặn" : "Chặn";
  const now = who.value + JSON.stringify(told.seen);
  if (now === shown) return;
  shown = now;
  talk.replaceChildren(...told.seen.map(message));
  talk.scrollTop = talk.scrollHeight;
}

/* takes what was typed; nothing where nothing was */
function typed() {
  const words = text.value;
  if (words.trim() === "") return null;
  text.value = "";
  return words;
}

document.getElementById("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = typed();
  if (words !== null) act({ do: "say", text: words });
});

for (const button of document.querySelectorAll("button[data-do]")) {
  button.addEventListener("click", () => act({ do: button.dataset.do }));
}
who.addEventListener("change", look);
setInterval(look, 500);
addEventListener("load", look);
