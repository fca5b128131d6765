// Before the first paint: who chose a theme is never shown the other one first.
try {
  const theme = localStorage.getItem("theme")
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme
} catch {}
