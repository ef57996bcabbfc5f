"use strict";

const talk = document.getElementById("talk");
const chat = document.getElementById("chat");
const text = document.getElementById("text");
const menu = document.getElementById("menu");
const trouble = document.getElementById("trouble");
let shown = "";
let commands = [];

async function act(what) {
  const reply = await fetch("/phone/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ chat: chat.value, ...what }),
  });
  if (!reply.ok) trouble.textContent = "Chưa gửi được.";
  await look();
}

function element(name, content, className) {
  const made = document.createElement(name);
  made.textContent = content;
  if (className) made.className = className;
  return made;
}

function message(seen) {
  const item = element("li", seen.file ? `[${seen.file}]\n${seen.text}` : seen.text, seen.from);
  for (const button of seen.buttons) {
    const made = element("button", button.label);
    made.type = "button";
    made.addEventListener("click", () => act({ do: "press", message: seen.id, data: button.data }));
    item.append(made);
  }
  return item;
}

async function look() {
  let told;
  try {
    told = await (await fetch(`/phone/seen?chat=${chat.value}`)).json();
  } catch {
    trouble.textContent = "Mất liên lạc với máy giả lập.";
    return;
  }
  trouble.textContent = told.blocked ? "Đang chặn." : "";
  document.getElementById("block").textContent = told.blocked ? "Bỏ chặn" : "Chặn";
  commands = told.commands;
  const now = chat.value + JSON.stringify(told.seen);
  if (now === shown) return;
  shown = now;
  talk.replaceChildren(...told.seen.map(message));
  talk.scrollTop = talk.scrollHeight;
}

document.getElementById("say").addEventListener("submit", (event) => {
  event.preventDefault();
  if (text.value.trim() === "") return;
  act({ do: "say", text: text.value });
  text.value = "";
});

document.getElementById("commands").addEventListener("click", () => {
  menu.hidden = !menu.hidden;
  const known = [{ command: "start", description: "Bắt đầu" }, ...commands];
  menu.replaceChildren(...known.map((command) => {
    const made = element("button", `/${command.command}  ${command.description}`);
    made.type = "button";
    made.addEventListener("click", () => {
      menu.hidden = true;
      act({ do: "say", text: `/${command.command}` });
    });
    return made;
  }));
});

for (const button of document.querySelectorAll("footer button")) {
  button.addEventListener("click", () => act({ do: button.dataset.do }));
}
chat.addEventListener("change", look);
setInterval(look, 500);
look();
