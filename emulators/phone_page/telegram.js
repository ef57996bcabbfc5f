"use strict";

const menu = document.getElementById("menu");
let commands = [];

press = (seen, button) => ({ do: "press", message: seen.id, data: button.data });
tell = (told) => {
  commands = told.commands;
  return told.blocked ? "Đang chặn." : "";
};

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
