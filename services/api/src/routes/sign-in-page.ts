const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1rem;
color:#1b1f24;background:#fff}@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#14171a}}
code{background:#8883;padding:.1em .4em;border-radius:4px}input{font:inherit;width:100%;padding:.5em;box-sizing:border-box}
button{font:inherit;margin-top:.75rem;padding:.5em 1.25em}[role=alert]{border-left:4px solid #c0392b;padding-left:.75rem}`

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · Nightjar</title><style>${STYLE}</style></head><body><main>${body}</main></body></html>
`

/** The page that signs a browser in. `problem` is one of our own sentences, never what came in. */
export function signInPage(problem?: string): string {
  const notice = problem === undefined ? '' : `<p role="alert">${problem}</p>`
  return page(
    'Sign in',
    `<h1>Sign in to Nightjar</h1>${notice}
<p>Open the one-time link that the start printed, or make another one on the host where Nightjar runs:</p>
<p><code>npx nightjar token link</code></p>
<form action="/sign-in" method="get"><label>Or paste the token of a link
<input name="token" autocomplete="off" spellcheck="false" required></label><button>Sign in</button></form>
<script src="/sign-in.js"></script>`,
  )
}

/** Takes the token from behind the `#` of a link, where it reaches no log, and exchanges it. */
export const SIGN_IN_SCRIPT = `const token = new URLSearchParams(location.hash.slice(1)).get('token')
if (token) {
  history.replaceState(null, '', '/sign-in')
  fetch('/api/v1/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  }).then((answer) => { location.replace(answer.ok ? '/' : '/sign-in?token=') })
}
`

/** What is shown where the dashboard was not built. */
export const UNBUILT_PAGE = page(
  'Not built',
  `<h1>The dashboard is not built yet</h1>
<p>The service runs and its API answers. Build the pages in the checkout, then reload:</p>
<p><code>npm run build</code></p>`,
)
