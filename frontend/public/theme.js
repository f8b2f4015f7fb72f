// Runs before the first paint, so that a page chosen dark never flashes light. A file and not an inline script: the
// content security policy allows no other.
(function () {
  try {
    var theme = localStorage.getItem('memoryverse.theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
    var language = localStorage.getItem('memoryverse.locale');
    if (language !== 'ru' && language !== 'en') language = /^ru\b/i.test(navigator.language) ? 'ru' : 'en';
    document.documentElement.lang = language;
  } catch (_) {
    // Storage may be forbidden; the system's preference then decides.
  }
})();
