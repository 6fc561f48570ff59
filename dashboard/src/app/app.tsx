import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from 'react-router'
import { useSignedOut } from '../api/access.ts'
import { queryClient } from '../api/query-client.ts'
import { Toasts } from '../parts/toasts.tsx'
import { cssVariables, theme } from '../theme/theme.ts'
import { router } from './router.tsx'
import { SignInPage } from './sign-in-page.tsx'

const scheme = localStorageColorSchemeManager({ key: 'nightjar.scheme' })

/** The whole page: the console, or how to sign in. */
export function App() {
  const signedOut = useSignedOut()
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={scheme}
      defaultColorScheme="auto"
      deduplicateInlineStyles
    >
      <QueryClientProvider client={queryClient}>
        {signedOut ? <SignInPage /> : <RouterProvider router={router} />}
        <Toasts />
      </QueryClientProvider>
    </MantineProvider>
  )
}
