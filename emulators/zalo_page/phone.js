"use strict";

const talk = document.getElementById("talk");
const user = document.getElementById("user");
const text = document.getElementById("text");
const url = document.getElementById("url");
const trouble = document.getElementById("trouble");
let shown = "";

async function act(what) {
  const reply = await fetch("/phone/act", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: user.value, ...what }),
  });
  await look();
  if (!reply.ok) trouble.textContent = "Chưa làm được: xem lại địa chỉ webhook và máy chủ.";
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
    made.addEventListener("click", () => act({ do: "tap", label: button.label, type: button.type, data: button.data }));
    item.append(made);
  }
  return item;
}

async function look() {
  let told;
  try {
    told = await (await fetch(`/phone/seen?user=${user.value}`)).json();
  } catch {
    trouble.textContent = "Mất liên lạc với máy giả lập.";
    return;
  }
  const hook = told.url ? (told.enabled ? told.url : "webhook đã bị tắt, lưu lại để bật") : "chưa lưu webhook";
  trouble.textContent = `${new Date(told.now).toLocaleString("vi-VN")} · ${hook} · ${told.waiting} sự kiện chờ`;
  document.getElementById("follow").textContent = told.follows ? "Bỏ quan tâm" : "Quan tâm";
  document.getElementById("block").textContent = told.blocked ? "Bỏ chặn" : "Chặn";
  const now = user.value + JSON.stringify(told.seen);
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

document.getElementById("console").addEventListener("submit", (event) => {
  event.preventDefault();
  act({ do: "save", url: url.value.trim() || url.placeholder });
});

for (const button of document.querySelectorAll("button[data-do]")) {
  button.addEventListener("click", () => act({ do: button.dataset.do }));
}
for (const button of document.querySelectorAll("button[data-hours]")) {
  button.addEventListener("click", () => act({ do: "wait", hours: Number(button.dataset.hours) }));
}
document.querySelector("button[data-official]").addEventListener("click", () => {
  if (text.value.trim() === "") return;
  act({ do: "official", text: text.value });
  text.value = "";
});
user.addEventListener("change", look);
setInterval(look, 500);
look();
