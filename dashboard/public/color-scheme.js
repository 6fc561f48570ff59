// Sets the colour scheme before the first paint; a file of its own because the policy forbids inline scripts.
;(() => {
  const dark = '(prefers-color-scheme: dark)'
  let scheme = 'auto'
  try {
    scheme = window.localStorage.getItem('nightjar.scheme') ?? 'auto'
  } catch {
    // Storage may be blocked; the system's scheme is used.
  }
  if (scheme !== 'light' && scheme !== 'dark') {
    scheme = window.matchMedia(dark).matches ? 'dark' : 'light'
  }
  document.documentElement.setAttribute('data-mantine-color-scheme', scheme)
})()
