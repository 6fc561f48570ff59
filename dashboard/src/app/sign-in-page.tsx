import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { setSignedOut } from '../api/access.ts'
import { queryClient } from '../api/query-client.ts'
import { Page } from '../parts/page.tsx'
import { Snippet } from '../parts/snippet.tsx'
import { BrandMark } from './brand.tsx'

/** How to get in: by a one-time link, never by typing a token into a page. */
export function SignInPage() {
  const [link, setLink] = useState('')
  const [wrong, setWrong] = useState('')
  const follow = (event: FormEvent) => {
    event.preventDefault()
    const url = URL.canParse(link.trim()) ? new URL(link.trim()) : undefined
    if (url?.origin === window.location.origin) window.location.assign(url.href)
    else setWrong(`A link starts with ${window.location.origin}/`)
  }
  const again = () => {
    setSignedOut(false)
    void queryClient.resetQueries()
  }
  return (
    <main className="nj-alone">
      <BrandMark />
      <Page title="Sign in" lead="A one-time link signs this browser in. There is no password.">
        <ol className="nj-steps">
          <li>
            The first start printed a link in its terminal. Open it, or make another one on the host
            where Nightjar runs:
            <Snippet label="In the checkout" code="npx nightjar token link" />
          </li>
          <li>
            Open the link here, or paste it:
            <form onSubmit={follow} className="nj-inline-form">
              <TextInput
                aria-label="Sign-in link"
                placeholder={`${window.location.origin}/…`}
                value={link}
                error={wrong}
                onChange={(event) => {
                  setLink(event.currentTarget.value)
                  setWrong('')
                }}
              />
              <Button type="submit" disabled={link.trim() === ''}>
                Sign in
              </Button>
            </form>
          </li>
        </ol>
        <p>
          Signed in from another tab?{' '}
          <button type="button" className="nj-link" onClick={again}>
            Try again
          </button>
        </p>
      </Page>
    </main>
  )
}
