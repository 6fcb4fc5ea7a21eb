// From the template: an update may replace this file.
const contents = document.querySelector("nav details");
const narrow = matchMedia("(max-width: 64rem)");
const fold = () => contents && (contents.open = !narrow.matches);
narrow.addEventListener("change", fold);
fold();

const show = document.querySelector("#show-code");
show?.removeAttribute("hidden");
show?.addEventListener("click", () => {
  const open = show.getAttribute("aria-pressed") === "false";
  show.setAttribute("aria-pressed", open);
  document.querySelectorAll("details.code").forEach((code) => (code.open = open));
});

const words = new Intl.Collator(document.documentElement.lang, { numeric: true });
const number = (text) => Number(text.replace(/[,%]/g, "").replace("inf", "Infinity"));
for (const heading of document.querySelectorAll("figure.table thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener("click", () => {
    const order = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const body = heading.closest("table").tBodies[0];
    const text = (row) => row.cells[heading.cellIndex].textContent;
    const compare = heading.classList.contains("number")
      ? (a, b) => number(a) - number(b)
      : words.compare;
    const rows = [...body.rows].sort((a, b) => {
      const [left, right] = [text(a), text(b)];
      if (left === "–" || right === "–") return (left === "–") - (right === "–");
      return order * compare(left, right);
    });
    body.append(...rows);
    heading.parentElement.querySelectorAll("[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", order === 1 ? "ascending" : "descending");
  });
}
