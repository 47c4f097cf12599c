const search = document.getElementById("search");
const none = document.getElementById("none");
const show = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const article of document.querySelectorAll("article")) {
    const text = article.textContent.toLowerCase();
    article.hidden = !words.every((word) => text.includes(word));
    found += article.hidden ? 0 : 1;
    const entry = document.querySelector(`nav a[href="#${article.id}"]`);
    if (entry) entry.parentElement.hidden = article.hidden;
  }
  none.hidden = found > 0;
};
search.addEventListener("input", show);
show();
