"use strict";

/* the machine speaks of Vietnam's hours, wherever the browser is */
const clock = (at) => new Date(at).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });
const url = document.getElementById("url");

press = (seen, button) => ({ do: "tap", label: button.label, type: button.type, data: button.data });
tell = (told) => {
  for (const each of document.querySelectorAll("#follow, #console *, [data-official], [data-hours]")) each.disabled = !!told.bot;
  if (told.bot) return `${clock(told.now)} · Zalo Bot không có nút: gõ số hoặc chữ`;
  const hook = told.url ? (told.enabled ? told.url : "webhook đã bị tắt, lưu lại để bật") : "chưa lưu webhook";
  if (!told.url || !told.enabled) trouble.className = "wrong";
  document.getElementById("follow").textContent = told.follows ? "Bỏ quan tâm" : "Quan tâm";
  return `${clock(told.now)} · ${hook} · ${told.waiting} sự kiện chờ`;
};

document.getElementById("console").addEventListener("submit", (event) => {
  event.preventDefault();
  act({ do: "save", url: url.value.trim() || url.placeholder });
});
for (const button of document.querySelectorAll("button[data-hours]")) {
  button.addEventListener("click", () => act({ do: "wait", hours: Number(button.dataset.hours) }));
}
/* https://zalo.me/<OA>?text=… */
addEventListener("load", async () => {
  const words = new URLSearchParams(location.search).get("text");
  if (words && (await (await fetch(`/phone/seen?who=${who.value}`)).json()).prefills) text.value = words;
});
document.querySelector("button[data-official]").addEventListener("click", () => {
  const words = typed();
  if (words !== null) act({ do: "official", text: words });
});
